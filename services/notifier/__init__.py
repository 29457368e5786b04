"""Notifier owns every outgoing message, its delivery, the 24-hour window, and the way to files at WhatsApp.

It hears `notifier.send_message`, `notifier.mark_read`, `notifier.open_window` and `notifier.fetch_media`; what it
asks of itself, `notifier.file_deliveries` and `notifier.note_late_status`; `gateway.delivery_status_changed`,
`gateway.identity_changed`, `gateway.marketing_preference_changed`, `gateway.account_noticed` and
`conversation.erasure_requested`. It says `notifier.message_failed`, `notifier.media_fetched`,
`notifier.media_unavailable` and `notifier.person_erased`.
"""
