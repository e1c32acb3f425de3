"""From a stated risk and a labelled set to the threshold that keeps it."""
