"""Figure: one input against one indicator, draw by draw, with their rank correlation and the median of each tenth."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.base.text import Language, Text
from sim.report import style
from sim.simulate.sweeps.names import Named, with_unit

Values = NDArray[Any]
_MOST_DRAWN, _TENTHS = 5000, 10


def draw(across: Values, up: Values, x: Named, y: Named, correlation: float, title: Text, language: Language) -> Figure:
    """Values [draw] across and up, in the units that their names say; at most the first few thousand are drawn."""
    rho = f"{correlation:+.2f}".replace("-", "−")
    note = Text(
        f"Spearman 秩相关 {rho}；线为各十分位组的中位数（{len(across):,} 次抽样）",
        f"Spearman's rank correlation {rho}; the line joins the medians of tenths ({len(across):,} draws)",
    )
    figure = style.new_figure(title.in_language(language), note.in_language(language), (7.2, 5.0))
    axes = figure.add_subplot()
    few = slice(None, _MOST_DRAWN)
    axes.plot(across[few], up[few], ".", ms=3, alpha=0.35, color=style.colour(0), zorder=2)
    middles = _medians(across, up)
    if len(middles) > 1:
        axes.plot(*np.array(middles).T, "o-", color=style.colour(1), lw=2.0, ms=5, zorder=4)
    axes.set_xlabel(with_unit(x, language))
    axes.set_ylabel(with_unit(y, language))
    return figure


def _medians(across: Values, up: Values) -> list[tuple[float, float]]:
    """The middle of each tenth of the draws, in the order of the input."""
    order = np.argsort(across, kind="stable")
    parts = np.array_split(order, _TENTHS)
    return [(float(np.median(across[part])), float(np.median(up[part]))) for part in parts if len(part)]
