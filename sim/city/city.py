"""Open a city: its model, its statistics as far as they were known, the tables of its base year, its plan; all checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from sim.base.arrays import Values
from sim.base.cache import digest, kept
from sim.base.errors import MISTAKES_IN_CODE, Fault, InputError, Place, nearest, reason_of
from sim.base.processes import timed
from sim.base.text import Text
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock, central_run
from sim.engine.kernel import kernel_for
from sim.engine.links import Loop, read_loops
from sim.engine.watch import fail_if_unfit
from sim.inputs.base_year import BaseCell, BaseYear, Reference, fail_if_settings_wrong
from sim.inputs.city import FARTHEST_YEAR, FIRST_YEAR, CityData, CityFile, history_of, read_city, read_city_file, settings_of
from sim.inputs.files import is_file, is_folder
from sim.inputs.history import History
from sim.inputs.home import Home
from sim.inputs.indicators import Indicators, read_indicators
from sim.inputs.ledger import Ledger, LedgerNames
from sim.inputs.ledger_table import fail_if_no_signings, read_ledger
from sim.inputs.model_files import Checks, PublishedCheck, read_checks, read_published, read_units
from sim.inputs.outline import Outline, Quantities, read_outline
from sim.inputs.parameters import ParameterRecord, parameter_files, read_parameters
from sim.inputs.plausible import fail_if_reference_wrong
from sim.inputs.provenance import BaseOrigin, weakest
from sim.inputs.targets import Catalogue, read_catalogue
from sim.model.binding import own_values
from sim.model.declarations import load_base_year, load_model
from sim.model.graph import Graph, Parameter, build_graph, check_units
from sim.model.names import Labels, ModelNames, read_labels
from sim.plan.base_origin import Bases, bases_of
from sim.plan.consistency import fail_if_bindings_wrong, fail_if_checks_wrong
from sim.result.dataset import shown_unit

NATION_FOLDER = "china"
"""Folder of the nation's statistics in a model's `reference`."""


@dataclass(frozen=True, repr=False, eq=False)
class City:
    """A city and its model, read and checked: everything that scenarios of this city share."""

    home: Home
    data: CityData
    graph: Graph
    labels: Labels
    catalogue: Catalogue
    ledger: Ledger
    checks: tuple[PublishedCheck, ...]
    identities: Checks
    loops: tuple[Loop, ...]
    as_of: int | None = None
    """The year whose bulletin is the last that is known; all that is there where it is None."""
    outline: Outline = field(default_factory=Outline)
    """The outline of the model's reports."""

    @property
    def known_to(self) -> int:
        """The year up to which published figures are known: the as-of year, else the latest that has any."""
        if self.as_of is not None:
            return self.as_of
        own = (datum.year for datum in self.data.history.data if datum.region == self.data.key)
        return max(own, default=self.data.settings.base_year)

    @cached_property
    def bases(self) -> Bases:
        """The origins of the bases of the plan's targets."""
        return bases_of(self.data, self.graph, self.catalogue)

    @property
    def names(self) -> ModelNames:
        """Parameters, variables and members by whatever name they are written."""
        return ModelNames(self.data.parameters, self.graph, self.labels)

    @property
    def model_folder(self) -> Path:
        """The folder of the city's model."""
        return self.home.models / self.data.settings.model


@timed
def open_city(home: Home, name: str, base_year: int | None = None, as_of: int | None = None) -> City:
    """Read a city with its model, at its own base year or another, with all that is known or what was known as of a year.

    Raises
    ------
    SimError
        with every fault of the model, the city's data and its plan.
    """
    folder = home.city_folder(name)
    settings = read_city_file(folder)
    model = home.models / settings.model
    _fail_if_province_unknown(folder, model, settings)
    graph = open_graph(model, settings)
    declared = read_parameters(model, dict(graph.dimensions), (FIRST_YEAR, FARTHEST_YEAR), as_of)
    indicators = read_indicators(model / "indicators.yaml")
    history = history_of(folder, model, settings.named_regions, indicators)
    owners = (settings.province, NATION_FOLDER) if settings.province else (NATION_FOLDER,)
    reference = Reference(tuple(model / "reference" / owner for owner in owners), as_of, indicators)
    fail_if_reference_wrong(reference.folders, indicators)
    settings_file, defaults = folder / "base_year" / "settings.yaml", model / "base_year" / "defaults.yaml"
    fail_if_settings_wrong(settings_file, defaults, declared, indicators)
    opening = _Opening(folder, model, settings, history.as_of(as_of), reference, graph, declared, as_of)
    catalogue = read_catalogue(folder / "plan", settings.named_regions)
    labels = read_labels(model / "labels.yaml", graph, _own_members(settings))
    city = City(
        home=home,
        data=opening.city_at(base_year or settings.base_year),
        graph=graph,
        labels=labels,
        catalogue=catalogue,
        ledger=read_ledger(folder, model, _names_of(graph)),
        checks=read_published(model / "published.yaml"),
        identities=read_checks(model / "checks.yaml"),
        loops=read_loops(model / "loops.yaml", graph),
        as_of=as_of,
        outline=read_outline(model / "report.yaml", _known(graph, labels, indicators)),
    )
    fail_if_no_signings(folder / "arrivals.csv", city.ledger.inflows, graph.parameters)
    fail_if_bindings_wrong(city.catalogue, graph, history, city.ledger, settings.group_members)
    fail_if_unfit(city.identities, graph)
    fail_if_checks_wrong(city.checks, graph, history, indicators.by_name)
    documents = {name: item.year for name, item in catalogue.documents.items()}
    return replace(city, ledger=city.ledger.as_of(documents, as_of))


def _own_members(settings: CityFile) -> dict[str, dict[str, Text]]:
    """Names of the members that the city gives to dimensions."""
    return {"region": dict(settings.regions), "district": dict(settings.parts)}


def _known(graph: Graph, labels: Labels, indicators: Indicators) -> Quantities:
    """The names that report.yaml may use."""
    dims = {name: item.dims for name, item in graph.quantities.items()}
    units = {name: shown_unit(name, item, labels) for name, item in graph.quantities.items()}
    members = {name: dimension.members for name, dimension in graph.dimensions.items()}
    return Quantities(dims, units, members, {name: item.unit for name, item in indicators.by_name.items()})


def _names_of(graph: Graph) -> LedgerNames:
    """The names that a ledger may use."""
    members = {name: dimension.members for name, dimension in graph.dimensions.items()}
    quantities = (*graph.parameters, *graph.quantities)
    return LedgerNames(members.get("district", ()), members.get("branch", ()), members.get("kind", ()), quantities)


@dataclass(frozen=True)
class _Opening:
    """The material that a city is opened from: of history and model parameters only what was known as of the year."""

    folder: Path
    model: Path
    settings: CityFile
    history: History
    reference: Reference
    graph: Graph
    declared: Mapping[str, ParameterRecord]
    as_of: int | None

    def city_at(self, base_year: int) -> CityData:
        """The city at a base year. What no statistics print for a later one than its own, the model carries forward."""
        self._fail_if_no_figures(base_year)
        carried: Mapping[str, Values] = {}
        origins: Mapping[str, BaseOrigin] = {}
        own = self.settings.base_year
        if base_year > own and (self.as_of is None or self.as_of >= own):
            earlier = self.city_at(own)
            carried = _carried(earlier, self.graph, base_year)
            # What is carried is no better than it was then, and a figure of that year at best.
            then = BaseOrigin("near", (own,))
            origins = {name: weakest((then, *(part.origin for part in earlier.parameters[name].base))) for name in carried}
        base = BaseYear(
            city=self.folder.name,
            year=base_year,
            last_year=self.settings.last_year,
            history=self.history,
            settings=settings_of(self.folder, self.model, base_year, self.as_of),
            reference=self.reference,
            parameters=self.declared,
            carried=carried,
            carried_origins=origins,
        )
        rows = _rows(self.model, base, self.folder)
        dimensions = dict(self.graph.dimensions)
        return read_city(self.folder, self.settings, base_year, self.declared, dimensions, self.history, rows, self.as_of)

    def _fail_if_no_figures(self, base_year: int) -> None:
        """Raise where no year is left to run, or an indicator without which there is no base year has no figure of it."""
        if base_year >= self.settings.last_year:
            zh = f"{base_year} 年不能作基年：城市的数据只到 {self.settings.last_year} 年"
            message = Text(zh, f"{base_year} cannot be a base year: the city runs up to {self.settings.last_year} only")
            raise InputError(Fault(message, Place(self.folder / "city.yaml", key="base_year")))
        for indicator in self.reference.indicators.by_name.values():
            known = self.history.series(indicator.name, self.folder.name)
            if indicator.base and base_year not in known:
                years = [str(year) for year in known if year < self.settings.last_year]
                zh = f"{base_year} 年不能作基年：没有该年的{indicator.zh}"
                message = Text(zh, f"{base_year} cannot be a base year: history.csv holds no {indicator.en} of it")
                place = Place(self.folder / "history.csv", key="base_year")
                raise InputError(Fault(message, place, nearest(str(base_year), years)))


def _fail_if_province_unknown(folder: Path, model: Path, settings: CityFile) -> None:
    known = sorted(item.name for item in (model / "reference").glob("*") if is_folder(item))
    if settings.province and settings.province not in known:
        message = Text(f"没有省份 {settings.province} 的统计", f"no statistics of a province {settings.province}")
        raise InputError(Fault(message, Place(folder / "city.yaml", key="province"), nearest(settings.province, known)))


def _rows(model: Path, base: BaseYear, folder: Path) -> list[BaseCell]:
    """The rows of a base year, from the cache when nothing that they are built from has changed."""
    places = [model / "base_year", model / "reference", folder / "base_year"]
    inside = [file for place in places for file in sorted(place.rglob("*")) if is_file(file) and file.suffix != ".pyc"]
    declared = [*parameter_files(model), model / "indicators.yaml", model / "breaks.yaml"]
    files = [*inside, *declared, folder / "breaks.yaml", folder / "history.csv"]
    contents = [file.read_bytes() for file in (*files, folder / "sources.yaml", folder / "city.yaml") if is_file(file)]
    carried = repr(sorted((name, value.tolist(), base.carried_origins[name]) for name, value in base.carried.items()))
    names = repr((str(folder), base.year, base.last_year, base.reference.as_of, carried))
    return kept("base", digest([names.encode(), *contents]), lambda: _built(model, base, folder))


def _built(model: Path, base: BaseYear, folder: Path) -> list[BaseCell]:
    """The rows of a base year. Where statistics of the year or of those before are missing, this year can be no base year."""
    build = load_base_year(model)
    try:
        return build(base)
    except MISTAKES_IN_CODE as error:
        message = Text(f"{base.year} 年不能作基年：", f"{base.year} cannot be a base year: ") + reason_of(error)
        advice = Text(
            f"补上该年及此前数年的统计；若数据齐全，则是 {model.name}/base_year 的代码有误",
            f"add statistics of that year and of those before; if none is missing, the code of {model.name}/base_year is wrong",
        )
        raise InputError(Fault(message, Place(folder / "history.csv"), advice)) from error


def _carried(city: CityData, graph: Graph, year: int) -> dict[str, Values]:
    """Stocks at the end of a year as the city's own values leave them, by the parameter that gives the stock at the start."""
    stocks = {item.initial: name for name, item in graph.stocks.items() if isinstance(item.initial, str)}
    wanted = {parameter: stock for parameter, stock in stocks.items() if parameter in city.parameters}
    bound = own_values(city)
    kernel = kernel_for(graph, KernelRequest(tuple(wanted.values()), frozenset(), bound.yearly))
    *_, last = central_run(kernel, Clock(city.settings.base_year + 1, year), bound)
    return {parameter: last.values[stock][..., 0] for parameter, stock in wanted.items()}


def open_graph(model: Path, settings: CityFile) -> Graph:
    """The graph of a model for a city's regions, units checked; from the cache when no file of the model has changed.

    Raises
    ------
    ModelError
        with every fault of the model's equations.
    """
    read_units(model / "units.yaml")
    key = model_key(model, settings)
    return kept("graph", key, lambda: replace(_traced(model, settings), key=key))


def model_key(model: Path, settings: CityFile) -> str:
    """The hash of everything that a graph depends on: equations, parameters, regions and years."""
    files = [*sorted(model.glob("*.py")), *parameter_files(model), model / "units.yaml"]
    contents = [file.read_bytes() for file in files if is_file(file)]
    names = repr(
        (str(model), [file.name for file in files], tuple(settings.regions), tuple(settings.parts), settings.last_year)
    )
    return digest([names.encode(), *contents])


def _traced(model: Path, settings: CityFile) -> Graph:
    source = load_model(model)
    own = _own_members(settings)
    dimensions = [replace(item, members=tuple(own[item.name])) if item.name in own else item for item in source.dimensions]
    by_name = {dimension.name: dimension for dimension in dimensions}
    declared = read_parameters(model, by_name, (FIRST_YEAR, FARTHEST_YEAR))
    parameters = [
        Parameter(item.name, item.unit, item.dims, item.range is not None and item.range[0] > 0.0) for item in declared.values()
    ]
    graph = build_graph(source.declarations, dimensions, parameters)
    check_units(graph)
    return graph
