"""Gateway owns the edge: it verifies, normalises, persists and answers; and it owns who is which member.

It hears HTTP, and `conversation.erasure_requested`. It says `gateway.message_received`, `gateway.inbound_noticed`,
`gateway.delivery_status_changed`, `gateway.identity_changed`, `gateway.account_noticed`,
`gateway.webhooks_missing`, `gateway.payment_status_received`, `gateway.core_notice_received` and
`gateway.person_erased`.
"""
