"""Action plans of a year, what has been done, and the report on it."""
