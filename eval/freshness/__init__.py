"""Whether what was written is what is read, at once."""
