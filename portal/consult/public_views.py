"""Consultations for everybody: which there are, the text with its comments, writing one, following it."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.suggestions.models import Suggestion
from portal.web import pace
from portal.web.refusals import refused
from words.visible import visible

from . import comment_actions, reading, rules, terms
from .comment_forms import CommentForm
from .models import Comment, Consultation, Paragraph

A_PAGE = 20
# Comments under one paragraph at once.
A_PARAGRAPH = 20
# One visitor in an hour. Counted near at hand: a comment costs few questions to the database, and a hall full of people
# on one line, who write after a hearing, must not be stopped.
COMMENTS_AN_HOUR, SUPPORTS_AN_HOUR, LETTERS_AN_HOUR = 20, 60, 5
# Signs of a marked passage that travel in the address.
PASSAGE = 1500
# For how long the same late form sent again leads to the same suggestion.
ONCE_SECONDS = 3600


# --- reading -----------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def consultations(request: HttpRequest) -> HttpResponse:
    """What one can write to now, then the rest from the newest."""
    now = timezone.now()
    taking = reading.listed().open_at(now).order_by("closes_at")
    rest = reading.listed().exclude(pk__in=Consultation.objects.open_at(now).values("pk"))
    page = Paginator(rest, A_PAGE).get_page(request.GET.get("strana"))
    return render(request, "consult/consultations.html", {"taking": taking, "page": page})


def shown(request: HttpRequest, slug: str) -> Consultation:
    """An announced one for everybody, one in preparation for those who prepare it."""
    found = get_object_or_404(Consultation.objects.select_related("hearing", "hearing__group", "plan"), slug=slug)
    if not rules.may_read(request.user, found):
        raise Http404
    return found


@login_not_required
@require_safe
def consultation(request: HttpRequest, slug: str) -> HttpResponse:
    """The text on view, a part at a time. `?odstavec=17` is the part with that paragraph."""
    found, now = shown(request, slug), timezone.now()
    lines = reading.outline(found)
    cut = reading.parts(lines)
    asked = _number(request.GET.get("odstavec"))
    number = reading.part_of(cut, asked) if asked else _number(request.GET.get("cast")) or 1
    part = next((one for one in cut if one.number == number), cut[0] if cut else None)
    context = {
        "consultation": found,
        "phase": found.phase_at(now),
        "open": found.is_open,
        "days_left": terms.days_left(found, timezone.localdate(now)),
        "timetable": terms.timetable(found, now),
        "parts": cut,
        "part": part,
        "contents": reading.contents(lines, cut),
        "passages": reading.passages(found, part) if part else [],
        # Told above the text only, that is with its first part.
        "counts": reading.counts(found) if part is None or part.number == 1 else {},
    }
    return render(request, "consult/consultation.html", context)


def _number(said: str | None) -> int:
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 7 else 0


def _paragraph(consultation: Consultation, order: int) -> Paragraph | None:
    """The paragraph of the order; zero is the text as a whole."""
    return get_object_or_404(consultation.paragraphs, order=order) if order else None


@login_not_required
@require_safe
def paragraph(request: HttpRequest, slug: str, order: int) -> HttpResponse:
    """One paragraph with its comments; the page of the text takes them from here when somebody opens them."""
    found = shown(request, slug)
    one = _paragraph(found, order)
    page = Paginator(reading.comments_at(found, one), A_PARAGRAPH).get_page(request.GET.get("strana"))
    context = {
        "consultation": found,
        "open": found.is_open,
        "order": order,
        "paragraph": one,
        "passage": reading.Passage(one, page.paginator.count, 2, tuple(reading.change_of(one))) if one else None,
        "place": reading.place_of(one),
        "page": page,
        "rows": reading.told(page.object_list),
    }
    return render(request, "consult/paragraph.html", context)


@login_not_required
@require_safe
def comment(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A comment at its own address; of one that the moderation refused, only why."""
    states = (Comment.State.SHOWN, Comment.State.REFUSED)
    found = get_object_or_404(reading.whole(), consultation__slug=slug, number=number, state__in=states)
    if not rules.may_read(request.user, found.consultation):
        raise Http404
    is_shown = found.state == Comment.State.SHOWN
    context = {
        "consultation": found.consultation,
        "open": found.consultation.is_open,
        "comment": found,
        "told": reading.told([found])[0] if is_shown else None,
        "passage": reading.Passage(found.paragraph, 0, 3, tuple(reading.change_of(found.paragraph)))
        if is_shown and found.paragraph
        else None,
    }
    return render(request, "consult/comment.html", context)


# --- writing -----------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comment_add(request: HttpRequest, slug: str) -> HttpResponse:
    """The form for a paragraph (`?odstavec=17`, with the marked words in `uryvek`) or the whole text. Whatever is
    wrong with it, it comes back with all that was typed."""
    came = timezone.now()
    found = shown(request, slug)
    order = _number(request.POST.get("odstavec") or request.GET.get("odstavec"))
    one = _paragraph(found, order)
    if not rules.may_comment(request.user, found):
        return render(request, "consult/comment_closed.html", {"consultation": found}, status=403)
    if request.method != "POST":
        marked = visible(request.GET.get("uryvek", "")[:PASSAGE])
        return _form(request, found, one, CommentForm(found, one, initial={"original": marked}))
    form = CommentForm(found, one, request.POST, request.FILES)
    if not form.is_valid():
        return _sent_before(found, form.token) or _form(request, found, one, form, status=422)
    if form.from_machine:
        return render(request, "consult/comment_thanked.html", {"consultation": found})
    if not pace.within(request, "comment", COMMENTS_AN_HOUR, pace.HOUR, pace.NEAR):
        form.ask_again()
        return _form(request, found, one, form, status=429)
    return _received(found, one, form, came) or _form(request, found, one, form, status=422)


def _received(found: Consultation, one: Paragraph | None, form: CommentForm, came: datetime) -> HttpResponse | None:
    """Where to go with what was taken; None where it was refused, with the reason in the form."""
    key = comment_actions.key_of(form.token)
    try:
        made = comment_actions.receive(consultation=found, paragraph=one, received_at=came, key=key, **form.wanted())
    except ValidationError as refusal:
        refused(form, refusal)
        form.ask_again()
        return None
    if isinstance(made, Suggestion):
        cache.set(_once(form.token), made.key, ONCE_SECONDS)
        return redirect(_late(found, made.key))
    return redirect(_own(made.key))


def _form(
    request: HttpRequest, found: Consultation, one: Paragraph | None, form: CommentForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "consultation": found,
        "open": found.is_open,
        "paragraph": one,
        "passage": reading.Passage(one, 0, 3) if one else None,
        "place": reading.place_of(one),
        "form": form,
        "slow": status == 429,
        "late": request.GET.get("podnet", "")[:30],
    }
    return render(request, "consult/comment_add.html", context, status=status)


def _own(key: str) -> str:
    return reverse("consult:own_comment", args=[key]) + "?prisla=1"


def _late(found: Consultation, key: str) -> str:
    return f"{reverse('consult:comment_add', args=[found.slug])}?podnet={key}"


def _once(token: str) -> str:
    return f"commented:{hashlib.sha256(token.encode()).hexdigest()[:32]}"


def _sent_before(found: Consultation, token: str) -> HttpResponse | None:
    """Where the same form led when it was sent for the first time: a button pressed twice, a page loaded anew."""
    if not token:
        return None
    key = comment_actions.key_of(token)
    if Comment.objects.filter(key=key, consultation=found).exists():
        return redirect(_own(key))
    late = cache.get(_once(token))
    return redirect(_late(found, late)) if late else None


@login_not_required
@require_POST
def comment_support(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One click: this visitor stands behind the comment. Back to where the button was."""
    rows = Comment.objects.public().select_related("consultation__hearing", "paragraph")
    found = get_object_or_404(rows, consultation__slug=slug, number=number)
    if not rules.may_read(request.user, found.consultation):
        raise Http404
    if not rules.may_comment(request.user, found.consultation):
        return render(request, "consult/comment_closed.html", {"consultation": found.consultation}, status=403)
    if not pace.within(request, "support", SUPPORTS_AN_HOUR, pace.HOUR, pace.NEAR):
        return render(request, "429.html", status=429)
    # Where the term passed meanwhile the page says so itself.
    with suppress(ValidationError):
        comment_actions.support(comment=found, who=_who(request))
    return redirect("consult:comment", slug, number)


def _who(request: HttpRequest) -> str:
    """The visitor as far as one can tell without asking: an account, else the connection and the browser."""
    if request.user.is_authenticated:
        return f"person:{request.user.pk}"
    browser = request.headers.get("User-Agent", "")[:300]
    return salted_hmac("portal.consult.who", f"{pace.visitor(request)} {browser}", algorithm="sha256").hexdigest()


# --- the author --------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_comment(request: HttpRequest, key: str) -> HttpResponse:
    """What became of the comment, for whoever has the key. POST sends the letter that confirms the e-mail again."""
    found = get_object_or_404(reading.whole(), key=key)
    again: bool | None = None
    if request.method == "POST":
        again = pace.within(request, "comment-letter", LETTERS_AN_HOUR, pace.HOUR, pace.NEAR)
        again = again and comment_actions.ask_to_confirm(comment=found)
    context = {
        "comment": found,
        "consultation": found.consultation,
        "said": reading.own(found),
        "files": found.files.select_related("file"),
        "came": bool(request.GET.get("prisla")),
        "again": again,
    }
    response = render(request, "consult/own_comment.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comment_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link in a letter: one button, so that what only looks at links confirms nothing."""
    read = comment_actions.read_token(token)
    if read is None:
        raise Http404
    found, in_time = read
    if request.method == "POST" and in_time:
        numbers = [_number(one) for one in request.POST.getlist("pripominka")]
        comment_actions.confirm(comment=found, numbers=[found.number, *numbers])
        return redirect("consult:comment_confirm", token)
    context = {
        "comment": found,
        "consultation": found.consultation,
        "in_time": in_time,
        "waiting": comment_actions.unconfirmed(found),
    }
    response = render(request, "consult/comment_confirm.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response
