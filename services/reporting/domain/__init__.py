"""Pure rules: what a payment looks like to finance, and the figures over many."""
