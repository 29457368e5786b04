"""Money, phones, ids, clock and errors: pure values that every other package may use; no I/O."""
