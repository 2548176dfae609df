"""The same columns out and in: lists as tables, their import with differences, apply and undo."""
