"""Bringing back what a consultation or a comment in its register said before a deed of the journal."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.forms import ModelChoiceField
from django.urls import reverse

from portal.audit import restoring
from portal.audit.models import Deed
from portal.audit.things import label
from portal.audit.verbs import TOO_OLD
from portal.groups.actions import choice_names

from . import actions, journal, rules, settling
from .consultation_forms import MODELS, ConsultationForm
from .models import Comment, Consultation
from .register_views import groups_for, people_for
from .texts import Source

NOT_OFFERED = "To, co tu stálo předtím, už vybrat nejde: {}. Obnovit to proto nejde."
FILE_GONE = "Soubor, který tu byl předtím, jsme po výměně smazali. Nahrajte ho znovu na stránce řízení."
ANNOUNCED = "Řízení je vyhlášené. Název, text k připomínkám a většina pravidel se už nemění."


def _consultation(deed: Deed) -> Consultation | None:
    return Consultation.objects.select_related("hearing", "plan").filter(pk=deed.thing_id).first()


def _names(consultation: Consultation, deed: Deed) -> list[str]:
    """What of the deed may still change."""
    announced = consultation.state != Consultation.State.PREPARED
    may = actions.AFTER_ANNOUNCING if announced else actions.OF_CONSULTATION
    return [name for name in may if name in deed.before]


def _obstacle(consultation: Consultation, deed: Deed) -> str:
    if consultation.state not in (Consultation.State.PREPARED, Consultation.State.ANNOUNCED):
        return f"Řízení je {consultation.get_state_display()}, už se nemění."
    if not (names := _names(consultation, deed)):
        return ANNOUNCED
    if not journal.is_kept(deed):
        return TOO_OLD
    file = journal.former(deed, names)[1].get(Source.FILE)
    return FILE_GONE if file is not None and file != consultation.file_id else ""


def _row(form: ConsultationForm, name: str, pk: int) -> Any:
    """The row that the value was, if it is still there and the form of the consultation would offer it."""
    if name == Source.FILE:  # another one is an obstacle
        return form.consultation and form.consultation.file
    if name in MODELS:
        row = MODELS[Source(name)].objects.filter(pk=pk).first()
    else:
        offered = cast(ModelChoiceField[Any], form.fields[name]).queryset
        row = offered.filter(pk=pk).first() if offered is not None else None
    if row is None:
        raise ValidationError(NOT_OFFERED.format(label("consult.consultation", name)))
    return row


def _act(consultation: Consultation, deed: Deed, person: Any, _said: dict[str, Any]) -> Consultation:
    values, rows = journal.former(deed, _names(consultation, deed))
    form = ConsultationForm(person, consultation=consultation)
    chosen = {name: _row(form, name, pk) if pk is not None else None for name, pk in rows.items()}
    return actions.consultation_change(
        consultation=consultation, seen=consultation.version, actor=person, restores=deed, **values, **chosen
    )


def _named(consultation: Consultation, deed: Deed) -> dict[str, str]:
    before = choice_names(Consultation, restoring.former(deed, journal.CHOICES))
    return before | journal.told(consultation, _names(consultation, deed))[1]


consultation_restore = restoring.view(
    "consult:consultation_restore",
    restoring.Way(
        find=_consultation,
        may_read=rules.may_read_desk,
        may_write=rules.may_prepare,
        now=lambda consultation, deed: journal.told(consultation, _names(consultation, deed))[0],
        names=_named,
        act=_act,
        back=lambda consultation: reverse("consult:desk_consultation", args=[consultation.slug]),
        obstacle=_obstacle,
        stale=(actions.Stale,),
    ),
)


# --- comments in the register --------------------------------------------------------------------------------------

# A change of the kind is said why; this one is said by the deed that it brings back.
BROUGHT_BACK = "obnovený druh z doby před změnou"


def _comment(deed: Deed) -> Comment | None:
    rows = Comment.objects.select_related("consultation", "group", "assignee")
    return rows.filter(pk=deed.thing_id).first()


def _may_read(person: Any, comment: Comment) -> bool:
    return rules.may_read_register(person, comment.consultation)


def _may_settle(person: Any, comment: Comment) -> bool:
    return rules.may_settle(person, comment.consultation)


def _settled(comment: Comment) -> str:
    return "" if comment.consultation.state == Consultation.State.ANNOUNCED else settling.CLOSED


def _register(comment: Comment) -> str:
    return reverse("consult:settle", args=[comment.consultation.slug, comment.number])


def _kind_act(comment: Comment, deed: Deed, person: Any, _said: dict[str, Any]) -> Comment:
    kind = next((str(value) for value, word in Comment.Kind.choices if word == deed.before["kind"]), "")
    if not kind:
        raise ValidationError(NOT_OFFERED.format("druh"))
    return settling.kind_change(
        comment=comment, seen=comment.version, kind=kind, reason=BROUGHT_BACK, actor=person, restores=deed
    )


kind_restore = restoring.view(
    "consult:kind_restore",
    restoring.Way(
        find=_comment,
        may_read=_may_read,
        may_write=_may_settle,
        now=lambda comment, _: {"kind": comment.get_kind_display()},
        act=_kind_act,
        back=_register,
        obstacle=lambda comment, _: _settled(comment),
        stale=(settling.Moved,),
    ),
)


def _assignment_kept(deed: Deed) -> bool:
    """The journal once kept only names of people and groups, which lead to nobody."""
    return all(deed.before[name] == "" or deed.before[name].startswith(f"{name}:") for name in ("group", "person"))


def _assignment_act(comment: Comment, deed: Deed, person: Any, _said: dict[str, Any]) -> Comment:
    offered = {"group": groups_for(person), "person": people_for()}
    rows: dict[str, Any] = {}
    for name, queryset in offered.items():
        key = deed.before[name].removeprefix(f"{name}:")
        rows[name] = queryset.filter(pk=key).first() if key else None
        if key and rows[name] is None:
            raise ValidationError(NOT_OFFERED.format(label(deed.thing, name)))
    due_on = restoring.of_columns(Comment, deed, ["due_on"])["due_on"]
    return settling.assign(comment=comment, seen=comment.version, due_on=due_on, actor=person, restores=deed, **rows)


assignment_restore = restoring.view(
    "consult:assignment_restore",
    restoring.Way(
        find=_comment,
        may_read=_may_read,
        may_write=_may_settle,
        now=lambda comment, _: settling.assignment_told(comment),
        names=lambda comment, _: settling.assignment_names(comment),
        act=_assignment_act,
        back=_register,
        obstacle=lambda comment, deed: _settled(comment) or ("" if _assignment_kept(deed) else TOO_OLD),
        warnings=lambda *_: ["Komu připomínku tímhle nově přidělíme, tomu o tom napíšeme."],
        stale=(settling.Moved,),
    ),
)
