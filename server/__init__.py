"""The Groundwire service: retrieval, validation, review, behind one gRPC contract."""
