"""Defaults of a home folder: the city of a call that names none, and the scenarios of a city where a call names none."""

from __future__ import annotations

from sim.base.errors import Fault, Faults, Place, UsageError, nearest
from sim.base.text import Text
from sim.inputs.checked import Record, check_against
from sim.inputs.files import is_file
from sim.inputs.home import Home
from sim.inputs.yaml_file import read_yaml

DEFAULTS_FILE = "defaults.yaml"


class CityDefaults(Record):
    """Scenarios that verbs take for a city where the call names none."""

    run: list[str]
    """Scenarios that `run` compares."""
    plan: str
    """The scenario that a single question is about."""
    catalogue: str
    """The scenario that scores every target of the plan."""


class DefaultsFile(Record):
    """models/defaults.yaml."""

    city: str
    """City of a call that names none."""
    scenarios: dict[str, CityDefaults] = {}
    """Scenarios by city; a city that is not listed has its own baseline, called like the city."""


def default_city(home: Home) -> str:
    """City of a call that names none: the declared one, else the only one.

    Raises
    ------
    UsageError
        when none is declared and there is not exactly one.
    InputError
        with every fault of the file.
    """
    declared, cities = _declared(home), home.cities()
    if declared is not None:
        return declared.city
    if len(cities) == 1:
        return cities[0]
    message = Text("没有写明城市", "no city is named")
    advice = Text(
        f"请加 --city，或在 {DEFAULTS_FILE} 中写 city: {'、'.join(cities) or '—'} 之一",
        f"add --city, or write city: in {DEFAULTS_FILE}, one of {', '.join(cities) or '—'}",
    )
    raise UsageError(Fault(message, Place(home.models / DEFAULTS_FILE), advice))


def default_scenarios(home: Home, city: str | None) -> CityDefaults:
    """Scenarios of a city, or of the default city, where a call names none.

    Raises
    ------
    SimError
        when there is no default city, or the file is faulty.
    """
    name = city or default_city(home)
    home.city_folder(name)  # a city that is not there is said as such
    declared = _declared(home)
    own = CityDefaults(run=[name], plan=name, catalogue=name)
    return own if declared is None else declared.scenarios.get(name, own)


def _declared(home: Home) -> DefaultsFile | None:
    file = home.models / DEFAULTS_FILE
    if not is_file(file):
        return None
    document, faults = read_yaml(file), Faults()
    read = check_against(DefaultsFile, document.data, document, faults)
    if read is not None and read.city not in home.cities():
        message = Text(f"没有城市 {read.city}", f"no city {read.city}")
        faults.add(message, document.place(("city",)), nearest(read.city, home.cities()))
    faults.raise_if_any()
    return read
