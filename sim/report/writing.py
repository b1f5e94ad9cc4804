"""A report from its material: the chapters in the bureau's order, with their figures."""

from __future__ import annotations

from collections.abc import Callable

from sim.base.text import Text
from sim.report.chapters.advice import advice
from sim.report.chapters.indicators import indicators
from sim.report.chapters.methods import methods
from sim.report.chapters.outlook import outlook
from sim.report.chapters.overall import overall
from sim.report.chapters.part import Part
from sim.report.chapters.problems import problems
from sim.report.chapters.works import works
from sim.report.document import Report
from sim.report.material import Material

CHAPTERS: tuple[Callable[[Material], Part], ...] = (overall, indicators, works, problems, outlook, advice, methods)


def report_of(material: Material) -> Report:
    """The record of a report."""
    view, case = material.view, material.case
    parts = [chapter(material) for chapter in CHAPTERS]
    return Report(
        title=view.city + Text("规划评估报告：", ": evaluation of the plan, ") + case.name,
        subtitle=Text(
            f"区域经济情景模拟 · {view.base_year}–{view.last_year} · {material.run}",
            f"Regional economic scenarios · {view.base_year}–{view.last_year} · {material.run}",
        ),
        scenario=case.key,
        scenario_name=case.name,
        run=material.run,
        engine=material.engine,
        chapters=tuple(part.chapter for part in parts),
        figures={name: figure for part in parts for name, figure in part.figures.items()},
        members={dim: dict(names) for dim, names in view.labels.members.items()},
        as_of=material.standing.asked,
        is_complete=not material.studies.pending,
    )
