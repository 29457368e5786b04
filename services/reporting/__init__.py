"""Reporting owns the event log, the ledger, the read models of payments and credexes, reports, and the audit trail.

It hears the questions `make_statistics`, `make_report`, `show_payment`, `show_review`, `show_refunds`, `show_audit`,
`list_volunteers`; its own `log_event`, `post_entry`, `reconcile_statement`, `forget_gift` and `confirm_erasure`; the
events of payments (`payment_initiated`, `payment_uncertain`, `payment_settled`, `payment_cancelled`,
`payment_failed`, `payment_expired`, `payment_rejected`, `payment_disputed`, `payment_refunded`,
`payment_needs_review`, `callback_unmatched`, `receipt_issued`); of credex `credex_moved`; `notifier.message_failed`;
and `finance_heard`, `staff_command_used`, `registration_completed` and `erasure_requested` of the conversation. It
says `statistics_ready`, `report_progress`, `report_ready`,
`report_failed`, `payment_shown`, `review_shown`, `refunds_shown`, `audit_shown`, `volunteers_listed` and
`person_erased`. Never any chat text.
"""
