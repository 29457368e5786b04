"""What `handlers.py` declares, a file for each kind of thing that happens: this service hears more than any other."""
