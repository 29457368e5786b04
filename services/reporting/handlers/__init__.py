"""What reporting does on each message and answer, by subject."""
