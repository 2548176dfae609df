"""Tables of one plan: its points down to measures with their cards, and its activities.

A row is known by its code. What a file does not name stays; a point leaves the plan only where the column says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import batched
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from portal.plan import actions, card_actions, cards, rules, tree
from portal.plan.cards import CardDraft, CostDraft, EvidenceDraft, ExtraDraft, FundingDraft, StepDraft
from portal.plan.models import ExtraField, Level, MoneySort, Node, Plan

from ..columns import Column, Day, Line, Sort, Towns
from ..compare import Difference
from ..forms import PointsFilter
from ..table import PORTION, WrittenTable
from . import plan_columns
from .plan_columns import OF_CARD, Crowns

Role = Level.Role
CLOSED = "Plán je schválený. Jeho text už se nemění, změna je nové vydání."


class PlanTable(WrittenTable):
    """What both tables share: rows are points of a plan, found by their codes."""

    word: ClassVar[str]
    label: ClassVar[str]
    identity = "kód"
    names_new = True
    may_add = True

    def __init__(self, person: Any, plan: Plan) -> None:
        super().__init__(person)
        self.plan = plan
        self.slug = f"{self.word}-{plan.pk}"
        self.title = self.called(plan)

    @classmethod
    def called(cls, plan: Plan) -> str:
        return f"{cls.label}: {plan.title}"

    @property
    def sheet(self) -> str:
        return self.label

    @property
    def file_name(self) -> str:
        return f"{self.plan.slug}-{self.word}"

    @property
    def home_url(self) -> str:
        return reverse("plan:tree", args=[self.plan.slug])

    def may_read(self) -> bool:
        return rules.may_read_draft(self.person, self.plan)

    def may_write(self) -> bool:
        """Whoever writes the plan. An approved one is only shown: all its cells are closed."""
        return rules.may_edit_plan(self.person, self.plan)

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        return tuple(self.plan.levels.all())

    def _holds(self, level: Level) -> bool:
        """Whether points of the level are rows of this table."""
        raise NotImplementedError

    def rows(self, asked: QueryDict) -> QuerySet[Node]:
        depths = [level.pk for level in self.levels if self._holds(level)]
        return Node.objects.filter(plan=self.plan, level__in=depths).select_related("level", "parent")

    def writable(self) -> QuerySet[Node]:
        """Points that were taken out too: bringing an import back returns them."""
        return self.rows(QueryDict())

    def filters(self, asked: QueryDict) -> PointsFilter:
        return PointsFilter(asked, levels=[level for level in self.levels if self._holds(level)])

    def open_rows(self, asked: QueryDict) -> list[Node]:
        """Standing points in the order of the tree."""
        wanted = self.filters(asked).asked()
        found = []
        for branch in tree.read(self.plan).walk():
            if self._holds(branch.level) and wanted(branch.node, branch.level):
                branch.node.level = branch.level
                branch.node.parent = branch.path[-1] if branch.path else None
                found.append(branch.node)
        return found

    def every_line(self, asked: QueryDict) -> Iterator[Line]:
        for portion in batched(self.open_rows(asked), PORTION):
            yield from self.lines(list(portion))

    def recognise(self, names: Iterable[str]) -> dict[str, Line]:
        codes = list(names)
        found: dict[str, Line] = {}
        for portion in batched(codes, PORTION):
            rows = list(self.rows(QueryDict()).standing().filter(code__in=portion))  # type: ignore[attr-defined]
            lines = self.lines(rows)
            found |= {row.code: line for row, line in zip(rows, lines, strict=True)}
        return found

    def _line(self, node: Node, values: Mapping[str, Any], closed: frozenset[str]) -> Line:
        """The row of a point; what `values` do not hold is empty."""
        known = {
            "code": node.code,
            "name": node.title,
            "text": node.text,
            "parent": node.parent.code if node.parent else "",
            "removed": node.removed_at is not None,
            **values,
        }
        cells = {one.key: one.sort.show(known[one.key]) if one.key in known else "" for one in self.columns}
        everything = frozenset(cells) if not self.plan.is_open else closed
        url = reverse("plan:node", args=[self.plan.slug, node.code])
        return Line(str(node.pk), str(node), cells, everything, url)

    # --- writing -------------------------------------------------------------------------------------------------

    def lock(self, number: str) -> Line:
        if not self.plan.is_open:
            raise ValidationError(CLOSED)
        return super().lock(number)

    def write(self, number: str, values: dict[str, Any]) -> None:
        node = self._node(number)
        if values.get("removed") is False:
            actions.node_return(node=node, actor=self.person)
        if "parent" in values:
            self._move(node, values["parent"])
        self._write(self._node(number), values)
        if values.get("removed"):
            actions.node_remove(node=self._node(number), actor=self.person)

    def _node(self, number: str) -> Node:
        return Node.objects.select_related("plan", "level", "parent").get(pk=number, plan=self.plan)

    def _write(self, node: Node, values: dict[str, Any]) -> None:
        raise NotImplementedError

    def _move(self, node: Node, code: str) -> None:
        parent = self._above(node.level, code)
        last = Node.objects.filter(plan=self.plan, parent=parent).standing().exclude(pk=node.pk).last()
        actions.node_move(node=node, parent=parent, after=last, actor=self.person)

    def _above(self, level: Level, code: str) -> Node | None:
        if not code:
            if level.depth == 1:
                return None
            raise ValidationError({"parent": f"{level.name.capitalize()} musí mít nadřazený bod."})
        found = Node.objects.filter(plan=self.plan, code=code).standing().select_related("level").first()
        if found is None:
            raise ValidationError({"parent": f"Bod {code} v plánu není."})
        return found

    def take_back(self, number: str) -> None:
        node = self._node(number)
        if node.removed_at is None:
            actions.node_remove(node=node, actor=self.person)

    def missing(self, cells: dict[str, str]) -> list[str]:
        return [] if cells.get("name") else ["Novému bodu chybí název."]

    def _told(self, refusal: ValidationError, names: Mapping[str, str]) -> ValidationError:
        """A refusal of a card by keys of our columns; what no column shows is told of the whole row."""
        if not hasattr(refusal, "error_dict"):
            return refusal
        told = {names.get(name, name): messages for name, messages in refusal.message_dict.items()}
        if set(told) <= self.by_key.keys():
            return ValidationError(told)
        return ValidationError([message for messages in told.values() for message in messages])

    # --- rows of a file together -----------------------------------------------------------------------------------

    def agree(self, found: list[Difference]) -> None:
        """New points must have where to stand, moved ones too; what leaves with what is above it need not say so."""
        outline = Outline(self.plan, self.levels)
        leaving = {self._code_of(one) for one in found if _after(one, "removed") == "ano" and one.seen}
        for one in found:
            if not one.new:
                self._agree_known(one, outline, leaving)
            elif not one.errors:
                one.errors += self._faults_of_new(one, outline, leaving)

    def _code_of(self, one: Difference) -> str:
        """The code at the beginning of the row's title."""
        return one.title.partition(" ")[0]

    def _agree_known(self, one: Difference, outline: Outline, leaving: set[str]) -> None:
        code = self._code_of(one)
        if gone := next((above for above in outline.above(code) if above in leaving), ""):
            one.cells, one.errors = [], []
            one.notices.append(f"Vyřadí se spolu s bodem {gone}.")
        elif (parent := _after(one, "parent")) is not None and not one.errors:
            depth = outline.depths.get(code, 0)
            if not parent and depth > 1:  # nobody asks for a point without a place: an empty cell leaves it where it is
                one.cells = [cell for cell in one.cells if cell.key != "parent"]
            elif fault := outline.fault(depth, parent, leaving):
                one.errors.append(fault)

    def _faults_of_new(self, one: Difference, outline: Outline, leaving: set[str]) -> list[str]:
        code = _after(one, "code") or ""
        if fault := self._cannot_be(code, one, outline):
            return [fault]
        depth, parent = self._place(code, _after(one, "parent") or "", _after(one, "level") or "", outline)
        if not depth:
            return ["Nevíme, kam bod patří. Napište nadřazený bod a úroveň."]
        if fault := outline.fault(depth, parent, leaving):
            return [fault]
        level = self.levels[depth - 1]
        if not self._holds(level):
            return [f"{level.name.capitalize()} do téhle tabulky nepatří."]
        if code:
            outline.depths[code], outline.parents[code] = depth, parent
        return self._faults_at(level, one)

    def _cannot_be(self, code: str, one: Difference, outline: Outline) -> str:
        """Why there can be no such new point, wherever it should stand."""
        if not self.plan.is_open:
            return CLOSED
        if code in outline.removed:
            return f"Kód {code} měl bod, který je z plánu vyřazený. Vraťte ho v plánu, nebo dejte jiný kód."
        if code in outline.depths:
            return f"Kód {code} má v plánu jiný bod."
        return "Nový bod nejde rovnou vyřadit." if _after(one, "removed") == "ano" else ""

    def _faults_at(self, level: Level, one: Difference) -> list[str]:
        return []

    def _place(self, code: str, parent: str, level: str, outline: Outline) -> tuple[int, str]:
        """How deep a new point stands and under which code, as its row or its code says; depth 0 is unknown."""
        depth = next((one.depth for one in self.levels if one.name == level), 0)
        stem = code.rpartition(".")[0]
        if not parent and stem in outline.depths and depth in (0, outline.depths[stem] + 1):
            parent = stem
        if not depth:
            depth = outline.depths[parent] + 1 if parent in outline.depths else 0
        if depth > 1 and not parent:
            parent = outline.only(depth - 1)
        return (depth if depth <= len(self.levels) else 0), parent


class Outline:
    """Codes of a plan and how deep they stand; one query. New rows of a file are put into it as they come."""

    def __init__(self, plan: Plan, levels: tuple[Level, ...]) -> None:
        self.levels = levels
        self.depths: dict[str, int] = {}
        self.parents: dict[str, str] = {}
        self.removed: set[str] = set()
        columns = ("code", "level__depth", "parent__code", "removed_at")
        for code, depth, parent, removed_at in Node.objects.filter(plan=plan).values_list(*columns):
            if removed_at is None:
                self.depths[code], self.parents[code] = depth, parent or ""
            else:
                self.removed.add(code)

    def above(self, code: str) -> Iterator[str]:
        while code := self.parents.get(code, ""):
            yield code

    def only(self, depth: int) -> str:
        """The one code that stands so deep; empty where there are more, or none."""
        found = [code for code, at in self.depths.items() if at == depth]
        return found[0] if len(found) == 1 else ""

    def fault(self, depth: int, parent: str, leaving: set[str]) -> str:
        """Why a point so deep cannot stand under the code; empty when it can."""
        name = self.levels[depth - 1].name if depth else "bod"
        if not parent:
            return "" if depth == 1 else f"{name.capitalize()} musí mít nadřazený bod."
        if parent not in self.depths:
            return f"Nadřazený bod {parent} v plánu není. Je-li nový, dejte ho v souboru výš."
        if parent in leaving or any(one in leaving for one in self.above(parent)):
            return f"Nadřazený bod {parent} se má vyřadit."
        if self.depths[parent] + 1 != depth:
            return f"{name.capitalize()} nemůže být pod bodem {parent}."
        return ""


def _after(one: Difference, key: str) -> str | None:
    return next((cell.after for cell in one.cells if cell.key == key), None)


# --- points with cards -----------------------------------------------------------------------------------------


class Measures(PlanTable):
    """Every point above activities; a measure with its card."""

    word = "opatreni"
    label = "Opatření"
    about = "Priority, cíle a opatření plánu s termíny, penězi a odpovědností."
    noun = "bod,body,bodů"

    def _holds(self, level: Level) -> bool:
        return level.role != Role.ACTIVITY

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return plan_columns.measure_columns(self.plan, [one for one in self.levels if self._holds(one)])

    @cached_property
    def extra(self) -> tuple[ExtraField, ...]:
        return tuple(self.plan.extra_fields.all())

    @cached_property
    def of_card(self) -> frozenset[str]:
        """Columns that only a measure fills in."""
        return frozenset(self.by_key) - {"code", "level", "name", "text", "parent", "removed"}

    def lines(self, rows: list[Node]) -> list[Line]:
        drafts = cards.read_many([row for row in rows if row.level.role == Role.MEASURE])
        words = cards.Words(*drafts.values())
        towns = self.by_key["municipalities"].sort
        assert isinstance(towns, Towns)  # noqa: S101 - as plan_columns makes it
        towns.learn(code for draft in drafts.values() for code in draft.municipalities)
        return [self._of(row, drafts.get(row.pk), words) for row in rows]

    def _of(self, node: Node, draft: CardDraft | None, words: cards.Words) -> Line:
        values: dict[str, Any] = {"level": node.level.depth}
        if draft is None:
            return self._line(node, values, self.of_card | {"code", "level"})
        values |= {name: getattr(draft, name) for name in OF_CARD}
        values |= self._money(draft) | {
            "evidence": [(one.text, one.url) for one in draft.evidence],
            "reporter": words.people.get(draft.responsible_person, ""),
            "providers": "; ".join(words.providers.get(one, one) for one in draft.partner_providers),
            "services": "; ".join(words.services.get(one, one) for one in draft.services),
            "capacities": "; ".join(words.capacity(one) for one in draft.capacities),
        }
        said = {one.field: one.value for one in draft.extra}
        values |= {plan_columns.extra_key(one): said.get(one.name, "") for one in self.extra}
        return self._line(node, values, frozenset({"code", "level"}))

    def _money(self, draft: CardDraft) -> dict[str, Any]:
        paid: dict[str, list[tuple[str, Any]]] = {}
        for one in draft.funding:
            paid.setdefault(plan_columns.paid_key(one.year, one.sort), []).append((one.source, one.amount))
        costs = {plan_columns.cost_key(one.year, one.sort): one.amount for one in draft.costs}
        money, crowns = draft.money, Crowns()
        counted = {"cost": money.cost(), "paid": money.paid(), "unpaid": money.difference()}
        return {**costs, **paid, **({} if money.is_empty else {k: crowns.show(v) for k, v in counted.items()})}

    # --- writing -------------------------------------------------------------------------------------------------

    def _write(self, node: Node, values: dict[str, Any]) -> None:
        if node.level.role != Role.MEASURE:
            self._rename(node, values)
            return
        draft = self._changed(cards.read(node), values)
        try:
            card_actions.card_save(node=node, draft=draft, seen=node.version, actor=self.person)
        except ValidationError as refusal:
            raise self._told(refusal, self._named(values)) from refusal

    def _rename(self, node: Node, values: dict[str, Any]) -> None:
        if "name" in values or "text" in values:
            actions.node_change(
                node=node,
                title=values.get("name", node.title),
                text=values.get("text", node.text),
                seen=node.version,
                actor=self.person,
            )

    def _named(self, values: dict[str, Any]) -> dict[str, str]:
        """Which column a refused field of the card is told at: of money the first that changed."""
        first = {
            name: next((key for key in values if key.startswith(stem)), name)
            for name, stem in (("costs", "cost_"), ("funding", "paid_"), ("extra", "extra_"))
        }
        return {"title": "name", **first}

    def _changed(self, draft: CardDraft, values: dict[str, Any]) -> CardDraft:
        plain = {name: values[name] for name in (*OF_CARD, "text") if name in values}
        if "name" in values:
            plain["title"] = values["name"]
        if "evidence" in values:
            plain["evidence"] = tuple(EvidenceDraft(*one) for one in values["evidence"])
        if any(key.startswith(("cost_", "paid_")) for key in values):
            plain |= self._changed_money(draft, values)
        if any(key.startswith("extra_") for key in values):
            plain["extra"] = self._changed_extra(draft, values)
        return replace(draft, **plain)

    def _changed_money(self, draft: CardDraft, values: dict[str, Any]) -> dict[str, Any]:
        """Amounts of the card with those that the row says otherwise."""
        costs = {(one.year, one.sort): one.amount for one in draft.costs}
        funding: dict[tuple[int, str], list[FundingDraft]] = {}
        for one in draft.funding:
            funding.setdefault((one.year, one.sort), []).append(one)
        for year in plan_columns.money_years(self.plan):
            for sort in MoneySort.values:
                if (key := plan_columns.cost_key(year, sort)) in values:
                    costs[year, sort] = values[key]
                if (key := plan_columns.paid_key(year, sort)) in values:
                    funding[year, sort] = [FundingDraft(year, sort, *pair) for pair in values[key]]
        return {
            "costs": tuple(CostDraft(*at, amount) for at, amount in costs.items() if amount is not None),
            "funding": tuple(one for rows in funding.values() for one in rows),
        }

    def _changed_extra(self, draft: CardDraft, values: dict[str, Any]) -> tuple[ExtraDraft, ...]:
        said = {one.field: one.value for one in draft.extra}
        for one in self.extra:
            if (key := plan_columns.extra_key(one)) in values:
                said[one.name] = values[key]
        return tuple(ExtraDraft(one.name, said[one.name]) for one in self.extra if said.get(one.name))

    def add(self, values: dict[str, Any]) -> str:
        outline = Outline(self.plan, self.levels)
        code = values.get("code", "")
        name = next((one.name for one in self.levels if one.depth == values.get("level")), "")
        depth, above = self._place(code, values.get("parent", ""), name, outline)
        if not depth:
            raise ValidationError("Nevíme, kam bod patří. Napište nadřazený bod a úroveň.")
        level = self.levels[depth - 1]
        node = actions.node_add(
            plan=self.plan,
            parent=self._above(level, above),
            level=level,
            title=values["name"],
            text=values.get("text", ""),
            code=code,
            actor=self.person,
        )
        rest = {key: value for key, value in values.items() if key in self.of_card}
        if rest:
            self._write(self._node(str(node.pk)), rest)
        return str(node.pk)

    def _faults_at(self, level: Level, one: Difference) -> list[str]:
        strange = [cell.heading for cell in one.cells if cell.key in self.of_card]
        if level.role == Role.MEASURE or not strange:
            return []
        return [f"Tohle má jen opatření: {', '.join(strange)}."]


# --- activities ------------------------------------------------------------------------------------------------


class Activities(PlanTable):
    """Activities as steps of their measures: who, when, for how much."""

    word = "aktivity"
    label = "Aktivity"
    about = "Aktivity jednotlivých opatření: kdo, kdy a za kolik."
    noun = "aktivita,aktivity,aktivit"

    def _holds(self, level: Level) -> bool:
        return level.role == Role.ACTIVITY

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return (
            plan_columns.code_column(),
            plan_columns.parent_column("aktivita"),
            plan_columns.name_column(),
            plan_columns.text_column(),
            Column("responsible", "kdo odpovídá", Sort(200), "Organizace nebo člověk.", width=28, usual=True),
            Column("starts_on", "od", Day(), "Třeba 1. 1. 2027.", width=12, usual=True),
            Column("ends_on", "do", Day(), "Třeba 31. 12. 2028.", width=12, usual=True),
            Column("cost", "náklady Kč", Crowns(), "Celé koruny.", width=14, usual=True),
            plan_columns.removed_column(),
        )

    def rows(self, asked: QueryDict) -> QuerySet[Node]:
        return super().rows(asked).select_related("step")

    def lines(self, rows: list[Node]) -> list[Line]:
        """Steps of rows that come from the tree are read at once."""
        steps = {one.pk: one.step for one in self.rows(QueryDict()).filter(pk__in=[row.pk for row in rows])}
        closed = frozenset({"code"})
        return [self._line(row, {name: getattr(steps[row.pk], name) for name in STEP}, closed) for row in rows]

    def _write(self, node: Node, values: dict[str, Any]) -> None:
        renamed = {"name": "title"}
        changes = {renamed.get(k, k): v for k, v in values.items() if k in {"name", "text", *STEP}}
        if not changes or node.parent is None:
            return
        steps = tuple(
            replace(one, **changes) if one.code == node.code else one for one in cards.read(node.parent).steps
        )
        self._save(node.parent, steps)

    def _save(self, measure: Node, steps: tuple[StepDraft, ...]) -> None:
        measure = Node.objects.select_related("plan", "level").get(pk=measure.pk)
        draft = replace(cards.read(measure), steps=steps)
        try:
            card_actions.card_save(node=measure, draft=draft, seen=measure.version, actor=self.person)
        except ValidationError as refusal:
            raise self._told(refusal, {}) from refusal

    def add(self, values: dict[str, Any]) -> str:
        level = next(one for one in self.levels if self._holds(one))
        code = values.get("code", "")
        _, above = self._place(code, values.get("parent", ""), level.name, Outline(self.plan, self.levels))
        node = actions.node_add(
            plan=self.plan,
            parent=self._above(level, above),
            level=level,
            title=values["name"],
            text=values.get("text", ""),
            code=code,
            actor=self.person,
        )
        self._write(self._node(str(node.pk)), {key: values[key] for key in STEP if key in values})
        return str(node.pk)

    def _place(self, code: str, parent: str, level: str, outline: Outline) -> tuple[int, str]:
        own = next((one.name for one in self.levels if self._holds(one)), "")
        return super()._place(code, parent, own, outline)


STEP = ("responsible", "starts_on", "ends_on", "cost")
