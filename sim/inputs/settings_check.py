"""Check what a city tells the base-year module: names that it reads, numbers near the model's own, nothing from the future."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from sim.base.errors import Faults, Place, nearest
from sim.base.text import Text
from sim.inputs.files import is_file
from sim.inputs.indicators import Indicators
from sim.inputs.knowledge import fail_if_not_yet
from sim.inputs.yaml_file import read_yaml

_FARTHEST = 30.0
"""How many times the model's own number a city's can be, and the least part of it."""


def fail_if_settings_wrong(file: Path, defaults: Path, parameters: Collection[str], indicators: Indicators) -> None:
    """Hold base_year/settings.yaml of a city against the model's defaults, indicators and parameters.

    Raises
    ------
    InputError
        with every name that nothing reads, every number that cannot be one, and every year of publication to come.
    """
    if not is_file(file):
        return
    faults, document = Faults(), read_yaml(file)
    usual = read_yaml(defaults).data if is_file(defaults) else {}
    known = {*usual, *indicators.by_name, *parameters, *indicators.rules.settings}
    for name, entry in document.data.items():
        place, said = document.place((name,)), entry if isinstance(entry, dict) else {}
        if name not in known:
            faults.add(Text(f"未知设定 {name}", f"unknown setting {name}"), place, nearest(str(name), known))
        if isinstance(said.get("known_from"), int):
            with faults.gathering():
                fail_if_not_yet(said["known_from"], indicators.rules.vintage, place)
        _check_size(str(name), said.get("value"), usual.get(name, {}).get("value"), place, faults)
    faults.raise_if_any()


def _check_size(name: str, value: Any, usual: Any, place: Place, faults: Faults) -> None:
    """Every setting is an amount above zero; beside the model's own number it is not many times as large or small."""
    for number in value.values() if isinstance(value, dict) else [value]:
        if not isinstance(number, int | float):
            continue
        is_far = isinstance(usual, int | float) and not usual / _FARTHEST <= number <= usual * _FARTHEST
        if number < 0.0 or is_far:
            message = Text(f"{name} 的 {number:g} 不合常理", f"{name}: {number:g} cannot be right")
            advice = None if not is_far else Text(f"模型自己的数是 {usual:g}", f"the model's own number is {usual:g}")
            faults.add(message, place, advice)
