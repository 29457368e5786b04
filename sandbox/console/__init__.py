"""The console: the sandbox's start page, the receiver of traces and their waterfalls, the phone page, and their looks."""
