"""Reports from results: the chapters in the bureau's order, with their figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pkgutil import iter_modules

from sim.base.text import Text
from sim.report import figures
from sim.report.chapters import Part
from sim.report.chapters.advice import advice
from sim.report.chapters.indicators import indicators
from sim.report.chapters.methods import methods
from sim.report.chapters.outlook import outlook
from sim.report.chapters.overall import overall
from sim.report.chapters.problems import problems
from sim.report.chapters.works import works
from sim.report.document import Report
from sim.report.registry import with_registered
from sim.report.view import View, views_of
from sim.simulate.result import Result

CHAPTERS: tuple[Callable[[View, Result], Part], ...] = (overall, indicators, works, problems, outlook, advice, methods)
_OF_A_PLAN = Text("规划评估报告：", ": evaluation of the plan, ")
_OF_A_SCENARIO = Text("情景报告：", ": report of the scenario, ")

for _file in iter_modules(figures.__path__):  # so that their figures register themselves
    import_module(f"{figures.__name__}.{_file.name}")


def reports_of(results: Sequence[Result]) -> list[Report]:
    """The report of each scenario of a run, beside the others of its city."""
    views = views_of(results, results[0].run)
    return [report_of(views[result.city].led_by(result.scenario), result) for result in results]


def report_of(view: View, result: Result) -> Report:
    """The report of one scenario of a view."""
    parts = [with_registered(chapter(view, result), view, result) for chapter in CHAPTERS]
    return Report(
        title=view.city + (_OF_A_PLAN if result.scorecard else _OF_A_SCENARIO) + result.name,
        subtitle=Text(
            f"区域经济情景模拟 · {view.base_year}–{view.last_year} · {view.run}",
            f"Regional economic scenarios · {view.base_year}–{view.last_year} · {view.run}",
        ),
        scenario=result.scenario,
        scenario_name=result.name,
        run=view.run,
        engine=result.simulator,
        chapters=tuple(part.chapter for part in parts),
        figures={name: figure for part in parts for name, figure in part.figures.items()},
        members={dim: dict(names) for dim, names in result.members.items()},
        left_out=frozenset(result.outline.left_out),
        as_of=result.as_of,
    )
