"""Crashes: `kill -9` of processes and servers in the middle of what people do."""
