"""Conversation owns sessions, profiles, consent and every word that is said.

It hears `gateway.message_received`, `gateway.core_notice_received`, `gateway.webhooks_missing` and
`gateway.health_shown`; `payment_refused`, `payment_initiated`, `payment_uncertain`, `payment_settled`,
`payment_cancelled`, `payment_failed`, `payment_expired`, `payment_disputed`, `payment_refunded`,
`payment_needs_review`, `payment_checked`, `payment_approved`, `payment_rejected`, `approval_refused`,
`one_time_code_refused`, `receipt_issued`, `receipt_document_made`, `receipt_verified` and `correction_refused` of
payments;
`account_found`, `account_opened`, `authorised_listed`, `balances_shown`, `credex_delayed`, `credex_joined`,
`credex_queued`, `credex_refused`, `credex_shown`, `credex_unavailable`, `dashboard_shown`, `kept_told`, `ledger_shown`,
`member_authorised`, `member_found`, `member_removed`, `not_a_member`, `notices_directed`, `offer_accepted`,
`offer_cancelled`, `offer_declined`, `offer_gone`, `offer_made`, `offer_noticed`, `offers_accepted`,
`outcome_uncertain`, `outcome_under_review` and `tier_upgraded` of credex;
`statistics_ready`, `report_progress`, `report_ready`, `report_failed`, `payment_shown`, `review_shown`,
`refunds_shown`, `audit_shown` and `volunteers_listed` of reporting; the `person_erased` of every other service; and
what it asks of itself: `remember_donor`,
`remember_registration`, `choose_language`, `remember_staff`, `propose_purpose`, `decide_purpose`, `purpose_decided`,
`remember_purpose`, `choose_account`, `export_my_data`, `forget_me`, `erasure_requested`; and,
asked by the gateway, `forget_alias`. It says
`conversation.registration_completed`, `conversation.staff_command_used`, `conversation.finance_heard`,
`conversation.purpose_decided`, `conversation.erasure_requested` and commands to payments, credex, reporting and
notifier.

Beyond what every service has: `engine/` makes flows durable, `flows/` are the conversations, `facts.py` what they know
when they begin, `listening/` what a message means outside of them, `texts/`
what is said, `locale/` in which languages.
"""
