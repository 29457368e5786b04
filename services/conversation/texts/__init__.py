"""What is said outside of flows, in the language that is spoken (`engine/texts.py`)."""
