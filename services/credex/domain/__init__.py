"""Pure rules: what the core's answers mean, finding out what a lost answer was, who is told of an offer."""
