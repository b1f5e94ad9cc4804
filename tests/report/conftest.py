"""A full report of a small plan, made once: every chapter and figure is in it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from sim.base.text import LANGUAGES, Language
from sim.inputs.home import Home
from sim.report.delivery import draw_one
from sim.report.document import Report
from sim.report.studies import completed, quick_studies
from sim.report.writing import reports_of
from sim.simulate import opening, pipeline
from sim.simulate.collect import results_of
from sim.simulate.design import Design
from sim.simulate.draws import with_draws
from sim.simulate.result import Studies
from sim.studies.plan.path import PathRequest

DRAWS = Design(64, 0, 1)


def studies_of(case: opening.Case, draws: Design) -> Studies:
    """Everything that can be found for a scenario with few levers and draws."""
    asked = PathRequest(0.5, draws, most_levers=4, search=64)
    return completed(case, quick_studies(case, draws, lambda *_: None), asked, lambda *_: None)


@pytest.fixture(scope="session")
def drawn(home: Home) -> tuple[pipeline.Outcome, ...]:
    """The two usual scenarios with a few draws."""
    files = [home.scenarios / f"{name}.yaml" for name in ("baseline", "plan_2025")]
    return tuple(with_draws(pipeline.run(case), DRAWS) for case in opening.open_cases(home, files, None, (), ()))


@pytest.fixture(scope="session")
def asked_in_2021(home: Home) -> pipeline.Outcome:
    """The plan as it looked in 2021, when its targets lay ahead, with a few draws from the priors known then."""
    (case,) = opening.open_cases(home, [home.scenarios / "plan_2025.yaml"], None, (), (), as_of=2021)
    return with_draws(pipeline.run(case), replace(DRAWS, prior=True))


@pytest.fixture(scope="session")
def report_of_2021(asked_in_2021: pipeline.Outcome) -> Report:
    """The complete report of that run, with the required paths."""
    studies = {"plan_2025": studies_of(asked_in_2021.case, replace(DRAWS, prior=True))}
    return reports_of([replace(result, run="20260101-000000-abcdef02") for result in results_of([asked_in_2021], studies)])[0]


@pytest.fixture(scope="session")
def report(drawn: tuple[pipeline.Outcome, ...]) -> Report:
    """The complete report of the plan, with few draws and levers."""
    studies = {"plan_2025": studies_of(drawn[1].case, DRAWS)}
    return reports_of([replace(result, run="20260101-000000-abcdef01") for result in results_of(drawn, studies)])[1]


@pytest.fixture(scope="session")
def pictures(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Mapping[Language, Path]:
    """The figures of the report as files, in both languages, drawn without a warning."""
    folders = {language: tmp_path_factory.mktemp(language) for language in LANGUAGES}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for language, folder in folders.items():
            for name, figure in report.figures.items():
                assert draw_one(figure, language, [folder / name]) == "", "every glyph is there"
    return folders
