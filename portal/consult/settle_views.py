"""The page where one comment is read, discussed and settled: several small forms, each sent by itself. Of two people
at one comment the second gets the page as the first left it, with all that they typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BoundField, Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods

from paper.blocks import Marked
from paper.html import html
from portal.audit.models import Deed
from portal.audit.telling import told
from portal.editions import marking
from portal.files import serving
from portal.web import refusals
from portal.web.doors import FORM, READ

from . import register as reading
from . import rules, settling
from .models import Comment, CommentFile, Paragraph
from .register_views import form_of, head
from .settling import Amendment
from .settling_forms import (
    AmendForm,
    AssignForm,
    DecideForm,
    KindForm,
    MeetingForm,
    NoteForm,
    ProposeForm,
    RefuseForm,
    ReopenForm,
    ShowForm,
    TwinForm,
)


def comment_at(slug: str, number: int) -> Comment:
    rows = Comment.objects.select_related(
        *(
            "consultation__decides",
            "consultation__hearing",
            "paragraph",
            "group",
            "assignee",
            "same_as",
            "item__meeting__group",
        ),
        *("motion__group", "entered_by"),
    )
    return get_object_or_404(rows, consultation__slug=slug, number=number)


def of_comment(rule: Callable[[Any, Comment], bool], *methods: str) -> Callable[..., Any]:
    """A page of one comment; who may comes before how."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        by_method = require_http_methods(list(methods))(view)

        @wraps(view)
        def checked(request: HttpRequest, slug: str, number: int, **more: Any) -> HttpResponseBase:
            comment = comment_at(slug, number)
            if not rule(request.user, comment):
                raise PermissionDenied
            return by_method(request, comment, **more)

        return checked

    return decorate


# --- what the forms do ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """A form of the page: its class, what it does with the comment, what to say when it was done."""

    form: type[Form]
    act: Callable[[Comment, Any, Any], Any]
    done: str


def _said(form: Any, *names: str) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("seen", *names)}


def _twin(comment: Comment, form: Any, actor: Any) -> None:
    number = form.cleaned_data["number"]
    original = Comment.objects.filter(consultation=comment.consultation_id, number=number).first()
    if original is None:
        raise ValidationError({"number": f"Připomínka č. {number} v tomhle řízení není."})
    settling.same_as(comment=comment, original=original, actor=actor, **_said(form))


def _decide(comment: Comment, form: Any, actor: Any) -> None:
    said = _said(form, "decision", "reason")
    amendment = _amendment(form) if said["decision"] in Comment.CHANGING else None
    settling.decide(comment=comment, authority=form.authority(), amendment=amendment, actor=actor, **said)


def _amendment(form: Any) -> Amendment | None:
    """A new text of the paragraph that the form shows; nothing where it was left as it stands."""
    paragraph: Paragraph | None = form.paragraph
    if paragraph is None or "text" not in form.fields:
        return None
    text, seen = form.cleaned_data["text"], form.cleaned_data["seen_text"]
    return None if settling.tidy(text) == settling.tidy(seen) else Amendment(paragraph, text, seen)


def _amend(comment: Comment, form: Any, actor: Any) -> None:
    amendment = _amendment(form)
    if amendment is not None:
        settling.amend(comment=comment, amendment=amendment, actor=actor, **_said(form))


STEPS: dict[str, Step] = {
    "zverejnit": Step(ShowForm, lambda c, f, a: settling.show(comment=c, actor=a, **_said(f)), "Zveřejněno."),
    "vyradit": Step(RefuseForm, lambda c, f, a: settling.refuse(comment=c, actor=a, **_said(f, "reason")), "Vyřazeno."),
    "druh": Step(
        KindForm, lambda c, f, a: settling.kind_change(comment=c, actor=a, **_said(f, "kind", "reason")), "Uloženo."
    ),
    "spojit": Step(TwinForm, _twin, "Spojeno. Vypořádají se spolu."),
    "oddelit": Step(
        ShowForm, lambda c, f, a: settling.apart(comment=c, actor=a, **_said(f)), "Oddělená. Vypořádává se sama."
    ),
    "poznamka": Step(
        NoteForm,
        lambda c, f, a: settling.note(comment=c, text=f.cleaned_data["text"], actor=a),
        "Poznámka je zapsaná.",
    ),
    "pridelit": Step(
        AssignForm,
        lambda c, f, a: settling.assign(comment=c, actor=a, **_said(f, "group", "person", "due_on")),
        "Přiděleno.",
    ),
    "navrh": Step(
        ProposeForm,
        lambda c, f, a: settling.propose(comment=c, actor=a, **_said(f, "decision", "reason")),
        "Návrh je uložený.",
    ),
    "vyporadat": Step(DecideForm, _decide, "Vypořádáno."),
    "otevrit": Step(
        ReopenForm,
        lambda c, f, a: settling.reopen(comment=c, actor=a, **_said(f, "reason")),
        "Vypořádání je zase otevřené.",
    ),
    "zneni": Step(AmendForm, _amend, "Znění je uložené."),
    "na-jednani": Step(
        MeetingForm,
        lambda c, f, a: settling.put_to_meeting(
            consultation=c.consultation,
            chosen=[(c, f.cleaned_data["seen"] or 0)],
            meeting=f.cleaned_data["meeting"],
            actor=a,
        ),
        "Je to na programu jednání.",
    ),
}
# Steps of those who only think about the comment; the rest belongs to whoever settles.
DISCUSSED = ("poznamka", "navrh")


def _form(name: str, comment: Comment, paragraph: Paragraph | None, person: Any, data: Any = None) -> Any:
    initial: dict[str, Any] = {"seen": comment.version}
    match name:
        case "pridelit":
            initial |= {"group": comment.group_id, "person": comment.assignee_id, "due_on": comment.due_on}
        case "navrh" | "vyporadat":
            initial |= {"decision": comment.proposed_decision, "reason": comment.proposed_reason}
        case "druh":
            initial["kind"] = next(one for one in Comment.Kind.values if one != comment.kind)
    if name in ("vyporadat", "zneni") and paragraph is not None:
        now = settling.wording(paragraph)
        initial |= {"text": proposed_text(comment, now) if name == "vyporadat" else now, "seen_text": now}
    form = form_of(STEPS[name].form, comment.consultation, person, data, initial=initial, auto_id=f"{name}_%s")
    form.paragraph = paragraph
    if name == "vyporadat" and paragraph is None:
        del form.fields["text"], form.fields["seen_text"]
    return form


def proposed_text(comment: Comment, now: str) -> str:
    """The paragraph with the proposed wording in the place of the original one, where that stands in it once."""
    if comment.original and comment.proposed and now.count(comment.original) == 1:
        return now.replace(comment.original, comment.proposed)
    return now


def _paragraph(request: HttpRequest, comment: Comment) -> Paragraph | None:
    """The paragraph whose text is being changed: the comment's, or the one that was asked for by its number."""
    label = request.POST.get("odstavec") or request.GET.get("odstavec") or ""
    if label:
        return Paragraph.objects.filter(consultation=comment.consultation_id, label=label[:30]).first()
    return comment.paragraph


# --- the page ------------------------------------------------------------------------------------------------------


@of_comment(rules.may_read_comment, *FORM)
def settle(request: HttpRequest, comment: Comment) -> HttpResponse:
    if request.method != "POST":
        return _page(request, comment)
    name = request.POST.get("co", "")
    if name not in STEPS:
        raise Http404
    paragraph = _paragraph(request, comment)
    bound = _form(name, comment, paragraph, request.user, request.POST)
    if not bound.is_valid():
        return _page(request, comment, (name, bound), status=422)
    try:
        STEPS[name].act(comment, bound, request.user)
    except settling.Moved:
        return _moved(request, comment, name, bound)
    except settling.Reworded as news:
        return _reworded(request, comment, name, news.stored)
    except ValidationError as refusal:
        refusals.refused(bound, refusal, {"item": "by", "motion": "by"})
        return _page(request, comment, (name, bound), status=422)
    messages.success(request, f"Č. {comment.number}: {STEPS[name].done}")
    following = reading.neighbours(comment).next_left if "dalsi" in request.POST else None
    return redirect("consult:settle", comment.consultation.slug, following or comment.number)


def _moved(request: HttpRequest, comment: Comment, name: str, typed: Form) -> HttpResponse:
    """The page as the other person left it; what was typed is in its form again, or beside it."""
    fresh = comment_at(comment.consultation.slug, comment.number)
    data = request.POST.copy()
    data["seen"] = str(fresh.version)
    bound = _form(name, fresh, _paragraph(request, fresh), request.user, data)
    deed = Deed.objects.about(Comment._meta.label_lower, str(fresh.pk)).order_by("-pk").first()
    news = {"deed": deed, "told": told(deed) if deed else "", "typed": _typed(typed)}
    return _page(request, fresh, (name, bound), status=409, news=news)


def _reworded(request: HttpRequest, comment: Comment, name: str, stored: Paragraph) -> HttpResponse:
    data = request.POST.copy()
    data["seen_text"] = settling.wording(stored)
    bound = _form(name, comment, stored, request.user, data)
    bound.add_error("text", "Odstavec mezitím změnil někdo jiný. Jeho dnešní znění je níž, vaše v tomhle poli zůstalo.")
    return _page(request, comment, (name, bound), status=409, reworded=stored)


def _typed(form: Form) -> list[tuple[str, str]]:
    """What the person wrote, by the labels of its fields."""
    fields: list[BoundField] = [one for one in form if not one.is_hidden]
    words = [(one, str(one.value() or "").strip()) for one in fields if one.widget_type in ("textarea", "text")]
    return [(str(one.label), value) for one, value in words if value]


def _page(
    request: HttpRequest,
    comment: Comment,
    sent: tuple[str, Form] | None = None,
    *,
    status: int = 200,
    news: dict[str, Any] | None = None,
    reworded: Paragraph | None = None,
) -> HttpResponse:
    context = head(request, comment.consultation)
    open_ = comment.consultation.state == comment.consultation.State.ANNOUNCED
    may_discuss = open_ and rules.may_discuss(request.user, comment)
    paragraph = _paragraph(request, comment)
    names = STEPS if context["may_settle"] else DISCUSSED if may_discuss else ()
    forms = {
        name.replace("-", "_"): _form(name, comment, paragraph, request.user)
        for name in names
        if _offered(name, comment)
    }
    if sent is not None:
        forms[sent[0].replace("-", "_")] = sent[1]
    others = reading.told_near(comment) if context["may_settle"] and not comment.is_settled else []
    context |= {
        "comment": comment,
        "forms": forms,
        "sent": sent[1] if sent else None,
        "may_discuss": may_discuss,
        "paragraph": paragraph,
        "text_now": settling.wording(paragraph) if paragraph else "",
        "change": _change(comment),
        "reworded": reworded,
        "news": news,
        "around": reading.neighbours(comment),
        "twins": list(comment.same.order_by("number")),
        "notes": list(comment.notes.all()),
        "files": list(comment.files.select_related("file")),
        "alike": reading.like(comment, others) if comment.same_as_id is None else [],
        "supports": comment.supports.count(),
        "is_overdue": reading.is_overdue(comment, context["today"]),
    }
    return render(request, "consult/settle.html", context, status=status)


def _offered(name: str, comment: Comment) -> bool:
    """Which forms make sense as the comment stands."""
    settled, twin = comment.is_settled, comment.same_as_id is not None
    shown, refused = comment.state == Comment.State.SHOWN, comment.state == Comment.State.REFUSED
    waits = shown and not settled and not twin
    sense = {
        "zverejnit": not shown,
        "vyradit": not refused and not settled,
        "druh": not refused and not settled,
        "spojit": shown and not settled,
        "oddelit": twin,
        "navrh": waits,
        "vyporadat": waits,
        "na-jednani": waits,
        "otevrit": settled and not twin,
        "zneni": comment.decision in Comment.CHANGING and not twin,
    }
    return sense.get(name, True)


def _change(comment: Comment) -> SafeString:
    """The proposed wording against the original one, word by word; nothing where either is missing."""
    if not comment.original or not comment.proposed:
        return SafeString("")
    # paper.html escapes all text.
    return mark_safe(html([Marked(marking.words(comment.original, comment.proposed))]))  # noqa: S308


# --- attachments ---------------------------------------------------------------------------------------------------


def _attachment(comment: Comment, pk: int) -> CommentFile:
    return get_object_or_404(CommentFile.objects.select_related("file"), comment=comment, pk=pk)


@of_comment(rules.may_read_comment, *READ)
def register_file(request: HttpRequest, comment: Comment, pk: int) -> HttpResponseBase:
    """An attachment for those who settle, whether or not the public sees it."""
    return serving.answer(_attachment(comment, pk).file, request=request)


@of_comment(lambda person, comment: rules.may_settle(person, comment.consultation), "POST")
def register_file_show(request: HttpRequest, comment: Comment, pk: int) -> HttpResponse:
    attachment = _attachment(comment, pk)
    attachment.comment = comment
    try:
        settling.file_show(attachment=attachment, shown="ukazat" in request.POST, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, "Příloha je na webu." if "ukazat" in request.POST else "Příloha je skrytá.")
    return redirect("consult:settle", comment.consultation.slug, comment.number)
