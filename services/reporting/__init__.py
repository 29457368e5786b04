"""Reporting owns the read models of payments, their figures, and the audit trail of staff use.

It hears `reporting.make_statistics`, the events of payments (`payment_initiated`,
`payment_uncertain`, `payment_settled`, `payment_cancelled`, `payment_failed`, `payment_expired`,
`payment_disputed`, `payment_refunded`, `payment_needs_review`, `receipt_issued`), `notifier.message_failed`
and `conversation.staff_command_used`; it says `reporting.statistics_ready`. Never any chat text.
"""
