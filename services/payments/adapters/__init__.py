"""How payments reaches its vendor: Paynow."""
