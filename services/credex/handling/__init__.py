"""Credex's handlers, by subject: requests, what goes out of an account, who is told."""
