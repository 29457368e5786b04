"""The outside of conversation."""
