"""The community plan: its tree of vision, priorities, goals, measures and activities, and all that hangs on it."""
