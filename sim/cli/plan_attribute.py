"""`plan attribute`: which change between two scenarios does how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Column

from sim.base.text import Text
from sim.base.words import plain, signed, unit_words
from sim.cli import options
from sim.cli.cases import open_case, with_targets
from sim.cli.console import Speaker

if TYPE_CHECKING:
    import xarray as xr

_HEADS = Text("改动|贡献|占差额|直接|协同|抽样误差", "change|contribution|share|direct|synergy|sampling error")
_LEAST = 0.005
"""Part of the difference below which a change is only counted."""


@options.verb(options.plan)
def attribute(
    one: Annotated[str, typer.Argument(help="起点情景 / scenario to start from")],
    other: Annotated[str, typer.Argument(help="终点情景 / scenario to end at")],
    target: options.Targets = (),
    seed: options.Seed = 0,
    city: options.City = None,
    settings: options.Settings = (),
    *,
    speaker: options.WithQuiet,
    home: options.Home = None,
) -> None:
    """把两个情景的差额归因到各项改动（Shapley 值） / which change between two scenarios does how much."""
    from sim.studies.plan.attribute import attribution

    first, second = (with_targets(open_case(name, city, settings, (), home, seed), target) for name in (one, other))
    with speaker.progress(Text("逐一替换改动", "mixing the two scenarios")):
        names = tuple(item.id for item in first.selection.targets) if target else ()
        found = attribution(first, second, names, seed)
    if speaker.as_json:
        speaker.json(_document(found))
        return
    start, end = first.scenario.name, second.scenario.name
    speaker.line(
        f"由“{start.zh}”到“{end.zh}”：各项改动的贡献（Shapley 值，合计等于总差额）",
        f"from {start.en} to {end.en}: what each change adds (Shapley values, adding up)",
    )
    for name in found["target"].to_numpy():
        _print(found.sel(target=name), exact=bool(found.attrs["exact"]), speaker=speaker)


def _print(row: xr.Dataset, *, exact: bool, speaker: Speaker) -> None:
    start, end, units = float(row["start"]), float(row["end"]), unit_words(str(row["unit"].item()))
    total, year, way = end - start, int(row["year"]), f"{plain(start)} → {plain(end)}"
    speaker.line()
    speaker.line(
        f"{row['name_zh'].item()}（{year} 年）：{way} {units.zh}，差额 {signed(total)}",
        f"{row['name_en'].item()} ({year}): {way} {units.en}, difference {signed(total)}",
    )
    if speaker.quiet:
        return
    heads = [Column(head, justify="right" if place else "left") for place, head in enumerate(speaker.heads(_HEADS))]
    values = row["shapley"].to_numpy()
    order = (-abs(values)).argsort()
    shown = [place for place in order if abs(values[place]) >= _LEAST * abs(total)]
    rows = [_cells(row.isel(change=place), total, speaker) for place in shown]
    rest = [place for place in order if place not in shown]
    if rest:
        name, value = speaker.word(f"其余 {len(rest)} 项", f"{len(rest)} others"), float(values[rest].sum())
        rows.append([name, signed(value), _part(value, total), "", "", ""])
    width = len(heads) - 1 if exact else len(heads)
    speaker.table(heads[:width], (cells[:width] for cells in rows))


def _cells(item: xr.Dataset, total: float, speaker: Speaker) -> list[str]:
    value, label = float(item["shapley"]), item[f"change_{speaker.language}"].item()
    parts = [signed(float(item[name])) for name in ("direct", "synergy")]
    return [f"{label} ({item['change'].item()})", signed(value), _part(value, total), *parts, f"{float(item['error']):.2g}"]


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
