"""Retrieval against judged queries: nDCG@10 and recall@100 of each mode, through `Retriever.Retrieve`."""
