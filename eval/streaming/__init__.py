"""Answers that are validated while they are written, against the same answers validated whole."""
