"""Whether text that is addressed to the validator moves a verdict more than other text of the same length."""
