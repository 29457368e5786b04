"""Real servers of one's own as child processes, for development and tests: on loopback, in private folders."""
