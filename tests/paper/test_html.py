"""Blocks as HTML: what a person who does not see the page is told of its tables."""

import re

from paper.blocks import Table
from paper.html import html, html_parts

COSTS = Table(("rok", ""), (("2028", "1 Kč"), ("", "2 Kč")), title="Náklady")
PLAIN = Table(("zdroj", "rok"), (("kraj", "2028"),))


def test_a_head_without_words_is_a_plain_cell() -> None:
    text = html([COSTS])
    assert '<th scope="col">rok</th><td></td>' in text
    assert '<th scope="row">2028</th>' in text
    assert "<tr><td></td><td>2 Kč</td></tr>" in text
    assert "></th>" not in text


def test_tables_of_more_parts_of_one_page_have_names_of_their_own() -> None:
    text = "".join(html_parts([[COSTS], [PLAIN], [COSTS, PLAIN]]))
    assert re.findall(r'id="(.*?)"', text) == ["tabulka-1", "tabulka-3"]
    assert re.findall(r'aria-label="(.*?)"', text) == ["tabulka 2", "tabulka 4"]
