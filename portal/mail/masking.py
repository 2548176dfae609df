"""Links in letters open doors: whoever has one may confirm, sign up, set a password. The desk shows where a link leads,
never its secret part."""

import re

HIDDEN = "…"
_LINK = re.compile(r"https?://[^\s<>\"]+")
_PART = re.compile(r"[^/?&=#]+")
_LONG = 16


def masked(text: str) -> str:
    """Text or HTML of a letter with the secret parts of its links put out."""
    return _LINK.sub(lambda link: _masked_link(link[0]), text)


def _masked_link(link: str) -> str:
    scheme, _, rest = link.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}{slash}" + _PART.sub(lambda part: HIDDEN if is_secret(part[0]) else part[0], path)


def is_secret(part: str) -> bool:
    """Whether a part of an address looks made by chance rather than by people: long, with capitals, colons or digits
    where a slug would have words. Sooner hides a harmless part than shows a secret."""
    if len(part) < _LONG:
        return False
    if re.search(r"[A-Z:_~%]", part):
        return True
    longest = max(part.split("-"), key=len)
    return len(longest) >= _LONG or sum(sign.isdigit() for sign in part) > 4
