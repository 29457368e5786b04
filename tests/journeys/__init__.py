"""The whole system driven from outside over HTTP, as people and vendors would."""
