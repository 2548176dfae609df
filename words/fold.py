"""One spelling for words that people write with and without diacritics."""

import unicodedata
from functools import lru_cache

# Letters that NFKD does not take apart into a base letter and a mark.
_WHOLE = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})


@lru_cache(maxsize=8_192)
def fold(text: str) -> str:
    """Lower case without diacritics: ``Šárčina Péče`` becomes ``sarcina pece``."""
    if text.isascii():
        return text.lower()
    # Twice, because taking apart can give a capital ("𝕊") and lower case can give a mark ("İ").
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold().translate(_WHOLE))
    return "".join(c for c in apart if not unicodedata.combining(c))
