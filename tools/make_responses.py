"""docs/responses.md and its English twin: what levers and assumptions do, beside what can be expected of them.

`python tools/make_responses.py zh` prints the page in Chinese, `en` in English, from the shocks in the model's responses.yaml.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sim.api import open_case  # noqa: E402  the checkout is found first
from sim.base.text import Language  # noqa: E402
from sim.engine.assembly import KernelRequest  # noqa: E402
from sim.engine.integrate import Clock, central_run  # noqa: E402
from sim.engine.kernel import kernel_for  # noqa: E402
from sim.inputs.year_path import YearPath  # noqa: E402
from sim.simulate.opening import Case  # noqa: E402
from tools.make_calibration import table  # noqa: E402

FILE = ROOT / "models" / "prefecture" / "responses.yaml"
OUTPUT, SCENARIO, LAST = "gdp_real", "baseline", 10


@dataclass(frozen=True)
class Response:
    """An entry of the file, and the change in per cent that the model gives, by years after the base year."""

    entry: Mapping[str, Any]
    measured: Mapping[int, float]

    @property
    def is_inside(self) -> bool:
        """Whether every measured change lies in the range that is expected."""
        return all(low <= self.measured[year] <= high for year, (low, high) in self.entry["expected"].items())


def responses() -> Iterator[Response]:
    """Every entry with what the model gives."""
    case = open_case(SCENARIO, home=ROOT)
    usual: dict[str, Mapping[int, float]] = {}
    for entry in YAML(typ="safe").load(FILE)["responses"]:
        variable = entry.get("variable", OUTPUT)
        if variable not in usual:
            usual[variable] = _simulated(case, variable, {})
        found = _simulated(case, variable, entry["shock"])
        yield Response(entry, {year: 100.0 * (found[year] / usual[variable][year] - 1.0) for year in entry["expected"]})


def _simulated(case: Case, variable: str, shock: Mapping[str, Mapping[str, float]]) -> dict[int, float]:
    """A variable of the central run, all cells together, by years after the base year."""
    base = case.city.data.settings.base_year
    years = range(base + 1, base + LAST + 1)
    values = dict(case.bound.values)
    for name, change in shock.items():
        path = values[name]
        values[name] = YearPath(path.before, tuple(years), tuple(_changed(path.at(year), change) for year in years))
    bound = replace(case.bound, values=values)
    kernel = kernel_for(case.city.graph, KernelRequest((variable,), frozenset(), bound.yearly))
    rows = central_run(kernel, Clock(years[0], years[-1]), bound)
    return {number: float(np.sum(row.values[variable])) for number, row in enumerate(rows)}


def _changed(value: Any, change: Mapping[str, float]) -> Any:
    (kind, number), *others = change.items()
    if others or kind not in {"plus", "times", "to"}:
        raise SystemExit(f"{FILE}: a shock is one of plus, times, to, not {dict(change)}")
    return {"plus": value + number, "times": value * number, "to": 0.0 * value + number}[kind]


_HEADS: dict[Language, list[str]] = {
    "zh": ["变动", "第 2 年", "预期", "第 10 年", "预期", "相符", "依据"],
    "en": ["shock", "2nd year", "expected", "10th year", "expected", "as expected?", "rests on"],
}
_INTRO: dict[Language, list[str]] = {
    "zh": [
        "# 杠杆和假设的作用有多大",
        "",
        "[English](responses_en.md)",
        "",
        "自基年后第一年起改变一项，其余不变：默认城市基准情景的中心值，",
        "不变价 GDP（另有注明的除外）的变化，单位 %。",
        "预期的依据：M 为凭一般知识引用的文献，A 为我们自己的推理。",
        "不相符的写明原因，不作修饰。",
        "由 `python tools/make_responses.py zh` 生成，",
        "内容在 `models/prefecture/responses.yaml`。",
        "",
    ],
    "en": [
        "# How much levers and assumptions do",
        "",
        "[中文](responses.md)",
        "",
        "One thing changes from the first year after the base year on, all else equal: the change of real GDP (where no",
        "other variable is named) in the central run of the baseline of the default city, in per cent. What is expected",
        "rests on M, the literature from general knowledge, or A, our own reasoning. Where the model is outside, the table",
        "says why. Printed by",
        "`python tools/make_responses.py en` from `models/prefecture/responses.yaml`.",
        "",
    ],
}


def page(language: Language) -> str:
    """The page: a row for each entry, and how many are as expected."""
    found = list(responses())
    inside = sum(item.is_inside for item in found)
    total = f"{len(found)} 项中 {inside} 项相符。" if language == "zh" else f"{inside} of {len(found)} are as expected."
    return "\n".join([*_INTRO[language], total, "", *table(_HEADS[language], [_row(item, language) for item in found])])


def _row(item: Response, language: Language) -> tuple[str, ...]:
    entry, cells = item.entry, list[str]()
    for year, (low, high) in entry["expected"].items():
        cells += [f"{item.measured[year]:+.2f}", f"{low:g} … {high:g}"]
    yes, no = ("是", "**否**：") if language == "zh" else ("yes", "**no**: ")
    agrees = yes if item.is_inside else no + entry["outside"][language]
    return entry["label"][language], *cells, agrees, f"{entry['evidence']} · {entry['source'][language]}"


if __name__ == "__main__":
    sys.stdout.write(page("zh" if sys.argv[1:] == ["zh"] else "en"))
