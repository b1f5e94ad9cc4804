"""The cities of a panel as folders of a scratch home, beside a copy of the model, so that they open like any city."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from sim.base.durable import scratch_folder
from sim.base.errors import os_faults
from sim.base.text import Text
from sim.inputs.city import read_city_file
from sim.inputs.history import BreakEntry
from sim.inputs.home import Home, default_city
from sim.inputs.indicators import Indicators, read_indicators
from sim.inputs.panel import CityPanel, PanelCity, read_panel, read_rules
from sim.inputs.panel_breaks import breaks_of
from sim.inputs.tidy import SourceValue
from sim.studies.new_city import LAST_YEAR_AFTER_BASE, dump, write_history


@dataclass(frozen=True)
class PanelHome:
    """A home that holds the cities of a panel, named by their codes, and the panel that they were made of."""

    home: Home
    cities: tuple[str, ...]
    panel: CityPanel


@contextmanager
def panel_home(home: Home, file: Path) -> Iterator[PanelHome]:
    """Make a home of a panel's cities, with the model of the default city of `home`; it is removed at the end.

    Raises
    ------
    SimError
        with every fault of the panel, or when the model does not say how panels are read.
    """
    model = home.models / read_city_file(home.city_folder(default_city(home))).model
    indicators = read_indicators(model / "indicators.yaml")
    panel = read_panel(file, read_rules(model, indicators), indicators)
    # the last year must not follow from the data: priors are factors on values of that year, and would know later ones
    settings = {"model": model.name, "last_year": indicators.rules.vintage + LAST_YEAR_AFTER_BASE}
    breaks = breaks_of(panel)
    with scratch_folder() as folder, os_faults(folder, Text("无法写入", "cannot be written")):
        (folder / "scenarios").mkdir()
        shutil.copytree(model, folder / "models" / model.name, ignore=shutil.ignore_patterns("__pycache__"))
        for city in panel.cities:
            _write_city(folder / "models" / city.code, city, panel, breaks[city.code], indicators, settings)
        made = Home(folder.resolve(), Text(f"由 {file.name} 建立", f"made of {file.name}"))
        yield PanelHome(made, tuple(city.code for city in panel.cities), panel)


def _base_year(city: PanelCity, indicators: Indicators) -> int:
    """The last year that has every figure without which there is no base year; the last of any where there is none."""
    needed = [set(city.values.get(item.name, {})) for item in indicators.by_name.values() if item.core or item.base]
    return max(set.intersection(*needed) or set().union(*city.values.values()))


def _write_city(
    folder: Path,
    city: PanelCity,
    panel: CityPanel,
    breaks: Iterable[BreakEntry],
    indicators: Indicators,
    settings: Mapping[str, object],
) -> None:
    folder.mkdir()
    label, values = asdict(city.name), [item for series in city.values.values() for item in series.values()]
    own = {"name": label, "base_year": _base_year(city, indicators), "regions": {city.code: dict(label)}}
    dump(folder / "city.yaml", {**own, **settings})
    used = {item.source for item in values}
    sources = [(key, source) for key, source in panel.rules.sources.items() if key in used]
    titles = {
        key: {"rank": rank, "title_zh": item.zh, "title_en": item.en, "where": "panel", "kind": item.kind}
        for rank, (key, item) in enumerate(sources, 1)
    }
    dump(folder / "sources.yaml", {"sources": titles})
    declared = [
        {"indicators": item.indicators, "years": item.years, "known_from": item.known_from, "reason": asdict(item.reason)}
        for item in breaks
    ]
    dump(folder / "breaks.yaml", declared)
    cells = [
        SourceValue(
            item.indicator,
            item.year,
            item.value,
            item.source,
            _ACCEPTED if item.place in city.accepted else "",
            item.place,
            known_from=item.year + 1,
            note=item.note,
        )
        for item in values
    ]
    units = {name: item.unit for name, item in indicators.by_name.items()}
    write_history(folder / "history.csv", city.code, units, cells)


_ACCEPTED = Text("两个来源相同", "two sources say the same").en
