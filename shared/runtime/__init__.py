"""What runs a service: its description, settings, health, and the host of one or all of them."""
