"""Every write of finding help: what was looked for in vain, and the words, situations and numbers people edit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import count
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.text import slugify

from portal.audit.actions import record
from portal.audit.models import Deed
from portal.catalogue.actions import touch
from portal.catalogue.models import Kind, TargetGroup
from words.fold import fold
from words.tokens import clean, tokens

from . import rules
from .lay import STOP_WORDS
from .models import CrisisLine, EmptySearch, LayWord, Origin, Situation

# A longer question is a story; its first words say what was looked for.
MOST_WORDS, LONGEST = 12, 120
# Different questions kept of one day at most, so that nobody can fill the table.
MOST_A_DAY = 2000
# Words that stand where a slug would in addresses of the desk.
RESERVED = {"nova", "nove", "obnovit"}
# Of the forty signs that the shortest of the columns has, some are left for a number.
LONGEST_SLUG = 36
_ADDRESS = re.compile(r"\S*@\S*|https?://\S+|www\.\S+", re.I)


def _may_edit(person: Any) -> None:
    if not rules.may_edit_words(person):
        raise PermissionDenied


class Stale(ValidationError):
    """Somebody else saved the thing meanwhile; the message says what stands there now. Nothing was written."""

    def __init__(self, now: str) -> None:
        super().__init__(f"Mezitím to uložil někdo jiný. Teď je tam: {now}. Když má platit váš text, uložte ho znovu.")


def stamp(thing: LayWord | Situation | CrisisLine) -> str:
    """What a form remembers the thing by; empty while nobody has edited it."""
    return thing.edited_at.isoformat() if thing.edited_at else ""


def _as_seen(thing: LayWord | Situation | CrisisLine, seen: str | None, *said: str) -> None:
    """Refuse a save that began from an older state; `said` are the words that stand there now."""
    if seen is not None and seen != stamp(thing):
        raise Stale(", ".join(f"„{one}“" for one in said if one))


# --- what was looked for in vain -----------------------------------------------------------------------------


def impersonal(text: str) -> str:
    """The words of a question without what could tell who asked: no numbers, no e-mail or web addresses, no words
    with a capital inside a sentence (names of people and streets). Folded, so that one question is one row."""
    words = tokens(_ADDRESS.sub(" ", clean(text)))
    kept = [
        word.folded
        for place, word in enumerate(words)
        if word.folded.isalpha()
        and (place == 0 or not word.text[0].isupper() or (word.text.isupper() and len(word.text) > 1))
    ][:MOST_WORDS]
    return " ".join(kept)[:LONGEST].strip()


@transaction.atomic
def note_empty_search(*, text: str) -> EmptySearch | None:
    """Count a question that nothing answered. None when it says nothing once it is impersonal."""
    question = impersonal(text)
    if not any(len(word) > 1 and word not in STOP_WORDS for word in question.split()):
        return None
    today = timezone.localdate()
    if EmptySearch.objects.filter(question=question, day=today).update(count=F("count") + 1):
        return EmptySearch.objects.get(question=question, day=today)
    if EmptySearch.objects.filter(day=today).count() >= MOST_A_DAY:
        return None
    noted, _ = EmptySearch.objects.get_or_create(question=question, day=today)
    return noted


# --- the dictionary ------------------------------------------------------------------------------------------


@transaction.atomic
def lay_word_add(
    *,
    phrase: str,
    kinds: Sequence[str],
    groups: Sequence[str] = (),
    actor: Any,
    origin: Origin = Origin.COORDINATOR,
) -> LayWord:
    """A new phrase; kinds and groups by keys, the most fitting kind first."""
    _may_edit(actor)
    phrase = clean(phrase).casefold()
    if not any(letter.isalpha() for letter in phrase):
        raise ValidationError("Napište slova, kterými se lidé ptají.")
    if any(fold(phrase) == fold(known) for known in LayWord.objects.values_list("phrase", flat=True)):
        raise ValidationError("Tahle slova už ve slovníku jsou.")
    word = LayWord(
        phrase=phrase,
        kinds=_known(kinds, Kind.objects.values_list("key", flat=True)),
        groups=_known(groups, TargetGroup.objects.values_list("key", flat=True)),
        origin=origin,
        edited_at=timezone.now(),
    )
    _must_lead_somewhere(word)
    word.full_clean()
    word.save()
    told = lay_word_told(word)
    record(verb="lay_word_added", thing=word, actor=actor, after=told, names=key_names(told))
    touch()
    return word


@transaction.atomic
def lay_word_change(
    *,
    word: LayWord,
    kinds: Sequence[str],
    groups: Sequence[str],
    active: bool,
    actor: Any,
    seen: str | None = None,
    restores: Deed | None = None,
) -> LayWord:
    """Where a phrase leads, and whether it is used at all. `seen` is the stamp that the person began from."""
    _may_edit(actor)
    word = LayWord.objects.select_for_update().get(pk=word.pk)
    before = lay_word_told(word)
    _as_seen(word, seen, *key_names(before).values(), "" if word.active else "vypnuté")
    word.kinds = _known(kinds, Kind.objects.values_list("key", flat=True))
    word.groups = _known(groups, TargetGroup.objects.values_list("key", flat=True))
    word.active = active
    _must_lead_somewhere(word)
    after = lay_word_told(word)
    if after == before:
        return word
    word.edited_at = timezone.now()
    word.full_clean()
    word.save()
    names = key_names(before, after)
    record(verb="lay_word_changed", thing=word, actor=actor, before=before, after=after, names=names, restores=restores)
    touch()
    return word


# --- situations and crisis lines -----------------------------------------------------------------------------


@transaction.atomic
def situation_add(*, title: str, actor: Any, **said: Any) -> Situation:
    """A situation of our own, the last one in the order; its address is made of its first title and stays."""
    _may_edit(actor)
    fresh = Situation(slug=free_slug(Situation, "slug", title), order=_last_order(Situation) + 1)
    return _situation_save(situation=fresh, title=title, actor=actor, **said)


@transaction.atomic
def situation_change(*, situation: Situation, actor: Any, seen: str | None = None, **said: Any) -> Situation:
    """What the page of a situation says (the arguments of `_situation_save`). `seen` is the stamp that the person
    began from."""
    _may_edit(actor)
    kept = Situation.objects.select_for_update().get(pk=situation.pk)
    names = [one.name for one in (*kept.kinds.all(), *kept.target_groups.all())]
    _as_seen(kept, seen, kept.title, kept.line, *kept.steps.splitlines(), *names)
    return _situation_save(situation=kept, actor=actor, **said)


def _situation_save(
    *,
    situation: Situation,
    title: str,
    line: str,
    kinds: Sequence[Kind],
    target_groups: Sequence[TargetGroup],
    violence: bool,
    active: bool,
    actor: Any,
    steps: str = "",
    restores: Deed | None = None,
) -> Situation:
    """`steps` are the first steps, one on a line."""
    if active and not kinds:
        raise ValidationError("Vyberte aspoň jeden druh služby, jinak by situace nikam nevedla.")
    is_new = situation.pk is None
    before = {} if is_new else situation_told(situation)
    situation.title, situation.line = clean(title), clean(line)
    situation.steps = "\n".join(step for one in steps.splitlines() if (step := clean(one)))
    situation.violence, situation.active = violence, active
    situation.edited_at = timezone.now()
    situation.full_clean()
    situation.save()
    situation.kinds.set(kinds)
    situation.target_groups.set(target_groups)
    after = situation_told(situation)
    names = key_names(before, after)
    if is_new:
        record(verb="situation_added", thing=situation, actor=actor, after=after, names=names)
    else:
        record(
            verb="situation_changed",
            thing=situation,
            actor=actor,
            before=before,
            after=after,
            names=names,
            restores=restores,
        )
    touch()
    return situation


@transaction.atomic
def crisis_line_add(*, name: str, actor: Any, **said: Any) -> CrisisLine:
    """A number of our own, the last one in the order; not verified until somebody says the day."""
    _may_edit(actor)
    fresh = CrisisLine(key=free_slug(CrisisLine, "key", name), order=_last_order(CrisisLine) + 1)
    return _crisis_line_save(line=fresh, name=name, actor=actor, **said)


@transaction.atomic
def crisis_line_change(*, line: CrisisLine, actor: Any, seen: str | None = None, **said: Any) -> CrisisLine:
    """Correct a number, or say on which day it was verified with those who answer it. `seen` is the stamp that the
    person began from."""
    _may_edit(actor)
    kept = CrisisLine.objects.select_for_update().get(pk=line.pk)
    _as_seen(kept, seen, kept.number, kept.name, kept.line, kept.hours)
    return _crisis_line_save(line=kept, actor=actor, **said)


def _crisis_line_save(
    *,
    line: CrisisLine,
    number: str,
    name: str,
    about: str,
    hours: str,
    verified_on: date | None,
    active: bool,
    actor: Any,
    restores: Deed | None = None,
) -> CrisisLine:
    is_new = line.pk is None
    before = {} if is_new else crisis_line_told(line)
    if verified_on is not None and verified_on > timezone.localdate():
        raise ValidationError("Ověřit číslo můžete nejpozději dnes.")
    line.number, line.name, line.line, line.hours = clean(number), clean(name), clean(about), clean(hours)
    line.active = active
    line.verified_on = verified_on
    if line.certainty != CrisisLine.Certainty.LAW:
        line.certainty = CrisisLine.Certainty.VERIFIED if verified_on else CrisisLine.Certainty.UNVERIFIED
    if not re.fullmatch(r"\+?[\d ]{3,20}", line.number):
        raise ValidationError("Číslo napište jen číslicemi a mezerami.")
    line.edited_at = timezone.now()
    line.full_clean()
    line.save()
    after = crisis_line_told(line)
    if is_new:
        record(verb="crisis_line_added", thing=line, actor=actor, after=after)
    else:
        record(verb="crisis_line_changed", thing=line, actor=actor, before=before, after=after, restores=restores)
    touch()
    return line


def free_slug(model: type[Situation | CrisisLine], field: str, text: str) -> str:
    """A slug of the text that no other row has."""
    plain = slugify(text)[:LONGEST_SLUG].strip("-") or "polozka"
    taken = RESERVED | set(
        model._default_manager.filter(**{f"{field}__startswith": plain}).values_list(field, flat=True)
    )
    return next(one for number in count(1) if (one := plain if number == 1 else f"{plain}-{number}") not in taken)


def _last_order(model: type[Situation | CrisisLine]) -> int:
    last: int | None = model._default_manager.aggregate(last=Max("order"))["last"]
    return last or 0


def _known(keys: Sequence[str], known: Iterable[str]) -> str:
    """The keys joined as they are stored; a key that nobody knows is refused by name."""
    known = set(known)
    strange = [key for key in keys if key not in known]
    if strange:
        raise ValidationError(f"Takový klíč v číselníku není: {', '.join(strange)}.")
    return " ".join(dict.fromkeys(keys))


def _must_lead_somewhere(word: LayWord) -> None:
    if word.active and not word.kinds:
        raise ValidationError("Vyberte aspoň jeden druh služby, jinak by slova nikam nevedla.")


def situation_told(situation: Situation) -> dict[str, Any]:
    told = {name: getattr(situation, name) for name in ("title", "line", "steps", "violence", "active")}
    kinds = list(situation.kinds.values_list("key", flat=True))
    groups = list(situation.target_groups.values_list("key", flat=True))
    return told | {"kinds": kinds, "target_groups": groups}


def lay_word_told(word: LayWord) -> dict[str, Any]:
    return {"kinds": word.kinds, "groups": word.groups, "active": word.active}


def crisis_line_told(line: CrisisLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in ("number", "name", "line", "hours", "verified_on", "active")}


def key_names(*told: dict[str, Any]) -> dict[str, str]:
    """What the kinds and groups among the values are called today, by their keys."""
    lists = [values.get(name) or [] for values in told for name in ("kinds", "groups", "target_groups")]
    keys = {key for one in lists for key in (one.split() if isinstance(one, str) else one)}
    kinds = Kind.objects.filter(key__in=keys).values_list("key", "name")
    groups = TargetGroup.objects.filter(key__in=keys).values_list("key", "name")
    return {**dict(groups), **dict(kinds)}
