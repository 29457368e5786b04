"""The conversations, one file each. A file's docstring is its transcript, and the tests play it."""
