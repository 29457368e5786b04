"""Payments owns the truth about every payment, and the receipts.

It hears `payments.request_payment`, `payments.check_payment`, `payments.submit_one_time_code`,
`payments.approve_payment`, `payments.reject_payment`, `payments.verify_receipt`, `payments.make_receipt_document`,
`payments.correct_receipt`,
`gateway.payment_status_received` and, for receipts, its own `payments.payment_settled` and
`payments.issue_receipt`; `conversation.erasure_requested`, and then its own `forget_payment`, `forget_receipt` and
`confirm_erasure`. It says
`payments.payment_refused`, `payments.payment_initiated`, `payments.payment_uncertain`, `payments.payment_settled`,
`payments.payment_cancelled`, `payments.payment_failed`, `payments.payment_expired`, `payments.payment_disputed`,
`payments.payment_refunded`, `payments.payment_needs_review`, `payments.callback_unmatched`,
`payments.payment_checked`,
`payments.one_time_code_refused`, `payments.payment_approved`, `payments.payment_rejected`,
`payments.approval_refused`, `payments.receipt_issued`, `payments.correction_refused`, `payments.receipt_verified`,
`payments.receipt_document_made` and `payments.person_erased`.
"""
