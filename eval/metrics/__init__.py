"""What benchmarks measure: rankings, classifications, and how sure a difference is."""
