"""The text around the tree of a plan: chapters, strengths and weaknesses, needs."""
