"""Access control against an oracle: a reference that shares no code with the service decides what each caller may see."""
