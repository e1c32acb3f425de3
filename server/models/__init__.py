"""Embedding and entailment models: ONNX Runtime sessions, their scheduler, and the bundled weights."""
