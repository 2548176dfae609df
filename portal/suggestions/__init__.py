"""Suggestions all year round: what people need, miss or want to change, and what became of it."""
