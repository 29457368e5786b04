"""Notifier owns every outgoing message, its delivery, the 24-hour window, and the way to files at WhatsApp.

It hears `notifier.send_message`, `notifier.mark_read`, `notifier.fetch_media`, `gateway.inbound_noticed`,
`gateway.delivery_status_changed` and `gateway.identity_changed`; it says `notifier.message_accepted`,
`notifier.message_delivered`, `notifier.message_read`, `notifier.message_failed`, `notifier.media_fetched` and
`notifier.media_unavailable`.
"""
