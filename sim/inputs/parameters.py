"""Parameters: value, unit, range, kind, source with evidence tag. Without a source a parameter does not load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from sim.base.arrays import Dimension
from sim.base.errors import Faults, Place
from sim.base.text import Text
from sim.base.units import checked_unit
from sim.inputs.checked import Record, check_against, fail_if_unknown
from sim.inputs.provenance import BaseOrigin, BasePart, KnownFrom, Whence, borrowed, is_known, own_origin, weakest
from sim.inputs.yaml_file import read_yaml
from sim.inputs.year_path import ValueSpec, YearPath, read_value

ParameterKind = Literal["lever", "assumption", "behaviour", "constant", "ledger"]
Evidence = Literal["V", "M", "D", "A"]


# A YAML list of two numbers; everything else in a record is read strictly.
Span = Annotated[tuple[float, float], Field(strict=False)]


class EarlierBelief(Record):
    """A belief about a parameter before the newer source was published."""

    value: Any
    """A number, one per member, or a path of years."""
    prior: Span | None = None
    """Lowest and highest value of a triangular prior; no narrower than the newer one."""
    common_factor: Span | None = None
    """Lowest and highest common factor on all members; no narrower than the newer one."""
    source: str
    """Citation, or the word assumption followed by its reason."""
    evidence: Evidence = "A"
    """V seen, M literature, D derived, A assumption."""
    known_from: KnownFrom
    """Year in which the source was published, or any."""


class ParameterEntry(Record):
    """One parameter of a model's parameters.yaml."""

    label: Text
    """Name in two languages."""
    unit: str
    """Unit of the value."""
    dims: list[str] = []
    """Dimensions; the value then has a number per member."""
    note: Text | None = None
    """The way in which a value acts, where that does not go without saying: as a part of its own start, say."""
    kind: ParameterKind
    """lever: the bureau decides; assumption: what happens to the city; behaviour: what we believe; constant: fixed;
    ledger: given by the project ledger."""
    value: Any = None
    """A number, one per member, or a path of years. Left out where the city must give it."""
    range: Span | None = None
    """Smallest and largest value that a scenario may give."""
    prior: Span | None = None
    """Lowest and highest value of a triangular prior around the value."""
    common_factor: Span | None = None
    """Lowest and highest common factor on all members, triangular around one."""
    source: str
    """Citation, or the word assumption followed by its reason; `city` where the city gives the value."""
    evidence: Evidence = "A"
    """V seen in a public document, M general knowledge of the literature, D derived by arithmetic, A assumption."""
    known_from: KnownFrom | None = None
    """Year in which the source was published; any for what rests on no datum. Needed where there is a value."""
    of: Whence | None = None
    """Of a level of the base year: whose figures it was taken from, so that it is borrowed everywhere else."""
    earlier: list[EarlierBelief] = []
    """Older beliefs, for runs as of a year in which this one was not known; each wider than the one after it."""


_Belief = ParameterEntry | EarlierBelief


class CityEntry(Record):
    """A city's entry for a parameter that the model declares."""

    value: Any
    """A number, one per member, a path of years, or `history:` with a rule for later years."""
    source: str
    """Citation, or the word assumption followed by its reason."""
    evidence: Evidence
    """V seen, M literature, D derived, A assumption."""
    known_from: KnownFrom | None = None
    """Year in which the source was published; any for what rests on no datum."""
    prior: Span | None = None
    """Lowest and highest value of a triangular prior, where the city's differs."""
    of: Whence | None = None
    """The owner of the figures that it was taken from, where they are not the city's own."""


@dataclass(frozen=True)
class ParameterRecord:
    """A declared parameter with the value it has so far (None until a city gives one).

    `base` says of a level of the base year where each part of its table comes from; it is empty for what is none.
    """

    name: str
    label: Text
    unit: str
    dims: tuple[str, ...]
    kind: ParameterKind
    value: YearPath | None
    range: tuple[float, float] | None
    prior: tuple[float, float] | None
    common_factor: tuple[float, float] | None
    source: str
    evidence: Evidence
    known_from: int | None
    place: Place
    note: Text | None = None
    """The way in which a value acts, where that does not go without saying."""
    of: Whence | None = None
    base: tuple[BasePart, ...] = ()

    @property
    def is_of_base(self) -> bool:
        """It is a level of the base year: built for it, or left to the city, or taken from somebody's figures."""
        return bool(self.base) or self.value is None or self.of is not None

    @property
    def base_origin(self) -> BaseOrigin | None:
        """The weakest origin of its table; None for what is no level of the base year."""
        return weakest(part.origin for part in self.base) if self.base else None


def parameter_files(model: Path) -> list[Path]:
    """The files of a model's parameters: parameters.yaml, and one in the folder `parameters` for each further part."""
    return [model / "parameters.yaml", *sorted((model / "parameters").glob("*.yaml"))]


def read_parameters(
    model: Path, dimensions: Mapping[str, Dimension], years: tuple[int, int], as_of: int | None = None
) -> dict[str, ParameterRecord]:
    """Read the parameters of a model's folder; `years` are the first and the last year that a path may name.

    With `as_of`, each parameter is what was believed then: the newest of its beliefs that was published.

    Raises
    ------
    InputError
        with every fault of every file, such as a parameter of which nothing was known then.
    """
    faults, records = Faults(), dict[str, ParameterRecord]()
    for file in parameter_files(model):
        with faults.gathering():
            document = read_yaml(file)
            for name, raw in document.data.items():
                place = document.place((name,))
                if not str(name).isidentifier() or name == "time":
                    message = Text(f"参数名 {name} 不可用", f"{name} cannot be the name of a parameter")
                    faults.add(message, place, Text("用字母、数字和下划线", "use letters, digits and underscores"))
                    continue
                if name in records:
                    there = records[name].place
                    faults.add(Text(f"参数 {name} 已见于 {there}", f"the parameter {name} stands in {there} already"), place)
                entry = check_against(ParameterEntry, raw, document, faults, (name,))
                if entry is not None and _fits(entry, dimensions, faults):
                    records[name] = _record(name, _as_of(entry, as_of, faults), dimensions, years, faults)
    faults.raise_if_any()
    return records


def _as_of(entry: ParameterEntry, as_of: int | None, faults: Faults) -> ParameterEntry:
    """Return the entry as it was believed then."""
    earlier = sorted(entry.earlier, key=lambda item: item.known_from, reverse=True)
    beliefs: list[_Belief] = [entry, *earlier]
    for newer, older in pairwise(beliefs):
        _fail_if_narrower(older, newer, entry.place(), faults)
    if entry.value is None:
        return entry
    if entry.known_from is None:
        faults.add(Text("没有 known_from", "no known_from"), entry.place(), _KNOWN_FROM)
        return entry
    known = next((item for item in beliefs if is_known(item.known_from, as_of)), None)
    if known is None:
        message = Text(f"{as_of} 年时还没有依据", f"nothing was known of it as of {as_of}")
        faults.add(message, entry.place(), Text("在 earlier 中写明更早的取值", "state an older value under earlier"))
        return entry
    return entry.model_copy(update={name: getattr(known, name) for name in EarlierBelief.model_fields})


_KNOWN_FROM = Text("写来源公布的年份；不依据任何数据的写 any", "the year of publication, or any for what rests on no datum")


def _fail_if_narrower(older: _Belief, newer: _Belief, place: Place, faults: Faults) -> None:
    """Add a fault where who knew less was surer."""
    for name in ("prior", "common_factor"):
        then, now = getattr(older, name), getattr(newer, name)
        if now is not None and (then is None or then[1] - then[0] < now[1] - now[0]):
            message = Text(f"更早的 {name} 比现在的窄", f"the earlier {name} is narrower than the newer one")
            faults.add(message, place, Text("放宽更早的先验", "widen the earlier prior"))


def _fits(entry: ParameterEntry, dimensions: Mapping[str, Dimension], faults: Faults) -> bool:
    before, place = len(faults.found), entry.place()
    checked_unit(entry.unit, place, faults)
    fail_if_unknown(entry.dims, dimensions, Text("未知维度 {}", "unknown dimension {}"), place, faults)
    if len(set(entry.dims)) < len(entry.dims):
        faults.add(Text("维度重复", "a dimension stands twice"), place)
    if not entry.source.strip():
        faults.add(Text("没有来源", "no source"), place)
    return len(faults.found) == before


_AS_DECLARED = ("label", "unit", "kind", "range", "prior", "common_factor", "source", "evidence", "known_from", "note", "of")


def _record(
    name: str, entry: ParameterEntry, dimensions: Mapping[str, Dimension], years: tuple[int, int], faults: Faults
) -> ParameterRecord:
    target = ValueSpec(entry.unit, tuple(dimensions[dim] for dim in entry.dims), *years)
    value = None if entry.value is None else read_value(entry.value, target, faults, entry.place("value"))
    declared: dict[str, Any] = {key: getattr(entry, key) for key in _AS_DECLARED}
    record = ParameterRecord(**declared, name=name, dims=tuple(entry.dims), value=value, place=entry.place())
    if value is not None:
        check_range(record, value, faults, record.place)
    return record


def check_range(record: ParameterRecord, value: YearPath, faults: Faults, place: Place) -> None:
    """Add a fault when a value lies outside the declared range."""
    if record.range is None:
        return
    low, high = record.range
    for array in value.everything():
        wrong = array[(array < low) | (array > high)]
        if wrong.size:
            given, span = f"{float(np.ravel(wrong)[0]):g}", f"{low:g} … {high:g}"
            message = Text(f"{given} 超出范围 {span}（{record.unit}）", f"{given} lies outside {span} ({record.unit})")
            faults.add(message, place)
            return


def with_value(record: ParameterRecord, entry: CityEntry, value: YearPath) -> ParameterRecord:
    """Return the record with a city's value, source and evidence."""
    origin = own_origin(entry.evidence) if entry.of is None else borrowed(entry.of.text)
    return replace(
        record,
        value=value,
        source=entry.source,
        evidence=entry.evidence,
        known_from=entry.known_from,
        prior=entry.prior or record.prior,
        common_factor=record.common_factor if entry.prior is None else None,
        base=_stated(value, origin) if record.is_of_base else (),
    )


def of_model(record: ParameterRecord, city: str) -> ParameterRecord:
    """Return the record of a level of the base year that the city leaves as the model has it: borrowed but from itself."""
    if record.of is None or record.base or record.value is None:
        return record
    origin = own_origin(record.evidence) if record.of.city == city else borrowed(record.of.text)
    return replace(record, base=_stated(record.value, origin))


def _stated(value: YearPath, origin: BaseOrigin) -> tuple[BasePart, ...]:
    """All cells of a value, of one origin."""
    return (BasePart(np.ones(value.before.shape, dtype=bool), origin),)
