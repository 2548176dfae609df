"""Consultations: a text on view, comments on it from everywhere, and their settlement."""
