"""Names, units and targets of a sweep's draws, from what its dataset says of itself; in two languages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from sim.base.errors import Faults, Place, UsageError
from sim.base.text import Text
from sim.base.units import conversion
from sim.base.words import unit_words, with_unit_text
from sim.model.names import id_of, parted

PERCENT = 100.0
ALL_TARGETS = Text("全部同时实现", "all of them together")


@dataclass(frozen=True)
class Named:
    """A series or an input for people: its name, its unit, and what its values are multiplied by to be in it."""

    key: str
    label: Text
    unit: str
    scale: float = 1.0


def with_unit(named: Named) -> Text:
    """A name with its unit in brackets, if it has one."""
    unit = unit_words(named.unit) if named.unit else Text("", "")
    return Text(with_unit_text(named.label.zh, unit.zh, "zh"), with_unit_text(named.label.en, unit.en, "en"))


@dataclass(frozen=True)
class AskedTarget:
    """A target of the plan as a dataset tells it: what is asked of which variable, in the target's unit.

    `level` is in the variable's own unit, where one is asked for; `since` is the first year of a target that is to be met in
    each year, and `central` its number in the central run.
    """

    id: str
    zh: str
    en: str
    unit: str
    year: int
    operator: str
    value: float
    variable: str = ""
    level: float | None = None
    since: int | None = None
    central: float | None = None

    @property
    def label(self) -> Text:
        """Its name."""
        return Text(self.zh, self.en)

    @property
    def years(self) -> str:
        """The year, or the years in each of which it is to be met."""
        return str(self.year) if self.since is None else f"{self.since}–{self.year}"


def in_percent(key: str, label: Text, unit: str) -> Named:
    """Ratios and rates are shown in per cent, everything else in its own unit."""
    return Named(key, label, _PERCENT_UNITS[unit], PERCENT) if unit in _PERCENT_UNITS else Named(key, label, unit)


_PERCENT_UNITS = {"ratio": "%", "1/a": "%/a"}


def named_series(draws: xr.Dataset, key: str) -> Named:
    """A series by its name, which may hold members in brackets: `value_added_nominal[manufacturing]`.

    It is shown in the unit in which the plan asks for it, where it does.
    """
    name, _, members = key.removesuffix("]").partition("[")
    attributes = draws[name].attrs
    label = Text(str(attributes.get("long_name_zh", name)), str(attributes.get("long_name", name)))
    if members:
        label = label + _members(draws, name, members.split(", "))
    unit = str(attributes.get("units", ""))
    asked = asked_targets(draws) if "met" in draws or "verdict" in draws else []
    wanted = next((item.unit for item in asked if item.variable == key and item.level is not None), unit)
    return in_percent(key, label, unit) if wanted == unit else Named(key, label, wanted, conversion(unit, wanted))


def series_called(dataset: xr.Dataset, written: str) -> str:
    """The name of a series by whatever name it is written, its label and those of its members among them.

    Raises
    ------
    UsageError
        when the label is that of several.
    """
    faults, place = Faults(), Place(key=written)
    labels = {str(name): named_series(dataset, str(name)).label for name in dataset.data_vars}
    name = id_of(written, labels, faults, place)
    if name not in labels:
        head, rest = parted(written)
        name = id_of(head, labels, faults, place)
        if name in labels and rest:
            members = _member_labels(dataset, name)
            inside = [id_of(item.strip(), members, faults, place) for item in re.split("[,，、]", rest)]
            name = f"{name}[{', '.join(inside)}]"
    faults.raise_if_any(UsageError)
    return name if name.partition("[")[0] in labels else written


def _member_labels(dataset: xr.Dataset, name: str) -> dict[str, Text]:
    known: Mapping[str, Mapping[str, Mapping[str, str]]] = json.loads(dataset.attrs["members"])
    return {
        item: Text(words["zh"], words["en"]) for dim in dataset[name].dims for item, words in known.get(str(dim), {}).items()
    }


def called(written: str, named: Mapping[str, Named]) -> str:
    """The key of an input or output by its key or label.

    Raises
    ------
    UsageError
        when the label is that of several.
    """
    faults = Faults()
    key = id_of(written, {key: item.label for key, item in named.items()}, faults, Place(key=written))
    faults.raise_if_any(UsageError)
    return key


def _members(draws: xr.Dataset, name: str, members: list[str]) -> Text:
    """The names of members in brackets."""
    found = _member_labels(draws, name)
    words = [found.get(item, Text(item, item)) for item in members]
    return Text(f"（{'、'.join(word.zh for word in words)}）", f" ({', '.join(word.en for word in words)})")


def named_from(coordinate: xr.DataArray) -> dict[str, Named]:
    """Return what a coordinate says of its members in the attribute `named`."""
    return _named(coordinate, coordinate.attrs["named"])


def named_inputs(draws: xr.Dataset) -> dict[str, Named]:
    """The inputs of a sweep by their keys; factors have the unit ×."""
    return _named(draws["input"], draws["inputs"].attrs["named"])


def _named(coordinate: xr.DataArray, told: str) -> dict[str, Named]:
    known = json.loads(told)
    items = {str(key): known[str(key)] for key in np.atleast_1d(coordinate.to_numpy())}
    return {key: in_percent(key, Text(item["zh"], item["en"]), item["unit"]) for key, item in items.items()}


def asked_targets(draws: xr.Dataset) -> list[AskedTarget]:
    """Return the targets that were judged draw by draw, or by a central run."""
    told = draws["met"] if "met" in draws else draws["verdict"]
    there = {str(name) for name in np.atleast_1d(told["target"].to_numpy())}
    return [AskedTarget(**item) for item in json.loads(told.attrs["asked"]) if item["id"] in there]


def title_of(dataset: xr.Dataset) -> Text:
    """The name of the scenario."""
    return Text(str(dataset.attrs["title_zh"]), str(dataset.attrs["title"]).partition(": ")[2])


def left_out_of(dataset: xr.Dataset) -> Text:
    """Return which draws were left out and where they went wrong; nothing where all were used."""
    return Text(str(dataset.attrs.get("left_out_zh", "")), str(dataset.attrs.get("left_out", "")))


def published_of(draws: xr.Dataset, name: str) -> dict[int, float]:
    """Published values of a variable by year, in its unit."""
    return {int(year): float(value) for year, value in json.loads(draws[name].attrs.get("published", "{}")).items()}
