"""How fast documents are cut, against other splitters in the same run, and in how much memory."""
