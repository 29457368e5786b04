"""What a payment is and what may become of it: pure rules, in files named for what happens."""
