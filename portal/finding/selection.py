"""My selection: numbers of services put aside, in a cookie or in an address. No session, no sign-in."""

import re
from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse

COOKIE = "vyber"
MONTH = 30 * 24 * 60 * 60
# More than a person carries to an office; also keeps the cookie and the link short.
MOST = 60
_NUMBER = re.compile(r"\d{1,12}")


def parse(text: str) -> tuple[int, ...]:
    """Numbers from "12.45.77" (or with commas), each once; anything else in the text is passed over."""
    numbers = (int(part) for part in re.split(r"[.,]", text[:1000]) if _NUMBER.fullmatch(part))
    return tuple(dict.fromkeys(numbers))[:MOST]


def text(numbers: Iterable[int]) -> str:
    return ".".join(str(number) for number in numbers)


def kept(request: HttpRequest) -> tuple[int, ...]:
    return parse(request.COOKIES.get(COOKIE, ""))


def keep(response: HttpResponse, numbers: tuple[int, ...], *, secure: bool) -> None:
    if numbers:
        # Readable by our own script, which writes the same cookie where there is one.
        response.set_cookie(COOKIE, text(numbers[:MOST]), max_age=MONTH, samesite="Lax", secure=secure)
    else:
        response.delete_cookie(COOKIE, samesite="Lax")


def changed(numbers: tuple[int, ...], request: HttpRequest) -> tuple[int, ...]:
    """The selection after the button that was pressed."""
    if "zahodit" in request.POST:
        return ()
    if "prevzit" in request.POST:
        return tuple(dict.fromkeys((*numbers, *parse(request.POST["prevzit"]))))[:MOST]
    added, removed = parse(request.POST.get("pridat", "")), parse(request.POST.get("odebrat", ""))
    return tuple(dict.fromkeys(one for one in (*numbers, *added) if one not in removed))[:MOST]
