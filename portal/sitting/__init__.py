"""A meeting as it happens: who came, whether the body can decide, how it voted."""
