"""Payments owns the truth about every payment, and the receipts.

It hears `payments.request_payment`, `payments.check_payment`, `gateway.payment_status_received` and its own
`payments.payment_settled` (for the receipt); it says `payments.payment_refused`, `payments.payment_initiated`,
`payments.payment_uncertain`, `payments.payment_settled`, `payments.payment_cancelled`, `payments.payment_failed`,
`payments.payment_expired`, `payments.payment_disputed`, `payments.payment_refunded`,
`payments.payment_needs_review`, `payments.payment_checked` and `payments.receipt_issued`.
"""
