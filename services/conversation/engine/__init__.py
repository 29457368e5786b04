"""Conversations as plain async functions, durable by replay (architecture 5)."""
