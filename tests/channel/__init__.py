"""Gateway, notifier and the sandbox's WhatsApp together, over HTTP on a virtual clock."""
