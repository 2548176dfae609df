"""Minutes of meetings, objections to them, decisions and tasks."""
