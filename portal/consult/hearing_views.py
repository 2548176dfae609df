"""The public hearing: the text for everybody to see, comments typed in as they are said and read back aloud. Who came
is written down at the meeting itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from portal.suggestions.models import Origin, Suggestion
from portal.web import refusals

from . import entry_actions, settling
from .entry_forms import HearingForm
from .entry_views import head, looking, sending, typing
from .models import Comment, Consultation, Paragraph

# What was agreed at the hearing, the latest first.
LAST = 20
# Letters of the text on one screen of the projector, where headings are far apart.
SCREEN_LETTERS = 900


@typing
def hearing(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Type in what is said; below what waits to be read back, and what was agreed."""
    if request.method != "POST":
        return _hearing(request, consultation, HearingForm(consultation))
    bound = HearingForm(consultation, request.POST)
    if bound.is_valid():
        try:
            made = entry_actions.enter(consultation=consultation, actor=request.user, **bound.wanted())
        except ValidationError as refusal:
            refusals.refused(bound, refusal)
        else:
            if isinstance(made, Suggestion):
                messages.warning(request, f"Lhůta už skončila. Uložili jsme ji jako podnět č. {made.number}.")
                return redirect("consult:hearing", consultation.slug)
            messages.success(request, f"Připomínka č. {made.number} je zapsaná. Přečtěte ji nahlas.")
            return redirect(f"{request.path}#cist-{made.number}")
    return _hearing(request, consultation, bound, status=422)


def _hearing(request: HttpRequest, consultation: Consultation, form: HearingForm, status: int = 200) -> HttpResponse:
    said = consultation.comments.filter(origin=Origin.HEARING).select_related("paragraph").order_by("-number")
    context = {
        **head(consultation),
        "meeting": consultation.standing_hearing,
        "form": form,
        "takes": consultation.state == Consultation.State.ANNOUNCED,
        "to_read": list(said.filter(state=Comment.State.WAITING)),
        "agreed": list(said.filter(state=Comment.State.SHOWN)[:LAST]),
        "many": said.filter(state=Comment.State.SHOWN).count(),
    }
    return render(request, "consult/hearing.html", context, status=status)


@sending
def hearing_agreed(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Read back aloud, and its author agreed: it is public."""
    comment = get_object_or_404(
        Comment.objects.select_related("consultation"),
        consultation=consultation,
        number=number,
        origin=Origin.HEARING,
    )
    seen = request.POST.get("seen", "")
    try:
        settling.show(comment=comment, seen=int(seen) if seen.isascii() and seen.isdigit() else 0, actor=request.user)
    except settling.Moved:
        messages.error(request, f"Připomínku č. {number} mezitím někdo opravil. Přečtěte ji znovu.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, f"Připomínka č. {number} je zveřejněná.")
    return redirect("consult:hearing", consultation.slug)


@dataclass(frozen=True, slots=True)
class Screen:
    """What fits on one screen: a heading and the text under it."""

    paragraphs: tuple[Paragraph, ...]

    @property
    def title(self) -> str:
        return self.paragraphs[0].text if self.paragraphs[0].sort == Paragraph.Sort.HEADING else ""


def screens(paragraphs: Iterable[Paragraph]) -> Iterator[Screen]:
    """A heading begins a new screen once a third of this one is full; what does not fit goes on the next one."""
    held: list[Paragraph] = []
    letters = 0
    for one in paragraphs:
        heading = one.sort == Paragraph.Sort.HEADING
        only_headings = all(other.sort == Paragraph.Sort.HEADING for other in held)
        full = letters + len(one.text) > SCREEN_LETTERS and not only_headings
        if (held and full) or (heading and letters > SCREEN_LETTERS / 3 and not only_headings):
            yield Screen(tuple(held))
            held, letters = [], 0
        held.append(one)
        letters += len(one.text)
    if held:
        yield Screen(tuple(held))


@looking
def hearing_screen(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """The text in large letters for the projector, with how many comments each piece has."""
    shown = Count("comments", filter=Q(comments__state=Comment.State.SHOWN))
    every = list(screens(consultation.paragraphs.annotate(many=shown).order_by("order")))
    page = Paginator(every, 1).get_page(request.GET.get("strana"))
    context = {"consultation": consultation, "page": page, "screen": page[0] if page else None}
    return render(request, "consult/hearing_screen.html", context)
