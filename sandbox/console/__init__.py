"""The console: start page, receiver of traces with their waterfalls, phone page, and the look that they share."""
