"""`plan attribute`: which change between two scenarios does how much."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from rich.table import Table

from sim.cli.console import Speaker
from sim.cli.plan_case import Chosen, with_targets
from sim.studies.attribute import AttributionRequest, attribution
from sim.text import Text
from sim.words import plain, signed, unit_text

_HEADS = (("改动", "change"), ("贡献", "contribution"), ("占差额", "share"), ("直接", "direct"), ("协同", "synergy"))
_ERROR = ("抽样误差", "sampling error")


def attribute(one: Chosen, other: Chosen, targets: tuple[str, ...], speaker: Speaker) -> None:
    """Print a table per target."""
    first, second = with_targets(one.case(), targets), with_targets(other.case(), targets)
    with speaker.progress(1, Text("逐一替换改动", "mixing the two scenarios")):
        found = attribution(first, second, AttributionRequest(targets, one.seed))
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
    unit_zh, unit_en = unit_text(unit, "zh"), unit_text(unit, "en")
    speaker.line(Text("", ""))
    speaker.line(
        Text(
            f"{row['name_zh'].item()}（{int(row['year'])} 年）：{plain(start)} → {plain(end)} {unit_zh}，差额 {signed(total)}",
            f"{row['name_en'].item()} ({int(row['year'])}): {plain(start)} → {plain(end)} {unit_en}, difference {signed(total)}",
        )
    )
    if speaker.quiet:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, head in enumerate(_HEADS if exact else (*_HEADS, _ERROR)):
        table.add_column(speaker.word(*head), justify="left" if place == 0 else "right")
    for place in np.argsort(-np.abs(row["shapley"].to_numpy())):
        table.add_row(*_cells(row.isel(change=place), total, exact=exact, speaker=speaker))
    speaker.out.print(table)


def _cells(item: Any, total: float, *, exact: bool, speaker: Speaker) -> list[str]:
    value = float(item["shapley"])
    share = f"{100.0 * value / total:.0f}%" if total else ""
    name = str(item["change_zh"].item() if speaker.language == "zh" else item["change_en"].item())
    cells = [
        f"{name} ({item['change'].item()})",
        signed(value),
        share,
        signed(float(item["direct"])),
        signed(float(item["synergy"])),
    ]
    return cells if exact else [*cells, plain(float(item["error"]))]


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
