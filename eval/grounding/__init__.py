"""Labelled pairs of evidence and statement, each as one `Guard.Validate` call."""
