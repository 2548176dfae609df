"""Counts: 1 služba, 2 služby, 5 služeb."""


def plural(count: int, one: str, few: str, many: str) -> str:
    """The form of the noun that goes with the count (without the count itself).

    ``one`` for 1, ``few`` for 2 to 4, ``many`` for 0 and for 5 and more.
    """
    return (one, few, many)[form_of(count, "cs")]


def counted(count: int, one: str, few: str, many: str) -> str:
    """The count and the noun joined by a non-breaking space; thousands are kept apart the Czech way."""
    return f"{count:,}".replace(",", "\u00a0") + "\u00a0" + plural(count, one, few, many)


def form_of(count: int, language: str) -> int:
    """Which of the plural forms a count takes: of two in English, of three in Czech and Ukrainian (CLDR)."""
    size = abs(count)
    if language == "en":
        return 0 if size == 1 else 1
    if language == "uk":
        if size % 10 == 1 and size % 100 != 11:
            return 0
        return 1 if 2 <= size % 10 <= 4 and not 12 <= size % 100 <= 14 else 2
    return 0 if size == 1 else 1 if 2 <= size <= 4 else 2
