"""Which chunker, and which size of chunk: what each choice finds, reads in vain and costs, on documents with questions."""
