"""The look of figures: the shipped font, a quiet grid, one colour per scenario, black for what was published."""

from __future__ import annotations

import functools
import math
import textwrap
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.style import context
from matplotlib.text import Text as Letters
from matplotlib.ticker import StrMethodFormatter

from sim.base.text import Language, Text
from sim.report.lettering import wrapped_chinese

FONT_FILE = Path(__file__).parent / "fonts" / "NotoSansSC-subset.otf"
_STYLE = Path(__file__).parent / "templates" / "house.mplstyle"
INK, GREY, FAINT = "#1f2933", "#7b8794", "#e4e7eb"
SCENARIO_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#b0508a", "#e69f00", "#56b4e9")
"""The palette of Okabe and Ito (2008), which people of every kind of colour vision tell apart, its pink a little darker."""
MISSED, OPEN = "#b23a30", "#9aa5b1"
GAIN, LOSS = "#0072b2", "#d55e00"
"""Colours of what adds and what takes away: blue and vermilion rather than green and red."""
_LINES, _MARKERS = ("-", "--", "-.", ":"), ("o", "s", "^", "v", "P", "X")
_FEW_PANELS, _FEW_COLUMNS, _MANY_COLUMNS = 4, 2, 3
_ROOM_BETWEEN_ROWS = 0.12
"""Inches above and below each panel, so that a title stands with its own."""
_THOUSANDS = 1000.0
WIDTH = 8.4
"""Inches of every figure, so that letters are of one size wherever figures stand below each other."""
_ALONE, _ROOMY, _TIGHT = 4.8, 2.9, 2.3
"""Heights: of a panel that stands alone, of one of two abreast, of one of three."""
MARGIN, TITLE = 36, 66
"""Letters that a name beside a figure, and the title of a panel as wide as the figure, may take on one line."""


@functools.cache
def _font_family() -> str:
    font_manager.fontManager.addfont(str(FONT_FILE))
    return font_manager.FontProperties(fname=str(FONT_FILE)).get_name()


@contextmanager
def house_style() -> Iterator[None]:
    """Settings of all figures, for the time of drawing."""
    with context([_STYLE, {"font.family": _font_family()}]):
        yield


class HouseFigure(Figure):
    """A figure that a notebook shows by itself, whatever backend it uses."""

    def _repr_png_(self) -> bytes:
        stream = BytesIO()
        self.savefig(stream, format="png", dpi=110)
        return stream.getvalue()


def new_figure(title: str, note: str, size: tuple[float, float] = (8.4, 5.4)) -> Figure:
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
    height = _ALONE if count == 1 else (_ROOMY if columns <= _FEW_COLUMNS else _TIGHT) * rows + 1.0
    figure = new_figure(title, note, (WIDTH, height))
    figure.get_layout_engine().set(h_pad=_ROOM_BETWEEN_ROWS)  # type: ignore[union-attr, call-arg]  # it is constrained
    axes = list(figure.subplots(rows, columns, squeeze=False).ravel())
    for empty in axes[count:]:
        empty.set_visible(False)
    return figure, axes[:count]


def thousands(axes: Axes, *, upright: bool = True) -> None:
    """Separate the thousands of large numbers on an axis."""
    axis, top = (axes.yaxis, axes.get_ylim()[1]) if upright else (axes.xaxis, axes.get_xlim()[1])
    if top >= _THOUSANDS:
        axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))


def colour(index: int) -> str:
    """The colour of the n-th scenario."""
    return SCENARIO_COLOURS[index % len(SCENARIO_COLOURS)]


def line(index: int) -> str:
    """The dashes of the n-th scenario, so that its line is known without its colour."""
    return _LINES[min(index, len(_LINES) - 1)]


def marker(index: int) -> str:
    """The mark of the n-th scenario."""
    return _MARKERS[index % len(_MARKERS)]


def wrapped(text: Text, language: Language, width: int = MARGIN) -> str:
    """A long name on several lines; `width` in letters, of which a Chinese one takes two."""
    return folded(text.in_language(language), language, width)


def folded(words: str, language: Language, width: int = TITLE) -> str:
    """The same of words in one language."""
    return "\n".join(textwrap.wrap(words, width) if language == "en" else wrapped_chinese(words, width))


def draw_published(axes: Axes, points: Mapping[int, float], label: str) -> None:
    """Statistics: black, with a dot for every year that has one; years without one are not bridged."""
    years = [year for first in points for year in ((first,) if first - 1 in points else (first - 1, first))]
    values = [points.get(year, math.nan) for year in years]
    if points:
        axes.plot(years, values, color=INK, lw=1.4, marker="o", ms=3.2, label=label, zorder=4)


def draw_projection(axes: Axes, points: Mapping[int, float], label: str, index: int) -> None:
    """A scenario's line in its colour."""
    axes.plot(list(points), list(points.values()), color=colour(index), lw=2.2, ls=line(index), label=label, zorder=3)


def annotate(
    axes: Axes,
    text: str,
    at: tuple[float, float],
    shift: tuple[int, int],
    *,
    ha: str = "left",
    va: str | None = "center",
    fontsize: float = 8.5,
) -> None:
    """Letters beside a point, so many points of print away; without `va` the line that they stand on is that high."""
    upright: dict[str, Any] = {} if va is None else {"va": va}
    axes.annotate(text, at, xytext=shift, textcoords="offset points", ha=ha, fontsize=fontsize, **upright)


def name_rows(axes: Axes, names: list[str], size: float = 8.5, *, grid: bool = False) -> None:
    """Rows from the top down with their names, with or without a line across each."""
    axes.set_yticks(range(len(names)), names, fontsize=size)
    axes.set_ylim(len(names) - 0.4, -0.6)
    if not grid:
        axes.grid(visible=False, axis="y")


def mark_base_year(axes: Axes, year: int) -> None:
    """A thin line where the projection starts."""
    axes.axvline(year + 0.5, color=GREY, lw=0.8, ls=":", zorder=1)


def one_legend(figure: Figure, *panels: Axes) -> None:
    """One legend for the whole figure, above the panels, each name once; none where nothing is named."""
    named = dict[str, Any]()
    for axes in panels:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            named.setdefault(label, handle)
    if not named:
        return
    figure.legend(list(named.values()), list(named), loc="outside upper right", ncols=min(len(named), 5), fontsize=9.5)


def untitled(figure: Figure) -> Figure:
    """The figure without its title, for a document whose caption says it."""
    figure.suptitle("")
    return figure


def unprintable(texts: Iterable[str]) -> str:
    """The characters that the font lacks, each once; figures show them as boxes, and a PDF cannot be typeset with them."""
    letters = {letter for text in texts for letter in text if letter.isprintable()}
    return "".join(sorted(letter for letter in letters if ord(letter) not in _glyphs()))


def unprintable_in(figure: Figure) -> str:
    """The characters of a drawn figure that the font lacks."""
    return unprintable(item.get_text() for item in figure.findobj(Letters) if isinstance(item, Letters))


@functools.cache
def _glyphs() -> frozenset[int]:
    return frozenset(FT2Font(str(FONT_FILE)).get_charmap())


def pictures(figure: Figure) -> dict[str, bytes]:
    """The figure as PNG and SVG, by the suffix of a file; the layout is solved once for both."""
    png, svg = BytesIO(), vector(figure)
    with _no_word_of_glyphs():
        figure.savefig(png, format="png", dpi=150)
    return {".png": png.getvalue(), ".svg": svg}


def vector(figure: Figure) -> bytes:
    """The figure as SVG; its layout is solved, and stays."""
    svg = BytesIO()
    with _no_word_of_glyphs():
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        figure.savefig(svg, format="svg", metadata={"Date": None})
    return svg.getvalue()


@contextmanager
def _no_word_of_glyphs() -> Iterator[None]:
    """A missing glyph is said once, by whoever asks `unprintable`."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+")
        yield
