"""Names that files give are text on every page: no tag, quote or ampersand of a name becomes part of the page."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import panel as pn
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.base.text import Text, markdown_text
from sim.explore.levers import LeverView, levers_of
from sim.explore.page import Page
from sim.inputs.home import Home
from sim.simulate import opening

EVIL = "<script>alert('1')</script> & \"q\" <img src=x onerror=alert(1)>"


class Tags(HTMLParser):
    """Every tag that an HTML text opens."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def shown_as_html(part: pn.viewable.Viewable) -> list[str]:
    """Every text that the library hands to the browser as HTML, the heads of folded groups among them."""
    found = part.get_root().references()
    return [unescape(str(getattr(item, "text", ""))) for item in found if type(item).__name__ == "HTML"]  # sent escaped once


@pytest.fixture(scope="module")
def levers(home: Home) -> LeverView:
    return levers_of(opening.open_cases(home, [home.scenarios / "plan_2025.yaml"], None, (), ())[0])


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # of the library, about its own widgets
@pytest.mark.parametrize("language", ["zh", "en"])
def test_names_on_the_page_with_sliders(levers: LeverView, language: str) -> None:
    evil = Text(EVIL, EVIL)
    sliders = tuple(replace(item, label=evil, source=evil, commitments=(evil,)) for item in levers.groups[0].sliders)
    groups = (replace(levers.groups[0], title=evil, sliders=sliders), *levers.groups[1:])
    scenario = replace(levers.case.scenario, name=evil)
    evil_bench = replace(levers, groups=groups, case=replace(levers.case, scenario=scenario))
    parts = shown_as_html(Page(evil_bench, language).view())  # type: ignore[arg-type]
    assert sum("&lt;script&gt;" in part for part in parts) >= 3
    assert [tag for part in parts for tag in Tags(part).tags if tag in ("script", "img")] == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.text(alphabet="<>&\"'`=/ scriptimg", max_size=30))
def test_a_name_in_a_markdown_page_opens_no_tag(name: str) -> None:
    assert Tags(markdown_text(f"<script>{name}")).tags == []
