"""Gateway hears no messages: its input is HTTP (routes.py)."""
