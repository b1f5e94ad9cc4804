"""The figures of a report, each a function of a view that returns a matplotlib figure. The order is that of the report."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.figure import Figure

from sim.report.figures import (
    firm_ladder,
    gdp,
    manufacturing_share,
    pipeline,
    population,
    pyramid,
    required_growth,
    scenarios,
    scorecard,
    sectors,
)
from sim.report.view import View

FIGURES: dict[str, Callable[[View], Figure]] = {
    "scorecard": scorecard.draw,
    "scenarios": scenarios.draw,
    "gdp": gdp.draw,
    "sectors": sectors.draw,
    "manufacturing_share": manufacturing_share.draw,
    "population": population.draw,
    "pyramid": pyramid.draw,
    "firm_ladder": firm_ladder.draw,
    "required_growth": required_growth.draw,
    "pipeline": pipeline.draw,
}
