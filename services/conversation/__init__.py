"""Conversation owns sessions, profiles and every word that is said.

It hears `gateway.message_received`; `payment_refused`, `payment_initiated`, `payment_uncertain`, `payment_settled`,
`payment_cancelled`, `payment_failed`, `payment_expired`, `payment_disputed`, `payment_refunded`,
`payment_needs_review`, `payment_checked` and `receipt_issued` of payments; `credex.credex_unavailable`;
`reporting.statistics_ready`; and its own `conversation.remember_donor`. It says `conversation.staff_command_used`
and commands to payments, credex, reporting and notifier.
"""
