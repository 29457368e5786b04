"""What all services use; it imports nothing of theirs."""
