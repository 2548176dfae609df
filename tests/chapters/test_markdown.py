"""Text of chapters: nothing that runs gets through, nothing that is written gets lost."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper.blocks import Bullets, Heading, Note, Paragraph, Table
from portal.chapters.markdown import Foot, Head, Item, Para, Picture, Run, blocks, faults, image_keys, pieces, render

PICTURE = "/soubory/abc-DEF_1/graf.png"

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[klik](javascript:alert(1))",
    "[klik](  JaVaScRiPt:alert(1))",
    "[klik](data:text/html;base64,PHNjcmlwdD4=)",
    "[klik](vbscript:msgbox)",
    '![x](/soubory/a/b.png "\\"><script>alert(1)</script>")',
    '![x" onerror="alert(1)](/soubory/a/b.png)',
    "![x](javascript:alert(1))",
    "![x](https://elsewhere.example/spy.png)",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "text[^1]\n\n[^1]: <script>alert(1)</script>",
    "| a |\n|---|\n| <iframe src=//x> |",
    "<style>body{display:none}</style>",
    '[a](https://x "><script>1</script>")',
    '<https://x/"onmouseover=alert(1)>',
    "```html\n<script>1</script>\n```",
]


class Seen(HTMLParser):
    """Every tag and attribute that a browser would act on."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def harmless(html: str) -> bool:
    seen = Seen(html)
    addresses = [value.strip().lower() for name, value in seen.attributes if name in {"href", "src"}]
    return (
        not seen.tags & {"script", "style", "iframe", "svg", "object", "form", "input"}
        and not [name for name, _ in seen.attributes if name.startswith("on") or name == "style"]
        and not [one for one in addresses if one.startswith(("javascript:", "data:", "vbscript:"))]
        and all(value.startswith("/soubory/") for name, value in seen.attributes if name == "src")
    )


@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_that_runs_gets_through(text: str) -> None:
    assert harmless(render(text))


@given(
    st.lists(st.sampled_from([*ATTACKS, "**", "[", "](", "|", "\n\n", "> ", "- ", "<", '"', "`", "&#106;"])).map(
        "".join
    )
)
def test_nor_when_put_together_anyhow(text: str) -> None:
    assert harmless(render(text))


@given(st.text(alphabet="ab #*_[]()!|-\n`>1.^:", max_size=80))
def test_any_text_can_be_read_both_ways(text: str) -> None:
    assert harmless(render(text))
    levels = [one.level for one in blocks(text) if isinstance(one, Heading)]
    assert all(later <= earlier + 1 for earlier, later in zip([1, *levels], levels, strict=False))


def test_tables_scroll_and_numbers_stand_right() -> None:
    html = render("| Rok | Kč |\n|---|---:|\n| 2025 | 12 480 |")
    assert '<div class="table-scroll" role="region" tabindex="0" aria-label="Tabulka 1">' in html
    assert '<th scope="col">Rok</th>' in html
    assert '<td class="number">12 480</td>' in html
    assert blocks("| Rok | Kč |\n|---|---:|\n| 2025 | 12 480 |") == [
        Table(("Rok", "Kč"), (("2025", "12 480"),), frozenset({1}))
    ]


def test_headings_written_alike_stand_side_by_side() -> None:
    page = render("## První\n\n## Druhý\n\n### Pod ním\n\n## Třetí")
    assert [tag for tag in ("<h2>První", "<h2>Druhý", "<h3>Pod ním", "<h2>Třetí") if tag not in page] == []


def test_headings_never_skip_a_level_and_begin_where_told() -> None:
    text = "### Hluboko\n\n###### Hlouběji\n\n# Zpátky"
    assert [tag for tag in ("<h3>Hluboko", "<h4>Hlouběji", "<h3>Zpátky") if tag in render(text, level=3)]
    assert [one.level for one in pieces(text, level=3) if isinstance(one, Head)] == [3, 4, 3]


def test_a_picture_of_ours_is_a_figure_with_its_words() -> None:
    text = f'![Podíl lidí nad 65 let roste]({PICTURE} "Zdroj: ČSÚ")'
    assert render(text).strip() == (
        f'<figure><img src="{PICTURE}" alt="Podíl lidí nad 65 let roste" loading="lazy">'
        "<figcaption>Zdroj: ČSÚ</figcaption></figure>"
    )
    assert pieces(text) == [Picture("abc-DEF_1", "Podíl lidí nad 65 let roste", "Zdroj: ČSÚ")]
    assert image_keys(text) == {"abc-DEF_1"}
    assert faults(text) == []


def test_a_picture_without_words_or_from_elsewhere_is_told_of_and_left_out() -> None:
    assert "popis" in faults(f"![]({PICTURE})")[0]
    assert "odjinud" in faults("![Graf](https://elsewhere.example/a.png)")[0]
    assert "<img" not in render(f"![]({PICTURE}) ![Graf](https://elsewhere.example/a.png)")


def test_footnotes_lead_there_and_back_and_do_not_meet_on_one_page() -> None:
    one, other = (render("Věta.[^a]\n\n[^a]: Odkud to víme.", key=key) for key in ("1", "2"))
    assert 'href="#fn-1-1"' in one
    assert 'id="fn-1-1"' in one
    assert 'aria-label="zpět k textu"' in one
    assert "fn-1-1" not in other


def test_pieces_keep_the_look_of_words() -> None:
    text = (
        "Je to **důležité** a *nové*, viz [web](https://x.example).[^1]\n\n"
        "1. první\n2. druhá\n   - pod ní\n\n[^1]: Zdroj."
    )
    assert pieces(text) == [
        Para(
            (
                Run("Je to "),
                Run("důležité", strong=True),
                Run(" a "),
                Run("nové", em=True),
                Run(", viz "),
                Run("web", link="https://x.example"),
                Run("."),
                Run("", note=1),
            )
        ),
        Item(1, 1, (Run("první"),)),
        Item(1, 2, (Run("druhá"),)),
        Item(2, 0, (Run("pod ní"),)),
        Foot(1, (Run("Zdroj."),)),
    ]


def test_blocks_of_paper_are_plain_and_whole() -> None:
    text = "# Nadpis\n\nViz [web](https://x.example).[^1]\n\n- jedna\n- dvě\n\n1. krok\n\n[^1]: Zdroj."
    assert blocks(text) == [
        Heading(2, "Nadpis"),
        Paragraph("Viz web (https://x.example).[1]"),
        Bullets(("jedna", "dvě")),
        Paragraph("1. krok"),
        Note("[1] Zdroj."),
    ]
