"""Pure knowledge of the conversation: places, names, profiles."""
