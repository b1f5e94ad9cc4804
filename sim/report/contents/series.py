"""Lines by year for panels: published figures, the scenarios' lines, the plan's targets, and where all of them come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sim.base.text import Text
from sim.base.units import conversion
from sim.plan.scorecard import Score
from sim.report.figures.frame import Points, points_of
from sim.report.figures.lines import PUBLISHED, Series

STATISTICS = Text(
    "统计数取自统计公报、年鉴和普查（逐项出处见城市文件夹）；预测为本模型推演",
    "statistics from bulletins, yearbooks and censuses (each named in the folder of the city); projections by this model",
)
FIRST_PUBLISHED = 2010
"""Years of statistics before it are not drawn beside bands."""
CENTRAL, MEDIAN = Text("中心情景", "central run"), Text("抽样中位数", "median of the draws")
MODEL = Text("本模型推演", "projections by this model")


def published_line(values: Mapping[int, float]) -> tuple[Series, ...]:
    """Published figures as a line; none where there are none."""
    return (Series(PUBLISHED, points_of(dict(values)), "published"),) if values else ()


def target_points(scores: Iterable[Score], region: str, variable: str, unit: str) -> Points:
    """The targets of levels that are bound to a variable for a whole region, in a unit."""
    pairs = {
        (float(score.target.year), float(score.target.value) * conversion(score.target.unit, unit))
        for score in scores
        if score.variable == variable and score.plain_region == region and score.target.year is not None
    }
    return tuple(sorted(pairs))
