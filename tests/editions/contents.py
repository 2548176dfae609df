"""Contents for tests: random whole ones for properties."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from portal.editions.content import (
    CapacityLine,
    CardFacts,
    ChapterFacts,
    Content,
    CostLine,
    EvidenceLine,
    ExtraLine,
    FundingLine,
    IndicatorFacts,
    LevelFacts,
    Named,
    NeedFacts,
    NodeFacts,
    PlanFacts,
    RiskLine,
    StepFacts,
    SwotFacts,
)

WORDS = st.sampled_from(["pomoc", "doma", "péče", "lidé,", "2027", "a", "\n\n", "„byt“.", ""])
texts = st.lists(WORDS, max_size=8).map(" ".join)
days = st.none() | st.dates(date(2024, 1, 1), date(2030, 12, 31))
names = st.builds(Named, st.sampled_from(["a", "b", "c"]), st.sampled_from(["Svaz", "Město", "Kraj"]))
named = st.lists(names, max_size=3, unique_by=lambda one: one.key).map(tuple)
amounts = st.integers(0, 10**13)
years, sorts = st.integers(2026, 2029), st.sampled_from(["operation", "investment"])
decimals = st.decimals(-999, 999, places=2).map(lambda one: Decimal(f"{one.normalize():f}"))


def _sorted(lines: Any) -> Any:
    def place(line: Any) -> Any:
        source = getattr(line, "source", None)
        return (line.year, line.sort, source.key if source else "", source.name if source else "")

    return tuple(sorted({place(one): one for one in lines}.values(), key=place))


costs = st.lists(st.builds(CostLine, years, sorts, amounts), max_size=4).map(_sorted)
funding = st.lists(st.builds(FundingLine, years, sorts, names, amounts), max_size=4).map(_sorted)
capacities = st.lists(
    st.builds(
        CapacityLine,
        st.none() | names,
        names,
        st.none() | names,
        names,
        decimals,
        days,
        st.none() | decimals,
        texts,
    ),
    max_size=2,
).map(tuple)
cards = st.builds(
    CardFacts,
    kind=st.none() | names,
    area=st.sampled_from(["", "Senioři"]),
    reason=texts,
    impact=texts,
    responsible=texts,
    partners=st.lists(texts, max_size=2).map(tuple),
    providers=named,
    starts_on=days,
    ends_on=days,
    ongoing=st.booleans(),
    agreement=texts,
    above=st.none() | names,
    importance=st.none() | st.integers(0, 9),
    target_groups=named,
    municipalities=named,
    orps=named,
    services=named,
    costs=costs,
    funding=funding,
    capacities=capacities,
    risks=st.lists(st.builds(RiskLine, texts, st.none() | st.integers(1, 3), st.none(), texts), max_size=2).map(tuple),
    extra=st.lists(st.builds(ExtraLine, texts, texts), max_size=2).map(tuple),
)
steps = st.builds(StepFacts, texts, days, days, st.none() | amounts)
evidence = st.lists(st.builds(EvidenceLine, texts, st.just("https://example.org/")), max_size=2).map(tuple)


@st.composite
def trees(draw: Any) -> tuple[NodeFacts, ...]:
    """Nodes with codes of a small pool, so that two trees share most; anything may stand under anything."""
    codes = draw(st.permutations("abcdefg"))[: draw(st.integers(0, 7))]
    under: dict[str, list[str]] = {}
    for at, code in enumerate(codes):
        parent = draw(st.sampled_from(["", *codes[:at]]))
        under.setdefault(parent, []).append(code)

    def walk(parent: str, depth: int) -> Any:
        for code in under.get(parent, []):
            yield NodeFacts(
                code,
                parent,
                depth,
                draw(texts),
                draw(texts),
                draw(evidence),
                draw(st.none() | cards),
                draw(st.none() | steps),
            )
            yield from walk(code, depth + 1)

    return tuple(walk("", 1))


def keyed(shape: Any) -> Any:
    return st.lists(shape, max_size=4, unique_by=lambda one: one.key).map(tuple)


keys = st.sampled_from(["u1", "u2", "u3", "u4"])
codes = st.lists(st.sampled_from("abc"), max_size=2).map(tuple)
chapters = keyed(st.builds(ChapterFacts, keys, texts, texts, st.sampled_from(["before", "after"])))
swot = keyed(st.builds(SwotFacts, keys, st.sampled_from(["strength", "threat"]), texts, codes, evidence))
needs = keyed(st.builds(NeedFacts, keys, texts, texts, named, codes, evidence))
indicators = keyed(
    st.builds(
        IndicatorFacts,
        keys,
        st.sampled_from("abc"),
        texts,
        texts,
        st.none() | decimals,
        st.none() | years,
        st.lists(st.tuples(years, decimals), max_size=2).map(tuple),
        texts,
        texts,
    )
)
plans = st.builds(
    PlanFacts,
    st.just("plan"),
    texts,
    st.just("orp"),
    st.just("5205"),
    texts,
    st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    st.dates(date(2028, 1, 1), date(2029, 1, 1)),
    days,
    st.sampled_from(["drafting", "approved"]),
    texts,
    texts,
    st.none() | names,
    st.none(),
    st.just((LevelFacts(1, "priority", "priorita", "priority"), LevelFacts(2, "measure", "opatření", "opatření"))),
    st.lists(texts, max_size=2).map(tuple),
)
contents = st.builds(Content, plans, trees(), chapters, swot, needs, indicators)
