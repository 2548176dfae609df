"""Czech text: folding, tokens, stems, typing errors, places in the text, plural.

Plain functions over strings. Nothing here knows Django, the database or the clock.
"""
