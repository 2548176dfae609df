"""Indicators shared by plans: what is measured, from where to where, and what is so far."""
