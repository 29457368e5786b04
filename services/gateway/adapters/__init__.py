"""What the gateway's ports are made of."""
