"""Notifier owns every outgoing message, its delivery and the 24-hour window.

It hears `notifier.send_message`, `gateway.inbound_noticed`, `gateway.delivery_status_changed` and
`gateway.identity_changed`; it says `notifier.message_accepted`, `notifier.message_delivered`,
`notifier.message_read` and `notifier.message_failed`.
"""
