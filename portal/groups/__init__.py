"""Bodies of the planning process: their rules of procedure, members, the balance of the triad."""
