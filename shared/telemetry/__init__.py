"""Traces, metrics, logs, and the keyed hash that stands for a person in all three."""
