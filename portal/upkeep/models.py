"""How providers keep their cards: claiming, proposals of changes, their approval."""
