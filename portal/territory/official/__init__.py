"""The official downloads of ČSÚ and ČÚZK, joined into the one table that `import_territory` reads."""
