"""What conversation does on each message: listen, tell outcomes whether or not a flow still lives, remember."""
