"""Bringing back what lay words, situations and crisis numbers said before a deed of the journal."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.audit import restoring
from portal.catalogue.models import CodeListItem, Kind, TargetGroup

from . import actions, rules
from .models import CrisisLine, LayWord, Situation

by_form = require_http_methods(["GET", "HEAD", "POST"])


@by_form
def lay_word_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "finding:lay_word_restore")
    word = get_object_or_404(LayWord, pk=told.thing_id)
    now, former = actions.lay_word_told(word), told.before

    def act() -> object:
        kinds, groups = former["kinds"].split(), former["groups"].split()
        return actions.lay_word_change(
            word=word, kinds=kinds, groups=groups, active=former["active"], actor=request.user, restores=told
        )

    return restoring.page(
        request,
        told,
        now=now,
        names=actions.key_names(now),
        may=rules.may_edit_words(request.user),
        act=act,
        back=reverse("finding:lay_word_change", args=[word.pk]),
    )


@by_form
def situation_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "finding:situation_restore")
    situation = get_object_or_404(Situation, pk=told.thing_id)
    now = actions.situation_told(situation)

    def act() -> object:
        former = {**now, **told.before}
        kinds = _of_keys(Kind, former.pop("kinds"))
        groups = _of_keys(TargetGroup, former.pop("target_groups"))
        return actions.situation_change(
            situation=situation, kinds=kinds, target_groups=groups, actor=request.user, restores=told, **former
        )

    return restoring.page(
        request,
        told,
        now=now,
        names=actions.key_names(now),
        may=rules.may_edit_words(request.user),
        act=act,
        back=reverse("finding:situation_change", args=[situation.slug]),
    )


def _of_keys[Item: CodeListItem](model: type[Item], keys: list[str]) -> list[Item]:
    """Items of a code list; refuses when one of them is no longer there."""
    found = list(model._default_manager.filter(key__in=keys))
    if missing := set(keys) - {one.key for one in found}:
        raise ValidationError(f"V číselníku už není: {', '.join(sorted(missing))}. Obnovit to proto nejde.")
    return found


@by_form
def crisis_line_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "finding:crisis_line_restore")
    line = get_object_or_404(CrisisLine, pk=told.thing_id)
    now = actions.crisis_line_told(line)

    def act() -> object:
        former = {**now, **told.before}
        day = former["verified_on"]
        return actions.crisis_line_change(
            line=line,
            number=former["number"],
            name=former["name"],
            about=former["line"],
            hours=former["hours"],
            verified_on=date.fromisoformat(day) if isinstance(day, str) else day,
            active=former["active"],
            actor=request.user,
            restores=told,
        )

    return restoring.page(
        request,
        told,
        now=now,
        names={},
        may=rules.may_edit_words(request.user),
        act=act,
        back=reverse("finding:crisis_line_change", args=[line.key]),
    )
