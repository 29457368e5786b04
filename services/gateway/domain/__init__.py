"""Pure rules of the edge: what is authentic, what a webhook says, who is which member."""
