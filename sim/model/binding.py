"""Bind a scenario to a city: which parameter or variable each change means, with every fault of names, sections and values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from sim.base.arrays import Values
from sim.base.errors import Fault, Faults, InputError, nearest
from sim.base.text import Text
from sim.base.units import conversion
from sim.inputs.city import CityData
from sim.inputs.parameters import ParameterRecord, check_range
from sim.inputs.scenario import Change, Scenario
from sim.inputs.scenario_file import SECTION_OF_KIND
from sim.inputs.year_path import OF_A_PATH, ValueSpec, YearPath, names_years, read_value, replaces
from sim.model.graph import Graph
from sim.model.names import ModelNames

_SECTION_NAMES = {
    "levers": Text("levers（政策杠杆）", "levers"),
    "assumptions": Text("assumptions（外部假设）", "assumptions"),
    "behaviour": Text("behaviour（行为参数）", "behaviour"),
}


NOISE = "noise:"
SILENCE = np.zeros(1)


@dataclass(frozen=True)
class BoundValues:
    """All exogenous values of a run, the variables that are given, and what the scenario changed."""

    values: Mapping[str, YearPath]
    given: frozenset[str]
    resolved: tuple[Change, ...]

    @property
    def given_from(self) -> dict[str, int | None]:
        """The first year of each variable that is given; None where no year is before it."""
        paths = {name: self.values[name] for name in sorted(self.given)}
        return {name: path.years[0] if np.isnan(path.before).any() else None for name, path in paths.items()}

    @property
    def drawn(self) -> frozenset[str]:
        """Nothing differs from draw to draw: these are the central values."""
        return frozenset()

    @property
    def yearly(self) -> frozenset[str]:
        """Names whose value changes from year to year."""
        return frozenset(name for name, path in self.values.items() if not path.is_constant)

    def value(self, name: str, year: int) -> Values:
        """The value of a calendar year with one draw: an array [dims..., 1]. Noise is zero."""
        return SILENCE if name.startswith(NOISE) else self.values[name].at(year)[..., np.newaxis]


def own_values(city: CityData) -> BoundValues:
    """The values of a city itself, without a scenario."""
    return BoundValues(
        {name: record.value for name, record in city.parameters.items() if record.value is not None}, frozenset(), ()
    )


def bind(scenario: Scenario, city: CityData, graph: Graph, names: ModelNames) -> BoundValues:
    """Lay a scenario's changes over a city's values.

    Raises
    ------
    InputError
        with every unknown name, wrong section, wrong value, value outside its range and year outside the city's horizon.
    """
    return bound_further(own_values(city), scenario.changes, city, graph, names, scenario.dormant)


def bound_further(
    bound: BoundValues,
    changes: Iterable[Change],
    city: CityData,
    graph: Graph,
    names: ModelNames,
    dormant: Iterable[Change] = (),
) -> BoundValues:
    """Lay further changes over values that are bound; those that lie `dormant` are only checked.

    Raises
    ------
    InputError
        with every fault of the changes.
    """
    binder = _Binder(city, graph, names, (*city.years, city.first_year), Faults())
    values, resolved, given = dict(bound.values), list(bound.resolved), set(bound.given)
    for change in changes:
        with binder.faults.gathering():
            outcome = binder.resolve(change, values)
            if outcome is not None:
                resolved.append(outcome)
                values[outcome.name] = outcome.after
                given |= {outcome.name} if outcome.section == "given" else set()
    for change in dormant:
        with binder.faults.gathering():
            binder.resolve(change, values)
    binder.faults.raise_if_any(InputError)
    return BoundValues(values, frozenset(given), tuple(resolved))


@dataclass(frozen=True)
class _Binder:
    city: CityData
    graph: Graph
    names: ModelNames
    years: tuple[int, int, int]
    faults: Faults

    def resolve(self, change: Change, values: Mapping[str, YearPath]) -> Change | None:
        """The change as it takes effect; None where its value is at fault.

        Raises
        ------
        InputError
            when it cannot be meant for anything.
        """
        name, _, member = change.name.partition(".")
        if change.section == "given":
            return self._given(change, values)
        record = self.city.parameters.get(name)
        if record is None and name in self.graph.quantities:
            message = Text(f"{name} 是模型算出的变量", f"{name} is computed by the model")
            advice = Text("若要给定它的数值，请写入 given 一节", "to give it a value, write it in the section given")
            raise InputError(Fault(message, change.place, advice))
        if record is None:
            known = self.names.parameters(change.section)
            message = Text(f"未知参数 {name}", f"unknown parameter {name}")
            raise InputError(Fault(message, change.place, nearest(name, known, known)))
        section = _section_of(change, record)
        raw = _of_member(change.raw, member) if member else change.raw
        target = self._target(record.unit, record.dims)
        begins = target.base_year + 1 if record.kind == "lever" else None  # no policy changes the base year
        after = read_value(raw, target, self.faults, change.place, values[name], begins)
        if after is None:
            return None
        check_range(record, after, self.faults, change.place)
        bound = replace(change, section=section, name=name, raw=raw)
        return replace(bound, label=record.label, unit=record.unit, before=values[name], after=after)

    def _target(self, unit: str, dims: tuple[str, ...]) -> ValueSpec:
        return ValueSpec(unit, tuple(self.graph.dimensions[dim] for dim in dims), *self.years)

    def _given(self, change: Change, values: Mapping[str, YearPath]) -> Change | None:
        known = self.graph.quantities
        if change.name not in known:
            message = Text(f"模型没有变量 {change.name}", f"the model has no variable {change.name}")
            raise InputError(Fault(message, change.place, nearest(change.name, known, self.names.variables)))
        item, before = known[change.name], values.get(change.name)
        raw = _value_in_own_unit(change, item.unit)
        earlier = None if replaces(raw) else before
        after = read_value(raw, self._target(item.unit, item.dims), self.faults, change.place, earlier)
        if after is None:
            return None
        if earlier is None and not after.is_constant and after.shape != "hold":
            after = replace(after, before=np.full_like(after.before, np.nan))  # until then the model says it
        if change.name in self.graph.stocks and any((array <= 0).any() for array in after.everything()):
            message = Text(f"存量 {change.name} 须大于零", f"the stock {change.name} must be above zero")
            raise InputError(Fault(message, change.place))
        return replace(change, label=self.names.variables[change.name], unit=item.unit, before=before, after=after)


def _section_of(change: Change, record: ParameterRecord) -> str:
    """The section in which a parameter may be set, which must be that of the change where it names one."""
    section = SECTION_OF_KIND.get(record.kind)
    if section is None:
        raise InputError(Fault(Text(f"{record.name} 是固定值，不能改动", f"{record.name} is fixed"), change.place))
    if change.section not in {"", section}:
        right = _SECTION_NAMES[section]
        message = Text(f"{record.name} 应写在 {right.zh}", f"{record.name} belongs in {right.en}")
        raise InputError(Fault(message, change.place))
    return section


def _value_in_own_unit(change: Change, unit: str) -> object:
    raw = change.raw
    if not isinstance(raw, dict) or "value" not in raw:
        message = Text("given 中须写明 value 和 unit", "in given, state value and unit")
        raise InputError(Fault(message, change.place, Text(f"单位为 {unit}", f"the unit is {unit}")))
    extra = sorted(set(raw) - {"value", "unit"})
    if extra:
        raise InputError(Fault(Text(f"未知键 {extra[0]}", f"unknown key {extra[0]}"), change.place))
    have = str(raw.get("unit"))
    try:
        is_own = conversion(have, unit) == 1.0
    except ValueError as error:
        message = Text(f"单位 {have} 不符", f"the unit {have} does not fit")
        raise InputError(Fault(message, change.place, Text(f"应为 {unit}", f"it is {unit}"))) from error
    value: object = raw["value"]
    return value if is_own else _in_unit(value, have)


def _of_member(raw: object, member: str) -> object:
    """Return what is said of one member in the form that it has when said of a parameter with members."""
    if not isinstance(raw, Mapping) or not names_years(raw):
        return {member: raw}
    return {key: value if key in OF_A_PATH else {member: value} for key, value in raw.items()}


def _in_unit(raw: object, unit: str) -> object:
    """Numbers without a unit, with the one that is stated for all of them."""
    if isinstance(raw, Mapping):
        return {key: value if key in OF_A_PATH else _in_unit(value, unit) for key, value in raw.items()}
    return f"{raw!r} {unit}" if isinstance(raw, int | float) and not isinstance(raw, bool) else raw


def shown(path: YearPath | None, base_year: int) -> str:
    """A value as one line for tables: a number, members in a row, or years with values."""
    if path is None:
        return "—"
    if path.is_constant:
        return numbers_text(path.before)
    begun = path.shape == "hold" or base_year in path.years or bool(np.isnan(path.before).any())
    first = max(path.years[0] - 1, base_year) if path.shape == "ramp" else base_year
    points = [] if begun else [(first, path.at(first))]
    points += [(year, array) for year, array in zip(path.years, path.arrays, strict=True) if begun or year > first]
    text = ", ".join(f"{year}: {numbers_text(array)}" for year, array in points)
    return text if path.shape == "step" else f"{text} ({path.shape})"


def numbers_text(array: Values) -> str:
    """An array in a row: one number where all members are alike."""
    flat = array.ravel()
    if flat.size == 0:
        return ""
    if np.all(flat == flat[0]):
        return f"{flat[0]:.6g}"
    return "[" + ", ".join(f"{value:.6g}" for value in flat[:8]) + (", …" if flat.size > 8 else "") + "]"  # noqa: PLR2004
