"""`.sim` on datasets of runs, sweeps and indices: figures, bands, probabilities, correlations, scorecard.

Figures are matplotlib figures; `lang` is zh or en. What does not belong to a dataset is refused with advice.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from sim.base.errors import Fault, UsageError
from sim.base.text import Language, Text
from sim.report import style
from sim.report.figures import Figure as Record
from sim.report.sweeps import figures
from sim.report.sweeps.findings import headline_series, method_sentence, reading_year
from sim.report.sweeps.notebook import lines, long_table, scorecard_table, usual_series
from sim.simulate.arguments import Lang, Whole, Word, checked
from sim.simulate.sweeps.names import called, named_from, named_inputs, series_called
from sim.simulate.sweeps.statistics import bands, correlations_between, points_of, probabilities, rank_correlations


@xr.register_dataset_accessor("sim")  # type: ignore[no-untyped-call, unused-ignore]
class SimAccessor:
    """What can be drawn and summed up of a dataset that `sim.run`, `sim.sweep` or `sim.sensitivity` gave."""

    def __init__(self, dataset: xr.Dataset) -> None:
        self._dataset = dataset

    def __repr__(self) -> str:
        title = self._dataset.attrs.get("title_zh", "")
        about = method_sentence(self._dataset).zh if self._kind == "draws" else _KINDS[self._kind].zh
        return f"<{title}：{about}>"

    @property
    def _kind(self) -> str:
        """draws, indices or run."""
        if "lost" in self._dataset:
            return "draws"
        return "indices" if "kind" in self._dataset.attrs else "run"

    def _only(self, kind: str) -> xr.Dataset:
        if self._kind != kind:
            message = Text("此图表不适用于这份结果", "this does not belong to this dataset")
            raise UsageError(Fault(message, advice=_ADVICE[kind]))
        missing = [name for name in _NEEDED[kind] if name not in self._dataset and name not in self._dataset.dims]
        missing += [] if kind == "indices" or "year" in self._dataset.dims else ["year"]
        if missing:
            shown = ", ".join(missing)
            message = Text(f"这份结果缺少 {shown}", f"this dataset lacks {shown}")
            raise UsageError(Fault(message, advice=_AS_GIVEN))
        return _expanded(self._dataset) if kind == "indices" else self._dataset

    @checked
    def fan(self, *names: Word, lang: Lang = "zh") -> Figure:
        """Fan charts of some series of a sweep; without names, of those that come first."""
        draws = self._only("draws")
        return _plotted(figures.fans(draws, _series(draws, names) or headline_series(draws)), lang)

    @checked
    def chances(self, lang: Lang = "zh") -> Figure:
        """How likely each target is, and all of them together."""
        return _plotted(figures.target_chances(self._only("draws")), lang)

    @checked
    def scatter(self, output: Word, input: Word, year: Whole | None = None, lang: Lang = "zh") -> Figure:  # noqa: A002
        """One input of a sweep against one series in a year, with their rank correlation."""
        draws = self._only("draws")
        names = series_called(draws, output), called(input, named_inputs(draws))
        return _plotted(figures.scatter(draws, *names, year or reading_year(draws)), lang)

    @checked
    def response(self, *names: Word, year: Whole | None = None, lang: Lang = "zh") -> Figure:
        """Medians of some series at the points of a grid or list in a year, over the input that was swept."""
        draws = self._only("draws")
        series = _series(draws, names) or headline_series(draws)
        return _plotted(figures.response(draws, series, year or reading_year(draws)), lang)

    @checked
    def bands(self) -> xr.Dataset:
        """Quantiles, means and standard deviations of every output by year."""
        return bands(self._only("draws"))

    @checked
    def probabilities(self) -> xr.Dataset:
        """The share of the draws that meet each target, and all of them, with Monte-Carlo errors."""
        return probabilities(self._only("draws"))

    @checked
    def correlations(self) -> xr.Dataset:
        """Rank correlations of every input with every output by year."""
        return rank_correlations(self._only("draws"))

    @checked
    def correlations_between(self, year: Whole | None = None) -> xr.DataArray:
        """Rank correlations of the outputs of a year with each other."""
        draws = self._only("draws")
        return correlations_between(draws, year or reading_year(draws))

    @checked
    def points(self) -> xr.Dataset:
        """The values of the inputs at each point of a grid or list."""
        return points_of(self._only("draws"))

    @checked
    def closest(self, output: Word, year: Whole | None = None, lang: Lang = "zh") -> Figure:
        """The inputs that go most closely with one series, by rank correlation."""
        draws = self._only("draws")
        name, correlations = series_called(draws, output), rank_correlations(draws)
        return _plotted(figures.closest(draws, correlations, name, year or reading_year(draws)), lang)

    @checked
    def tornado(self, output: Word, year: Whole, lang: Lang = "zh") -> Figure:
        """The inputs that matter most for one output in a year, by their indices."""
        indices = self._only("indices")
        return _plotted(figures.tornado(indices, called(output, named_from(indices["output"])), year), lang)

    @checked
    def heatmap(self, output: Word, lang: Lang = "zh") -> Figure:
        """What matters for one output, year by year."""
        indices = self._only("indices")
        return _plotted(figures.index_map(indices, called(output, named_from(indices["output"]))), lang)

    @checked
    def lines(self, *names: Word, lang: Lang = "zh") -> Figure:
        """Some series of a central run by year, beside what was published and what the plan asks for."""
        run = self._only("run")
        return _plotted(lines(run, _series(run, names)), lang)

    @checked
    def scorecard(self, lang: Lang = "zh") -> pd.DataFrame:
        """The scorecard of a run as a table."""
        return scorecard_table(self._only("run"), lang)

    @checked
    def table(self, *names: Word, lang: Lang = "zh") -> pd.DataFrame:
        """Some series of a run or sweep as a long table: series, name, unit, year (and draw) and value.

        Without names, those of the headline. A variable without a member in brackets means all of its members. Shares and rates
        are in per cent, as in figures and reports.

        Examples
        --------
        >>> run.sim.table("gdp_nominal", "value_added_nominal[manufacturing]")

        Raises
        ------
        UsageError
            when a series is not there, or the table would not fit into memory.
        """
        dataset = self._only("run" if self._kind == "run" else "draws")
        usual = headline_series(dataset) if self._kind == "draws" else usual_series(dataset)
        return long_table(dataset, _series(dataset, names) or usual, lang)


def _plotted(figure: Record, lang: Language) -> Figure:
    with style.house_style():
        return figure.draw(lang)


def _series(dataset: xr.Dataset, names: tuple[str, ...]) -> list[str]:
    """Series by their names or labels."""
    return [series_called(dataset, name) for name in names]


def _expanded(indices: xr.Dataset) -> xr.Dataset:
    """Indices of which one input, output or year was chosen, with that dimension of one member."""
    return indices.expand_dims([dim for dim in ("input", "output", "year") if dim not in indices.dims])


_NEEDED = {"draws": ("inputs", "met", "lost", "draw"), "indices": (), "run": ("verdict", "target")}
_AS_GIVEN = Text("请用原来的结果，在调用中指明指标和年份", "use the dataset as given; name series and years in the call")
_KINDS: dict[str, Any] = {
    "run": Text("一次确定性运行，含评分表", "a central run with its scorecard"),
    "indices": Text("敏感性指数", "sensitivity indices"),
}
_ADVICE: dict[str, Text] = {
    "draws": Text("请用 sim.sweep 的结果", "use what sim.sweep gave"),
    "indices": Text("请用 sim.sensitivity 的结果", "use what sim.sensitivity gave"),
    "run": Text("请用 sim.run 的结果", "use what sim.run gave"),
}
