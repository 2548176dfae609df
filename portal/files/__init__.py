"""Files that people hand in: checked, cleaned, kept, and who may read them."""
