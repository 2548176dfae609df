"""Czech counts: 1 služba, 2 služby, 5 služeb."""


def plural(count: int, one: str, few: str, many: str) -> str:
    """The form of the noun that goes with the count (without the count itself).

    ``one`` for 1, ``few`` for 2 to 4, ``many`` for 0 and for 5 and more.
    """
    size = abs(count)
    if size == 1:
        return one
    return few if 2 <= size <= 4 else many


def counted(count: int, one: str, few: str, many: str) -> str:
    """The count and the noun joined by a non-breaking space; thousands are kept apart the Czech way."""
    return f"{count:,}".replace(",", "\u00a0") + "\u00a0" + plural(count, one, few, many)
