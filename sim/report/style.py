"""How figures look: the shipped font, a quiet grid, one colour per scenario, black for what was published."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

FONT_FILE = Path(__file__).parent / "fonts" / "NotoSansSC-subset.otf"
INK, GREY, FAINT = "#1f2933", "#7b8794", "#e4e7eb"
SCENARIO_COLOURS = ("#2f6fab", "#d1603d", "#3f8f5f", "#8a5aa8", "#b8860b", "#4a9c9c")
MISSED, OPEN = "#c0453b", "#9aa5b1"
_FEW_PANELS, _FEW_COLUMNS, _MANY_COLUMNS = 4, 2, 3
_ROOM_BETWEEN_ROWS = 0.12
"""Inches above and below each panel, so that a title stands with its own."""
_THOUSANDS = 1000.0


@functools.cache
def _font_family() -> str:
    font_manager.fontManager.addfont(str(FONT_FILE))
    return font_manager.FontProperties(fname=str(FONT_FILE)).get_name()


@contextmanager
def house_style() -> Iterator[None]:
    """Settings of all figures, for the time of drawing."""
    settings: dict[str, Any] = {
        "font.family": _font_family(),
        "font.size": 10,
        "axes.unicode_minus": False,
        "text.parse_math": False,
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "axes.titlesize": 11,
        "axes.titlelocation": "left",
        "axes.titlecolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": FAINT,
        "grid.linewidth": 0.8,
        "xtick.color": GREY,
        "ytick.color": GREY,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "text.color": INK,
        "legend.frameon": False,
        "svg.fonttype": "path",
        "svg.hashsalt": "regional-scenario-simulator",
        "figure.facecolor": "white",
    }
    with mpl.rc_context(cast("Any", settings)):
        yield


class HouseFigure(Figure):
    """A figure that a notebook shows by itself, whatever backend it uses."""

    def _repr_png_(self) -> bytes:
        stream = BytesIO()
        self.savefig(stream, format="png", dpi=110)
        return stream.getvalue()


def new_figure(title: str, note: str, size: tuple[float, float] = (9.6, 5.4)) -> Figure:
    """An empty figure with a title above and a note below."""
    figure = HouseFigure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)

    figure.suptitle(title, x=0.012, ha="left", fontsize=14, color=INK)
    figure.supxlabel(note, x=0.012, ha="left", fontsize=8.5, color=GREY)
    return figure


def panels(count: int, title: str, note: str) -> tuple[Figure, list[Axes]]:
    """A figure of several panels: a single one large, up to four two by two, more in rows of three."""
    columns = min(count, _MANY_COLUMNS if count > _FEW_PANELS else _FEW_COLUMNS)
    rows = math.ceil(count / columns)
    figure = new_figure(title, note, (9.6, 5.4) if count == 1 else (4.2 * columns, 3.0 * rows + 1.0))
    figure.get_layout_engine().set(h_pad=_ROOM_BETWEEN_ROWS)  # type: ignore[union-attr, call-arg]  # it is constrained
    axes = list(figure.subplots(rows, columns, squeeze=False).ravel())
    for empty in axes[count:]:
        empty.set_visible(False)
    return figure, axes[:count]


def thousands(axes: Axes) -> None:
    """Separate the thousands of large numbers on the upright axis."""
    if axes.get_ylim()[1] >= _THOUSANDS:
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))


def colour(index: int) -> str:
    """The colour of the n-th scenario."""
    return SCENARIO_COLOURS[index % len(SCENARIO_COLOURS)]


def draw_published(axes: Axes, points: Mapping[int, float], label: str) -> None:
    """Statistics: black, with a dot for every year that has one; years without one are not bridged."""
    years = [year for first in points for year in ((first,) if first - 1 in points else (first - 1, first))]
    values = [points.get(year, math.nan) for year in years]
    if points:
        axes.plot(years, values, color=INK, lw=1.4, marker="o", ms=3.2, label=label, zorder=4)


def draw_projection(axes: Axes, points: Mapping[int, float], label: str, index: int) -> None:
    """A scenario's line in its colour."""
    style = "-" if index == 0 else "--" if index == 1 else "-."
    axes.plot(list(points), list(points.values()), color=colour(index), lw=2.2, ls=style, label=label, zorder=3)


def mark_base_year(axes: Axes, year: int) -> None:
    """A thin line where the projection starts."""
    axes.axvline(year + 0.5, color=GREY, lw=0.8, ls=":", zorder=1)


def one_legend(figure: Figure, axes: Axes) -> None:
    """One legend for the whole figure, above the panels, each name once."""
    handles, labels = axes.get_legend_handles_labels()
    named = dict(zip(labels, handles, strict=True))
    figure.legend(list(named.values()), list(named), loc="outside upper right", ncols=min(len(named), 5), fontsize=9.5)


def save(figure: Figure, stem: Path) -> None:
    """Write PNG and SVG."""
    for suffix, content in pictures(figure).items():
        stem.with_suffix(suffix).write_bytes(content)


def pictures(figure: Figure) -> dict[str, bytes]:
    """The figure as PNG and SVG, by the suffix of a file; the layout is solved once for both."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    png, svg = BytesIO(), BytesIO()
    figure.savefig(png, format="png", dpi=150)
    figure.savefig(svg, format="svg", metadata={"Date": None})
    return {".png": png.getvalue(), ".svg": svg.getvalue()}
