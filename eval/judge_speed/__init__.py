"""What a verdict costs the entailment model: its speed against other shapes, and what each way of asking it less brings."""
