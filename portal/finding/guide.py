"""Bridge: services of the catalogue -> blocks of the printed guide (`paper/`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from paper.blocks import (
    Block,
    Bullets,
    Contents,
    Cover,
    Document,
    Entry,
    Fact,
    Heading,
    Index,
    IndexGroup,
    Note,
    Paragraph,
    Pointer,
    Sheet,
)
from portal.catalogue.models import Contact, Facility, Kind, Service

from .models import CrisisLine, Situation

# Places of one service printed with their address; further ones are only counted.
MOST_PLACES = 4


@dataclass(frozen=True, slots=True)
class Imprint:
    """What the cover and the foot say."""

    title: str
    site: str
    site_url: str
    about: str
    as_of: date
    contact: str


def document(services: Iterable[int], sheet: Sheet, imprint: Imprint) -> Document:
    """The guide to the services of these numbers. Eight queries for any number of services."""
    listed = list(
        Service.objects.public()
        .filter(pk__in=list(services))
        .select_related("provider", "kind")
        .prefetch_related("target_groups")
        .order_by("kind__order", "kind__name", "name", "pk")
    )
    places = _places(listed)
    contacts = _contacts(listed)
    as_of = date_format(imprint.as_of, "j. n. Y")
    blocks: list[Block] = [
        Contents(_("Obsah")),
        Heading(1, _("Jak s průvodcem pracovat")),
        *_instructions(imprint),
        Heading(1, _("Rejstřík podle situace")),
        *_by_situation(listed),
        Heading(1, _("Rejstřík podle obce")),
        *_by_municipality(listed, places),
        Heading(1, _("Služby")),
        *_entries(listed, places, contacts),
    ]
    stated = _("Stav k %(day)s") % {"day": as_of}
    return Document(
        title=imprint.title,
        author=imprint.site,
        language="cs",
        cover=Cover(imprint.title, imprint.about, (stated, imprint.site_url, imprint.contact)),
        blocks=tuple(blocks),
        sheet=sheet,
        foot=f"{imprint.title} · {stated}",
        keywords=(_("sociální služby"),),
    )


def _instructions(imprint: Imprint) -> Iterable[Block]:
    yield Paragraph(_("Nevíte, jak se pomoc, kterou hledáte, jmenuje? Začněte rejstříkem podle situace."))
    yield Paragraph(_("Znáte obec? V rejstříku podle obce najdete, co v ní je."))
    yield Paragraph(
        _("U každé služby je telefon. Zavolejte a řekněte, co potřebujete. Poradí vám, i když to není pro ně.")
    )
    lines = [_crisis(line) for line in CrisisLine.objects.shown()]
    if lines:
        yield Note(_("Potřebujete pomoc hned? V ohrožení života volejte 112."))
        yield Bullets(tuple(lines))
    if imprint.contact:
        yield Paragraph(_("Nevíte si rady? %(contact)s") % {"contact": imprint.contact})
    yield Paragraph(_("Nejnovější údaje jsou na %(url)s.") % {"url": imprint.site_url})


def _crisis(line: CrisisLine) -> str:
    return f"{line.number} {line.name}" + (f" ({line.hours})" if line.hours else "")


def _by_situation(listed: Sequence[Service]) -> Iterable[Block]:
    """Situations with the kinds that help and the page where services of each kind begin."""
    present = {one.kind_id for one in listed}
    groups = []
    for situation in Situation.objects.shown().prefetch_related("kinds"):
        kinds = [kind for kind in situation.kinds.all() if kind.pk in present]
        if kinds:
            pointers = tuple(Pointer(kind.name, _kind_label(kind)) for kind in kinds)
            groups.append(IndexGroup(situation.title, situation.line, pointers))
    return [Index(2, tuple(groups))] if groups else [Paragraph(_("Žádná situace se k těmto službám nevztahuje."))]


def _by_municipality(listed: Sequence[Service], places: Mapping[int, list[tuple[str, str]]]) -> Iterable[Block]:
    towns: dict[str, dict[str, str]] = {}
    for one in listed:
        for town, _address in places.get(one.pk, ()):
            towns.setdefault(town, {})[_label(one)] = f"{one.name} ({one.kind.name})"
    groups = [
        IndexGroup(town, "", tuple(Pointer(words, label) for label, words in sorted(held.items(), key=lambda x: x[1])))
        for town, held in sorted(towns.items(), key=lambda item: _czech(item[0]))
    ]
    return [Index(2, tuple(groups))] if groups else [Paragraph(_("U služeb neznáme žádnou obec."))]


def _entries(
    listed: Sequence[Service],
    places: Mapping[int, list[tuple[str, str]]],
    contacts: Mapping[tuple[str, int], list[tuple[str, str]]],
) -> Iterable[Block]:
    kind: Kind | None = None
    for one in listed:
        if one.kind != kind:
            kind = one.kind
            yield Heading(2, kind.name[:1].upper() + kind.name[1:], _kind_label(kind), kind.gloss)
        yield Entry(
            level=3,
            title=one.name,
            label=_label(one),
            under=one.provider.name,
            text=" ".join(one.plain_text.split()),
            facts=tuple(_facts(one, places.get(one.pk, []), contacts)),
        )


def _facts(
    one: Service, places: Sequence[tuple[str, str]], contacts: Mapping[tuple[str, int], list[tuple[str, str]]]
) -> Iterable[Fact]:
    held = contacts.get(("service", one.pk), []) + contacts.get(("provider", one.provider_id), [])
    for channel, name, limit in (
        (Contact.Channel.PHONE, _("telefon"), 2),
        (Contact.Channel.EMAIL, _("e-mail"), 1),
        (Contact.Channel.WEB, _("web"), 1),
    ):
        values = list(dict.fromkeys(value for kind, value in held if kind == channel))[:limit]
        for value in values:
            yield Fact(name, value, _link(channel, value))
    for _town, address in places[:MOST_PLACES]:
        yield Fact(_("kde"), address)
    if len(places) > MOST_PLACES:
        yield Fact(_("další místa"), str(len(places) - MOST_PLACES))
    groups = [group.plain or group.name for group in one.target_groups.all()]
    if groups:
        yield Fact(_("pro koho"), ", ".join(groups))
    if one.cost:
        yield Fact(_("cena"), one.get_cost_display())


def _link(channel: str, value: str) -> str:
    if channel == Contact.Channel.PHONE:
        digits = "".join(sign for sign in value if sign.isdigit() or sign == "+")
        return f"tel:{digits}" if digits else ""
    if channel == Contact.Channel.EMAIL:
        return f"mailto:{value}"
    return value if value.startswith(("http://", "https://")) else f"https://{value}"


def _places(listed: Sequence[Service]) -> dict[int, list[tuple[str, str]]]:
    """Of each service, its public places: (municipality, address). Secret ones are never read."""
    found: dict[int, list[tuple[str, str]]] = {}
    rows = Facility.objects.public().filter(service__in=[one.pk for one in listed], secret=False)
    for service, street, name, source_name in rows.values_list(
        "service_id", "street", "municipality__name", "municipality_name"
    ):
        town = name or source_name
        address = ", ".join(part for part in (street, town) if part)
        if town and (town, address) not in found.setdefault(service, []):
            found[service].append((town, address))
    return found


def _contacts(listed: Sequence[Service]) -> dict[tuple[str, int], list[tuple[str, str]]]:
    found: dict[tuple[str, int], list[tuple[str, str]]] = {}
    services = {one.pk for one in listed}
    providers = {one.provider_id for one in listed}
    for service, provider, channel, value in Contact.objects.values_list(
        "service_id", "provider_id", "channel", "value"
    ).iterator():
        if service in services:
            found.setdefault(("service", service), []).append((channel, value))
        elif provider in providers:
            found.setdefault(("provider", provider), []).append((channel, value))
    return found


def _kind_label(kind: Kind) -> str:
    return f"k{kind.pk}"


def _label(one: Service) -> str:
    return f"s{one.pk}"


def _czech(name: str) -> list[int]:
    """Order of Czech names: letters with a hook or an accent after the plain ones, "ch" after "h"."""
    alphabet = "aábcčdďeéěfghCiíjklmnňoópqrřsštťuúůvwxyýzž"
    return [alphabet.find(letter) for letter in name.lower().replace("ch", "C")]
