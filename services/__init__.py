"""The six services. Each owns its store and speaks to the others only by the messages of `shared.contracts`."""
