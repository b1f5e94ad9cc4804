"""Figures: like their reference pictures, in both languages, with every glyph, in colours that all can tell apart."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import pytest
from fontTools.ttLib import TTFont
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure as Drawing
from matplotlib.text import Text as Label

from sim.base.text import LANGUAGES, Language
from sim.city.city import City
from sim.inputs.home import Home
from sim.inputs.outline import is_own_figure
from sim.report import style
from sim.report.chapters.indicators import rates
from sim.report.chapters.outlook import most_entangled
from sim.report.chapters.overall import progress
from sim.report.chapters.works import schedule
from sim.report.delivery import draw_one
from sim.report.document import Report
from sim.report.figures import Figure, parts
from sim.report.figures.bars import Bars, Chances
from sim.report.figures.dots import Progress, Rates
from sim.report.figures.grids import IndexMap
from sim.report.figures.lines import Response, Scatter
from sim.report.forms.plain_text import plain_text
from sim.report.studies import quick_studies
from sim.report.style import FONT_FILE
from sim.report.trends import trends
from sim.report.view import View, view_of
from sim.report.writing import reports_of
from sim.simulate import opening, pipeline
from sim.simulate.collect import results_of
from tests.report.samples import RECORDS, SAMPLES

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = Path(__file__).parent / "reference"
TOLERANCE = 0.02
"""Root mean square of the difference of two pictures, of one: letters move by less from one library to the next."""
DPI = 60


OF_SWEEPS: set[type[Figure]] = {Bars, Chances, IndexMap, Response, Scatter}


def test_every_kind_of_figure_has_a_sample_and_every_sample_a_reference() -> None:
    assert {type(record) for record in RECORDS.values()} == set(Figure.__subclasses__())
    assert {file.stem for file in REFERENCE.glob("*.png")} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_figure_is_like_its_reference_picture(name: str) -> None:
    stream = BytesIO()
    with style.house_style():
        SAMPLES[name]().savefig(stream, format="png", dpi=DPI)
    stream.seek(0)
    found, known = (matplotlib.image.imread(source)[..., :3] for source in (stream, REFERENCE / f"{name}.png"))
    assert found.shape == known.shape
    assert float(np.sqrt(np.mean((found - known) ** 2))) < TOLERANCE


def test_a_reference_picture_would_notice_a_change() -> None:
    record = RECORDS["waterfall"]
    other = replace(record, falls=(replace(record.falls[0], steps=record.falls[0].steps[:3]),))
    with style.house_style():
        shapes = [_image(item.draw("zh")) for item in (record, other)]
    assert shapes[0].shape != shapes[1].shape or float(np.sqrt(np.mean((shapes[0] - shapes[1]) ** 2))) > TOLERANCE


def _image(figure: Drawing) -> Any:
    stream = BytesIO()
    figure.savefig(stream, format="png", dpi=DPI)
    stream.seek(0)
    return matplotlib.image.imread(stream)[..., :3]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_a_report_draws_without_a_missing_glyph(
    report: Report, report_of_2021: Report, pictures: Mapping[Language, Path], language: Language, tmp_path: Path
) -> None:
    """Those of the first report were drawn for all tests, in the same way."""
    figures = [*report.figures.values(), *report_of_2021.figures.values()]
    assert {type(figure) for figure in figures} == set(Figure.__subclasses__()) - OF_SWEEPS
    for name, figure in report_of_2021.figures.items():
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert draw_one(figure, language, [tmp_path / name]) == "", name
    for folder, names in ((pictures[language], report.figures), (tmp_path, report_of_2021.figures)):
        for name in names:
            assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
            assert b"<svg" in (folder / f"{name}.svg").read_bytes()


def test_the_figures_of_a_model_take_no_key_that_every_report_has(report: Report, report_of_2021: Report, world: City) -> None:
    own = world.outline.figures
    for key in (*report.figures, *report_of_2021.figures):
        assert (key in own) != is_own_figure(key), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_said_in_words_with_its_source(report: Report, language: Language) -> None:
    for figure in report.figures.values():
        assert len(figure.described().in_language(language)) > 20
        assert figure.frame.source.in_language(language)
        _, note = figure.frame.words(language)
        assert figure.frame.source.in_language(language) in note


Build = Callable[[Any], Any]


def _progress(view: View) -> Progress:
    return progress(view, view.scenarios[1])


def _rates(view: View) -> Rates:
    return rates(view, view.scenarios[1])


def _trend(key: str) -> Build:
    return lambda view: trends(view)[key]


@pytest.mark.parametrize("build", [_progress, _rates, *map(_trend, ("gdp", "sectors", "population", "pyramid"))])
def test_figures_show_both_scenarios(build: Build, outcomes: Sequence[pipeline.Outcome]) -> None:
    view = view_of(results_of(outcomes))
    with style.house_style():
        figure = build(view).draw("en")
    shown = " ".join(text.get_text() for legend in figure.legends for text in legend.get_texts())
    for result in view.scenarios:
        assert result.name.en in shown


def test_a_report_shows_the_targets_of_its_own_scenario(outcomes: Sequence[pipeline.Outcome]) -> None:
    view = view_of(results_of(outcomes))
    few = replace(view.scenarios[1], scorecard=view.scenarios[1].scorecard[:2])
    names = [score.target.name for score in few.scorecard]
    assert [row.name for row in progress(replace(view, scenarios=(view.scenarios[0], few)), few).rows] == names
    assert {row.name for row in rates(replace(view, scenarios=(view.scenarios[0], few)), few).rows} <= set(names)


def test_a_figure_of_many_rows_is_several_that_hold_every_row_once() -> None:
    one = RECORDS["progress"]
    many = replace(one, rows=one.rows * 24)
    found = list(parts(many, "rows", 20))
    assert len(found) == math.ceil(len(many.rows) / 20)
    assert tuple(row for part in found for row in part.rows) == many.rows
    assert max(len(part.rows) for part in found) - min(len(part.rows) for part in found) <= 1
    assert [part.frame.title.en for part in found[:1]] == [f"{one.frame.title.en} (1 of {len(found)})"]
    assert list(parts(one, "rows", 20)) == [one]
    assert list(parts(replace(one, rows=()), "rows", 20)) == []


def test_of_many_targets_the_map_shows_those_that_are_most_entangled() -> None:
    lift = np.ones((30, 30))
    for one, other, value in ((3, 7, 5.0), (7, 20, 0.1), (1, 2, 1.4), (28, 29, 9.0)):
        lift[one, other] = lift[other, one] = value
    clear = np.abs(lift - 1.0) > 0.5
    assert most_entangled(lift, clear) == [3, 7, 20, 28, 29]
    assert most_entangled(lift[:10, :10], clear[:10, :10]) == list(range(10))
    crowd = np.full((30, 30), 2.0)
    assert len(most_entangled(crowd, np.ones((30, 30), dtype=bool))) <= 14


def test_the_picture_of_the_projects_is_that_of_its_own_scenario(outcomes: Sequence[pipeline.Outcome]) -> None:
    view = view_of(results_of(outcomes))
    assert schedule(view, view.scenarios[0]) is None
    found = schedule(view, view.scenarios[1])
    assert found is not None
    with style.house_style():
        figure = found.draw("en")
    assert "Plan to 2025" in " ".join(text.get_text() for text in figure.findobj(Label))


def test_lines_hold_the_numbers_of_the_run(outcomes: Sequence[pipeline.Outcome]) -> None:
    panel = trends(view_of(results_of(outcomes)))["gdp"].panels[0]  # type: ignore[attr-defined]
    for outcome, line in zip(outcomes, panel.series[1:], strict=True):
        values = outcome.results["gdp_nominal"].sel(region="hengyang")
        expected = {float(year): float(values.sel(year=year)) for year in values["year"].values}
        assert dict(line.points) == pytest.approx(expected)
    assert panel.targets == ((2025.0, 5500.0),)


def test_an_older_series_stands_in_the_unit_of_its_panel(outcomes: Sequence[pipeline.Outcome]) -> None:
    (first, *others) = results_of(outcomes)
    figure = first.outline.figures["population"]
    panel = figure.panels[0].model_copy(update={"unit": "人"})
    in_people = first.outline.model_copy(update={"figures": {"population": figure.model_copy(update={"panels": [panel]})}})
    drawn = (trends(view_of([first, *others])), trends(view_of([replace(first, outline=in_people), *others])))
    before, after = (found["population"].panels[0].series[0] for found in drawn)  # type: ignore[attr-defined]
    assert before.role == after.role == "superseded"
    assert [value for _, value in after.points] == pytest.approx([1e4 * value for _, value in before.points])


def test_targets_stand_in_the_unit_of_their_panel(report: Report) -> None:
    panels = {panel.title.en: panel for panel in report.figures["fans"].panels}  # type: ignore[attr-defined]
    entities = next(panel for title, panel in panels.items() if "entities" in title)
    assert entities.targets == ((2025.0, 700_000.0),)


def test_a_scenario_without_targets_has_a_report(home: Home) -> None:
    cases = opening.open_cases(home, [home.scenarios / "vision_2035.yaml"], None, (), ())
    outcome = pipeline.run(replace(cases[0], selection=replace(cases[0].selection, targets=())))
    studies = quick_studies(outcome.case, None, lambda *_: None)
    (report,) = reports_of(results_of([outcome], {outcome.case.scenario.key: studies}))
    assert all(chapter.blocks for chapter in report.chapters)
    assert [len(chapter["blocks"]) for chapter in plain_text(report, "zh")["chapters"]] == [
        len(item.blocks) for item in report.chapters
    ]
    bare = replace(report, chapters=(replace(report.chapters[0], blocks=()),))
    assert plain_text(bare, "zh")["chapters"][0]["blocks"] == []
    with style.house_style():
        for figure in report.figures.values():
            style.pictures(figure.draw("zh"))


# Machado, Oliveira and Fernandes (2009), IEEE TVCG 15(6): what full protanopia, deuteranopia and tritanopia make of linear RGB.
BLINDNESS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def _lab(colour: str, matrix: Any) -> Any:
    """CIE L*a*b* (D65) of a colour as an eye sees it."""
    linear = np.array([part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)])
    seen = np.clip(np.asarray(matrix) @ linear, 0.0, 1.0)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ seen
    f = np.cbrt(np.maximum(xyz / [0.9505, 1.0, 1.089], 0.008856))
    return np.array([116.0 * f[1] - 16.0, 500.0 * (f[0] - f[1]), 200.0 * (f[1] - f[2])])


@pytest.mark.parametrize("kind", BLINDNESS)
def test_colours_can_be_told_apart_by_everyone(kind: str) -> None:
    """Of the first four scenarios, and of gain and loss, by 10 units of L*a*b* or more; lines differ in their dashes, too."""
    pairs = [*combinations(style.SCENARIO_COLOURS[:4], 2), (style.GAIN, style.LOSS)]
    for one, other in pairs:
        assert float(np.linalg.norm(_lab(one, BLINDNESS[kind]) - _lab(other, BLINDNESS[kind]))) > 10.0, (one, other)


def test_every_character_of_texts_is_in_the_font(world: City) -> None:
    drawable = set(TTFont(FONT_FILE).getBestCmap())
    texts = [label.zh + label.en for label in world.labels.variables.values()]
    texts += [target.name.zh + target.name.en for target in world.catalogue.targets.values()]
    texts += [record.label.zh for record in world.data.parameters.values()]
    texts += [file.read_text(encoding="utf-8") for file in sorted((ROOT / "scenarios").glob("*.yaml"))]
    texts += [file.read_text(encoding="utf-8") for file in sorted((ROOT / "sim" / "report").rglob("*.py"))]
    texts += [file.read_text(encoding="utf-8") for file in sorted((ROOT / "sim").rglob("*.toml"))]
    missing = {letter for text in texts for letter in text if ord(letter) not in drawable and letter not in "\n\ufeff\u200b"}
    assert missing == set()
