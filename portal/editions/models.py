"""Frozen states of a plan: editions, their differences, the document in all its forms."""
