"""Typed documents with versions, public or for a group only."""
