"""Pure rules: the order of a member's messages, their delivery, the 24-hour window."""
