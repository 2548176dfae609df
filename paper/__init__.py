"""Documents on paper: blocks in, PDF bytes out. Knows neither Django, nor the database, nor the clock."""
