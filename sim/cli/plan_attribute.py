"""`plan attribute`: which change between two scenarios does how much."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from rich.table import Table

from sim.base.text import Text
from sim.base.words import plain, signed, unit_words
from sim.cli.console import Speaker
from sim.cli.plan_case import Chosen, with_targets
from sim.cli.tables import print_table
from sim.studies.plan.attribute import AttributionRequest, attribution

_HEADS = (("改动", "change"), ("贡献", "contribution"), ("占差额", "share"), ("直接", "direct"), ("协同", "synergy"))
_ERROR = ("抽样误差", "sampling error")


def attribute(one: Chosen, other: Chosen, targets: tuple[str, ...], speaker: Speaker) -> None:
    """Print a table per target."""
    first, second = with_targets(one.case(), targets), with_targets(other.case(), targets)
    with speaker.progress(1, Text("逐一替换改动", "mixing the two scenarios")):
        found = attribution(
            first,
            second,
            AttributionRequest(tuple(target.id for target in first.selection.targets) if targets else (), one.seed),
        )
    if speaker.as_json:
        speaker.json(_document(found))
        return
    speaker.line(
        Text(
            f"由“{first.scenario.name.zh}”到“{second.scenario.name.zh}”：各项改动的贡献（Shapley 值，合计等于总差额）",
            f"from {first.scenario.name.en} to {second.scenario.name.en}: what each change adds (Shapley values, adding up)",
        )
    )
    for target in found["target"].to_numpy():
        _print(found.sel(target=target), exact=bool(found.attrs["exact"]), speaker=speaker)


def _print(row: xr.Dataset, *, exact: bool, speaker: Speaker) -> None:
    start, end, unit = float(row["start"]), float(row["end"]), str(row["unit"].item())
    total = end - start
    names, units = (row["name_zh"].item(), row["name_en"].item()), unit_words(unit)
    way, gap, year = f"{plain(start)} → {plain(end)}", signed(total), int(row["year"])
    speaker.line(Text("", ""))
    speaker.line(
        Text(
            f"{names[0]}（{year} 年）：{way} {units.zh}，差额 {gap}", f"{names[1]} ({year}): {way} {units.en}, difference {gap}"
        )
    )
    if speaker.quiet:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, head in enumerate(_HEADS if exact else (*_HEADS, _ERROR)):
        table.add_column(speaker.word(*head), justify="left" if place == 0 else "right")
    values = row["shapley"].to_numpy()
    order = np.argsort(-np.abs(values))
    shown = [place for place in order if abs(values[place]) >= _LEAST * abs(total)]
    for place in shown:
        table.add_row(*_cells(row.isel(change=place), total, exact=exact, speaker=speaker))
    rest = [place for place in order if place not in shown]
    if rest:
        name = speaker.word(f"其余 {len(rest)} 项", f"{len(rest)} others")
        table.add_row(name, signed(float(values[rest].sum())), _part(float(values[rest].sum()), total), "", "")
    print_table(table, speaker.out)


_LEAST = 0.005
"""Part of the difference below which a change is only counted."""


def _cells(item: Any, total: float, *, exact: bool, speaker: Speaker) -> list[str]:
    value, label = float(item["shapley"]), item["change_zh" if speaker.language == "zh" else "change_en"].item()
    parts = [signed(float(item[name])) for name in ("direct", "synergy")]
    cells = [f"{label} ({item['change'].item()})", signed(value), _part(value, total), *parts]
    return cells if exact else [*cells, f"{float(item['error']):.2g}"]


def _part(value: float, total: float) -> str:
    return f"{100.0 * value / total:.0f}%" if total else ""


def _document(found: xr.Dataset) -> dict[str, Any]:
    targets = [
        {
            "target": str(name),
            "start": float(row["start"]),
            "end": float(row["end"]),
            "changes": [
                {
                    "change": str(item["change"].item()),
                    "label_zh": str(item["change_zh"].item()),
                    "label_en": str(item["change_en"].item()),
                    **{key: float(item[key]) for key in ("shapley", "direct", "synergy", "error")},
                }
                for place in range(found.sizes["change"])
                for item in [row.isel(change=place)]
            ],
        }
        for name in found["target"].to_numpy()
        for row in [found.sel(target=name)]
    ]
    return {"from": found.attrs["one"], "to": found.attrs["other"], "exact": bool(found.attrs["exact"]), "targets": targets}
