"""`.sim` on datasets of runs, sweeps and indices: figures, bands, chances, correlations, scorecard; `lang` is zh or en."""

from __future__ import annotations

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from sim.report.sweeps import figures
from sim.report.sweeps.findings import headline_series, reading_year
from sim.report.sweeps.notebook import about, kind_of, lines, long_table, named, of_kind, plotted, scorecard_table, usual_series
from sim.simulate.arguments import Lang, Whole, Word, checked
from sim.simulate.sweeps.names import called, named_from, named_inputs, series_called
from sim.simulate.sweeps.statistics import bands, correlations_between, points_of, probabilities, rank_correlations


@xr.register_dataset_accessor("sim")  # type: ignore[no-untyped-call, unused-ignore]
class SimAccessor:
    """Figures and tables of a dataset that `sim.run`, `sim.sweep` or `sim.sensitivity` gave."""

    def __init__(self, dataset: xr.Dataset) -> None:
        self._dataset = dataset

    def __repr__(self) -> str:
        title = self._dataset.attrs.get("title_zh", "")
        return f"<{title}：{about(self._dataset).zh}>"

    @checked
    def fan(self, *names: Word, lang: Lang = "zh") -> Figure:
        """Draw fan charts of some series of a sweep.

        Parameters
        ----------
        names
            Series, a member in brackets: `value_added_nominal[manufacturing]`; without names, the first ones.

        Returns
        -------
        matplotlib.figure.Figure
            Bands of 90, 80 and 50 % of the draws by year, in the unit of each series.

        Raises
        ------
        UsageError
            when the dataset is of another kind, or a name or year is not in it.

        Examples
        --------
        >>> draws.sim.fan("gdp_nominal", lang="en")
        <HouseFigure size ...>
        """
        draws = of_kind(self._dataset, "draws")
        return plotted(figures.fans(draws, named(draws, names) or headline_series(draws)), lang)

    @checked
    def chances(self, lang: Lang = "zh") -> Figure:
        """Draw the chance of each target, and of all of them together.

        Returns
        -------
        matplotlib.figure.Figure
            A bar a target with its Monte-Carlo error, in per cent of the draws.

        Raises
        ------
        UsageError
            when the dataset is of another kind, or lacks what is needed.

        Examples
        --------
        >>> draws.sim.chances(lang="en")
        <HouseFigure size ...>
        """
        return plotted(figures.target_chances(of_kind(self._dataset, "draws")), lang)

    @checked
    def scatter(self, output: Word, input: Word, year: Whole | None = None, lang: Lang = "zh") -> Figure:  # noqa: A002
        """Draw one input of a sweep against one series in a year, with their rank correlation.

        Parameters
        ----------
        output, input, year
            A series and an input, by name or label, and a year, by default that of the first target.

        Returns
        -------
        matplotlib.figure.Figure
            A point a draw, in the units of the two.

        Raises
        ------
        UsageError
            when the dataset is of another kind, or a name or year is not in it.

        Examples
        --------
        >>> draws.sim.scatter("gdp_nominal", "external_demand_lead", 2030)
        <HouseFigure size ...>
        """
        draws = of_kind(self._dataset, "draws")
        names = series_called(draws, output), called(input, named_inputs(draws))
        return plotted(figures.scatter(draws, *names, year or reading_year(draws)), lang)

    @checked
    def response(self, *names: Word, year: Whole | None = None, lang: Lang = "zh") -> Figure:
        """Draw medians of some series at the points of a grid or list, over the swept input.

        Parameters
        ----------
        names, year
            Series, a member in brackets; without names, the first ones. A year, by default that of the first target.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        UsageError
            when the dataset is of another kind, or a name or year is not in it.

        Examples
        --------
        >>> grid.sim.response("rd_intensity", year=2025)
        <HouseFigure size ...>
        """
        draws = of_kind(self._dataset, "draws")
        series = named(draws, names) or headline_series(draws)
        return plotted(figures.response(draws, series, year or reading_year(draws)), lang)

    @checked
    def bands(self) -> xr.Dataset:
        """Sum up every output by year.

        Returns
        -------
        xarray.Dataset
            Quantiles [quantile, year, dimensions of the output]; means and deviations with `_mean` and `_sd`; in its unit.

        Raises
        ------
        UsageError
            when the dataset is of another kind, or lacks what is needed.

        Examples
        --------
        >>> draws.sim.bands()["gdp_nominal"].dims
        ('quantile', 'year', 'region')
        """
        return bands(of_kind(self._dataset, "draws"))

    @checked
    def probabilities(self) -> xr.Dataset:
        """Return the share of the draws that meet each target, and all of them.

        Returns
        -------
        xarray.Dataset
            `probability` and `error` along target, `joint` and `joint_error` of all together, between zero and one.

        Raises
        ------
        UsageError
            when the dataset is of another kind, or lacks what is needed.

        Examples
        --------
        >>> chances = draws.sim.probabilities()
        >>> bool((chances["joint"] <= chances["probability"]).all())
        True
        """
        return probabilities(of_kind(self._dataset, "draws"))

    @checked
    def correlations(self) -> xr.Dataset:
        """Correlate every input with every output by year.

        Returns
        -------
        xarray.Dataset
            Spearman's coefficients [input, year, dimensions of the output] by the name of the output.

        Raises
        ------
        UsageError
            when the dataset is of another kind, or lacks what is needed.

        Examples
        --------
        >>> draws.sim.correlations()["gdp_nominal"].dims
        ('input', 'year', 'region')
        """
        return rank_correlations(of_kind(self._dataset, "draws"))

    @checked
    def correlations_between(self, year: Whole | None = None) -> xr.DataArray:
        """Correlate the outputs of a year with each other.

        Parameters
        ----------
        year
            The year that is read; by default that of the first target.

        Returns
        -------
        xarray.DataArray
            Spearman's coefficients [series, other].

        Raises
        ------
        UsageError
            when the dataset is of another kind, or a name or year is not in it.

        Examples
        --------
        >>> draws.sim.correlations_between(2030).dims
        ('series', 'other')
        """
        draws = of_kind(self._dataset, "draws")
        return correlations_between(draws, year or reading_year(draws))

    @checked
    def points(self) -> xr.Dataset:
        """Return the values of the inputs at each point of a grid or list.

        Returns
        -------
        xarray.Dataset
            The inputs along point, in their units.

        Raises
        ------
        UsageError
            when the dataset is of another kind, or lacks what is needed.

        Examples
        --------
        >>> grid.sim.points()["rd_policy"].values.tolist()
        [0.0, 0.01]
        """
        return points_of(of_kind(self._dataset, "draws"))

    @checked
    def closest(self, output: Word, year: Whole | None = None, lang: Lang = "zh") -> Figure:
        """Draw the inputs that go most closely with one series, by rank correlation.

        Parameters
        ----------
        output, year
            A series, by name or label, and a year, by default that of the first target.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        UsageError
            when the dataset is of another kind, or a name or year is not in it.

        Examples
        --------
        >>> draws.sim.closest("gdp_nominal", 2030, lang="en")
        <HouseFigure size ...>
        """
        draws = of_kind(self._dataset, "draws")
        name, correlations = series_called(draws, output), rank_correlations(draws)
        return plotted(figures.closest(draws, correlations, name, year or reading_year(draws)), lang)

    @checked
    def tornado(self, output: Word, year: Whole, lang: Lang = "zh") -> Figure:
        """Draw the inputs that matter most for one output in a year, by their indices.

        Parameters
        ----------
        output, year
            An analysed output and a year.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        UsageError
            when the dataset is of another kind, or a name or year is not in it.

        Examples
        --------
        >>> indices.sim.tornado("rd_intensity", 2030)
        <HouseFigure size ...>
        """
        indices = of_kind(self._dataset, "indices")
        return plotted(figures.tornado(indices, called(output, named_from(indices["output"])), year), lang)

    @checked
    def heatmap(self, output: Word, lang: Lang = "zh") -> Figure:
        """Draw a map of the indices of one output by input and year.

        Parameters
        ----------
        output
            An analysed output.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        UsageError
            when the dataset is of another kind, or a name or year is not in it.

        Examples
        --------
        >>> indices.sim.heatmap("rd_intensity")
        <HouseFigure size ...>
        """
        indices = of_kind(self._dataset, "indices")
        return plotted(figures.index_map(indices, called(output, named_from(indices["output"]))), lang)

    @checked
    def lines(self, *names: Word, lang: Lang = "zh") -> Figure:
        """Draw some series of a central run by year, beside published figures and targets.

        Parameters
        ----------
        names
            Series, a member in brackets: `value_added_nominal[manufacturing]`; without names, the first ones.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        UsageError
            when the dataset is of another kind, or a name or year is not in it.

        Examples
        --------
        >>> run.sim.lines("gdp_nominal", lang="en")
        <HouseFigure size ...>
        """
        run = of_kind(self._dataset, "run")
        return plotted(lines(run, named(run, names)), lang)

    @checked
    def scorecard(self, lang: Lang = "zh") -> pd.DataFrame:
        """Return the scorecard of a run as a table.

        Returns
        -------
        pandas.DataFrame
            A row a target: plan, projection and gap in the unit of the target, verdict, probability.

        Raises
        ------
        UsageError
            when the dataset is of another kind, or lacks what is needed.

        Examples
        --------
        >>> run.sim.scorecard("en").columns.tolist()
        ['target', 'year', 'unit', 'plan', 'projected', 'gap', 'verdict', 'probability']
        """
        return scorecard_table(of_kind(self._dataset, "run"), lang)

    @checked
    def table(self, *names: Word, lang: Lang = "zh") -> pd.DataFrame:
        """Return some series of a run or sweep as a long table.

        Parameters
        ----------
        names
            Series, a member in brackets, without which all are meant; without names, the headline.

        Returns
        -------
        pandas.DataFrame
            Columns series, name, unit, year (of a sweep draw, too) and value; shares and rates in per cent.

        Raises
        ------
        UsageError
            when a series is not there, or the table would not fit into memory.

        Examples
        --------
        >>> run.sim.table("gdp_nominal", "value_added_nominal[manufacturing]", lang="en")["unit"].unique().tolist()
        ['CNY 100m']
        """
        dataset = of_kind(self._dataset, "run" if kind_of(self._dataset) == "run" else "draws")
        usual = headline_series(dataset) if kind_of(self._dataset) == "draws" else usual_series(dataset)
        return long_table(dataset, named(dataset, names) or usual, lang)
