"""Figures, pages and workbook: both languages from the same records, every glyph in the font."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from fontTools.ttLib import TTFont
from matplotlib.text import Text

from sim import pipeline
from sim.deliver import case_text, make_view
from sim.inputs.home import Home
from sim.report import style
from sim.report.drawing import FIGURE_NAMES, OF_ONE_CASE
from sim.report.figures import FIGURES
from sim.report.pages import compare_page, report_page
from sim.report.style import FONT_FILE
from sim.report.workbook import write_workbook
from sim.text import LANGUAGES, Language
from sim.words import plain, signed
from sim.world import World

ROOT = Path(__file__).resolve().parents[2]


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.hidden = 0
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("style", "svg")
        for key, value in attrs:
            if key in ("src", "href") and value and not value.startswith("#"):
                self.outside.append(value)

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "svg")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def read_page(page: str) -> _Text:
    parser = _Text()
    parser.feed(page)
    return parser


def test_the_list_of_figures_is_complete() -> None:
    assert tuple(FIGURES) == FIGURE_NAMES
    assert len(FIGURE_NAMES) == 10


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURE_NAMES)
def test_every_figure_draws_without_a_missing_glyph(
    name: str, language: Language, outcomes: Sequence[pipeline.Outcome], tmp_path: Path
) -> None:
    view = make_view(outcomes, language)
    with warnings.catch_warnings(), style.house_style():
        warnings.simplefilter("error")
        style.save(FIGURES[name](view), tmp_path / name)
    assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / f"{name}.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in FIGURE_NAMES if name != OF_ONE_CASE])
def test_every_figure_shows_both_scenarios(name: str, outcomes: Sequence[pipeline.Outcome]) -> None:
    view = make_view(outcomes, "en")
    with style.house_style():
        figure = FIGURES[name](view)
    texts = [text for legend in figure.legends for text in legend.get_texts()]
    texts += [label for axes in figure.axes for label in axes.get_yticklabels()] if name == "scenarios" else []
    shown = " ".join(text.get_text() for text in texts)
    for case in view.cases:
        assert case.name.en in shown.replace("\n", " ")


def test_the_picture_of_the_projects_is_that_of_its_own_scenario(outcomes: Sequence[pipeline.Outcome]) -> None:
    view = make_view(outcomes, "en")
    with style.house_style():
        figure = FIGURES[OF_ONE_CASE](replace(view, cases=view.cases[1:]))
    assert "Plan to 2025" in " ".join(text.get_text() for text in figure.findobj(Text))


def test_figures_draw_with_one_scenario_without_targets(home: Home, tmp_path: Path) -> None:
    cases = pipeline.open_cases(home, [home.scenarios / "vision_2035.yaml"], None, (), ())
    view = make_view([pipeline.run(case) for case in cases], "zh")
    with style.house_style():
        for name, draw in FIGURES.items():
            style.save(draw(view), tmp_path / name)


def _page(outcomes: Sequence[pipeline.Outcome], language: Language) -> str:
    view = make_view(outcomes, language)
    figures = dict.fromkeys(FIGURE_NAMES, '<?xml version="1.0"?><svg id="a"><use href="#a"/></svg>')
    return report_page(view, view.cases[1], case_text(outcomes[1]), figures, "run")


def test_both_languages_show_the_same_numbers(outcomes: Sequence[pipeline.Outcome]) -> None:
    numbers = []
    for language in LANGUAGES:
        cells = re.findall(r'<td class="n">(.*?)</td>', _page(outcomes, language), flags=re.DOTALL)
        numbers.append([re.findall(r"[−+]?\d[\d,]*\.?\d*", re.sub("<[^>]*>", " ", cell)) for cell in cells])
    assert len(numbers[0]) > 100
    # the sentence "2020 prices" stands in a cell of both
    assert numbers[0] == numbers[1]


def test_the_page_is_self_contained_and_shows_sentences_and_settings(outcomes: Sequence[pipeline.Outcome]) -> None:
    page = read_page(_page(outcomes, "zh"))
    text = "".join(page.parts)
    assert page.outside == []
    for score in outcomes[1].scores:
        assert score.target.quote in text
        assert score.document.zh in text
    for item in outcomes[1].case.bound.resolved:
        assert item.label.zh in text
    assert "000_5a1f90430ff1e438.txt" in text
    assert "推算" in text
    for row in outcomes[1].comparisons:
        assert row.label.zh in text
        assert plain(row.published) in text


def test_svg_ids_do_not_clash_on_a_page(outcomes: Sequence[pipeline.Outcome]) -> None:
    page = _page(outcomes, "zh")
    assert 'id="gdp-a"' in page
    assert 'href="#pyramid-a"' in page
    assert "<?xml" not in page


def test_text_of_scenarios_cannot_inject_markup(outcomes: Sequence[pipeline.Outcome]) -> None:
    from sim.text import Text

    view = make_view(outcomes, "zh")
    case = replace(view.cases[0], name=Text("<script>x</script>", "x"))
    page = report_page(view, case, case_text(outcomes[0]), {}, "run")
    assert "<script>" not in page


def test_the_comparison_page_sets_all_scenarios_side_by_side(outcomes: Sequence[pipeline.Outcome]) -> None:
    for language in LANGUAGES:
        view = make_view(outcomes, language)
        texts = {outcome.case.scenario.key: case_text(outcome) for outcome in outcomes}
        text = "".join(read_page(compare_page(view, texts, {}, "run")).parts)
        for case in view.cases:
            assert view.say(case.name) in text
        assert plain(outcomes[1].scores[0].projected) in text


def test_settings_are_compared_by_value(outcomes: Sequence[pipeline.Outcome]) -> None:
    """Six scenarios as the plan has it and one as the baseline: one value is named, the other is that of all the others."""
    view = make_view(outcomes, "zh")
    plan, text = view.cases[1], case_text(outcomes[1])
    copies = [replace(plan, key=f"copy_{number}") for number in range(6)]
    texts = {"baseline": case_text(outcomes[0]), **{copy.key: text for copy in copies}}
    page = "".join(read_page(compare_page(replace(view, cases=(view.cases[0], *copies)), texts, {}, "run")).parts)
    assert page.count("其余 6 个情景") == len({item.name for item in text.settings})
    assert text.settings[0].label.zh in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_holds_scores_indicators_and_sources(
    language: Language, outcomes: Sequence[pipeline.Outcome], tmp_path: Path
) -> None:
    view = make_view(outcomes, language)
    write_workbook(tmp_path / "table.xlsx", view, view.cases[1], case_text(outcomes[1]))
    book = openpyxl.load_workbook(tmp_path / "table.xlsx")
    assert len(book.sheetnames) == 5
    scores = list(book.worksheets[0].iter_rows(values_only=True))
    assert scores[1][7] == pytest.approx(outcomes[1].scores[0].projected)
    indicators = {row[3]: row for row in book.worksheets[1].iter_rows(values_only=True)}
    assert indicators["gdp_real"][-1] == pytest.approx(float(outcomes[1].results["gdp_real"].values[0, -1]))


@pytest.mark.parametrize("note", ["=1+1", "<r>a & b</r>", "http://a"])
def test_what_looks_like_a_formula_or_markup_stays_text(
    note: str, tmp_path: Path, outcomes: Sequence[pipeline.Outcome]
) -> None:
    text = case_text(outcomes[1])
    strange = replace(text.settings[0], note=note)
    view = make_view(outcomes, "zh")
    write_workbook(tmp_path / "table.xlsx", view, view.cases[1], replace(text, settings=[strange, *text.settings[1:]]))
    cell = openpyxl.load_workbook(tmp_path / "table.xlsx").worksheets[2].cell(2, 9)
    assert (str(cell.value).lstrip("\u200b"), cell.data_type) == (note, "s")


def test_a_number_that_is_not_finite_is_an_empty_cell(tmp_path: Path, outcomes: Sequence[pipeline.Outcome]) -> None:
    view = make_view(outcomes, "zh")
    scores = tuple(replace(score, projected=value) for score, value in zip(outcomes[1].scores, (np.inf, np.nan), strict=False))
    write_workbook(tmp_path / "table.xlsx", view, replace(view.cases[1], scores=scores), case_text(outcomes[1]))
    rows = list(openpyxl.load_workbook(tmp_path / "table.xlsx").worksheets[0].iter_rows(values_only=True))
    assert [row[7] for row in rows[1:]] == [None, None]


def test_every_character_of_texts_is_in_the_font(world: World) -> None:
    drawn = set(TTFont(FONT_FILE).getBestCmap())
    texts = [label.zh + label.en for label in world.labels.variables.values()]
    texts += [target.name.zh + target.name.en for target in world.catalogue.targets.values()]
    texts += [record.label.zh for record in world.city.parameters.values()]
    texts += [file.read_text(encoding="utf-8") for file in sorted((ROOT / "scenarios").glob("*.yaml"))]
    texts += [file.read_text(encoding="utf-8") for file in sorted((ROOT / "sim" / "report").rglob("*.py"))]
    missing = {letter for text in texts for letter in text if ord(letter) not in drawn and letter not in "\n\ufeff"}
    assert missing == set()


def test_numbers_for_people() -> None:
    assert [plain(value) for value in (None, 5500.4, 25.44, 1.234)] == ["—", "5,500", "25.4", "1.23"]
    assert [signed(value) for value in (None, -5500.4, 1.234)] == ["—", "−5,500", "+1.23"]
