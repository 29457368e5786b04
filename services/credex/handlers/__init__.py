"""What credex does on each message and answer: requests, what goes out of an account, and who is told of it."""
