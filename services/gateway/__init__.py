"""Gateway owns the edge: it verifies, normalises, persists and answers; and it owns who is which member.

It hears HTTP, `conversation.erasure_requested` and its command `show_health`. It says `gateway.message_received`,
`gateway.delivery_status_changed`, `gateway.member_met`, `gateway.identity_changed`, `gateway.account_noticed`,
`gateway.marketing_preference_changed`, `gateway.webhooks_missing`, `gateway.payment_status_received`,
`gateway.core_notice_received`, `gateway.health_shown` and `gateway.person_erased`; it asks conversation to
`forget_alias`, and notifier to `open_window` for who calls.
"""
