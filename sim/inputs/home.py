"""The folder of models and scenarios: --home, SIM_HOME, the current folder, the checkout, the installed package."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path

from sim.base.errors import Fault, Place, SimError, UsageError, all_faults, nearest
from sim.base.text import Text, same_name
from sim.inputs.checked import Record, fail_if_unknown, read_record
from sim.inputs.files import is_file, is_folder
from sim.inputs.yaml_file import read_yaml

_log = logging.getLogger(__name__)
PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Home:
    """A folder that holds `models/` and `scenarios/`, and how it was found."""

    folder: Path
    origin: Text

    @property
    def models(self) -> Path:
        """Folder of equation models and cities."""
        return self.folder / "models"

    @property
    def scenarios(self) -> Path:
        """Folder of scenario files."""
        return self.folder / "scenarios"

    def cities(self) -> list[str]:
        """Names of the city folders."""
        return sorted(file.parent.name for file in self.models.glob("*/city.yaml"))

    def city_folder(self, name: str) -> Path:
        """Folder of a city.

        Raises
        ------
        UsageError
            when there is no such city.
        """
        key = self.city_key(name)
        if key not in self.cities():
            labels = self.city_labels()
            message = Text(f"没有城市 {name}", f"no city {name}")
            raise UsageError(Fault(message, Place(self.models), nearest(name, labels, labels)))
        return self.models / key

    def city_labels(self) -> dict[str, Text]:
        """Return what each city is called, by the name of its folder."""
        return {name: _label(name, self.models / name / "city.yaml") for name in self.cities()}

    def city_key(self, name: str) -> str:
        """The folder of a city that is named by its folder or in either language; the name itself where it is none."""
        if name in self.cities():  # only where no folder has this name are labels read: a home may hold many cities
            return name
        called = [key for key, label in self.city_labels().items() if same_name(name, (key, label.zh, label.en))]
        return called[0] if len(called) == 1 else name


def _label(name: str, file: Path) -> Text:
    """Return what a city.yaml calls its city; the folder where it does not say."""
    try:
        label = read_yaml(file).data.get("name")
    except SimError:  # said when the city itself is opened
        label = None
    words = label if isinstance(label, dict) else {"zh": label or name, "en": label or name}
    return Text(str(words.get("zh", name)), str(words.get("en", name)))


def find_home(given: Path | None = None) -> Home:
    """Find the home folder.

    Raises
    ------
    UsageError
        when the folder that was asked for holds no models, or none is found at all.
    """
    asked = given or (Path(os.environ["SIM_HOME"]) if os.environ.get("SIM_HOME") else None)
    usual = (
        (Path.cwd(), Text("当前文件夹", "the current folder")),
        (PACKAGE.parent, Text("程序所在的源码文件夹", "the checkout")),
        (PACKAGE / "_bundled", Text("安装包自带", "the installed package")),
    )
    for folder, origin in usual if asked is None else ((asked, Text("--home 或 SIM_HOME", "--home or SIM_HOME")),):
        if is_folder(folder / "models") and is_folder(folder / "scenarios"):
            _log.info("home: %s, %s", folder.resolve(), origin.en)
            return Home(folder.resolve(), origin)
    if asked is None:
        raise UsageError(Fault(Text("找不到 models/ 和 scenarios/", "cannot find models/ and scenarios/")))
    advice = Text("该文件夹须含 models/ 和 scenarios/", "it must hold models/ and scenarios/")
    raise UsageError(Fault(Text("不是模拟器的主文件夹", "not a home folder of the simulator"), Place(asked), advice))


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
    with all_faults() as faults:
        declared = read_record(file, DefaultsFile, faults)
        fail_if_unknown([declared.city], home.cities(), Text("没有城市 {}", "no city {}"), declared.place("city"), faults)
        return declared
