"""The outside world as notifier sees it: the WhatsApp Graph API."""
