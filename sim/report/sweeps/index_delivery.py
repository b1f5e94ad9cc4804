"""What a sensitivity analysis leaves beside its draws: sensitivity.nc, indices as CSV, figures and a page in one language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sim.base.text import Language, Text
from sim.base.words import plain, unit_text
from sim.report.sweeps.delivery import plain_attributes, write_page
from sim.report.sweeps.files import put_datasets, put_figure, put_table
from sim.report.sweeps.index_figures import map_figure, tornado_figure
from sim.report.sweeps.page import Section
from sim.report.sweeps.tables import headline_series, method_sentence, reading_year
from sim.result.sweep_folder import disk_faults
from sim.simulate.sweeps.analysis import Analysis, sentences
from sim.simulate.sweeps.names import named_from

_MOST_DRAWN, _MOST_ROWS = 8, 10


def deliver_analysis(analysis: Analysis, folder: Path, language: Language) -> Path:
    """Write everything that is said of some indices into the folder of their draws; the page's path.

    Raises
    ------
    RunError
        when the folder cannot be written; the draws stay.
    """
    indices, draws = analysis.indices, analysis.draws
    with disk_faults(folder):
        groups = {"indices": indices} | ({} if analysis.screened is None else {"screening": analysis.screened})
        put_datasets(folder / "sensitivity.nc", groups, plain_attributes(indices))
        put_table(folder / "indices.csv", *index_table(indices, language))
        sections = [_section(analysis, name, folder, language) for name in drawn_outputs(analysis)]
        return write_page(draws, folder, [*sentences(analysis), method_sentence(draws)], sections, language)


def drawn_outputs(analysis: Analysis) -> list[str]:
    """The outputs that get figures: those of targets first."""
    known = [str(name) for name in analysis.indices["output"].to_numpy()]
    first = [name for name in headline_series(analysis.draws) if name in known]
    return list(dict.fromkeys((*first, *known)))[:_MOST_DRAWN]


def index_table(indices: xr.Dataset, language: Language) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Heads and rows: one row for each input, output and year."""
    inputs, outputs, names = named_from(indices["input"]), named_from(indices["output"]), [str(n) for n in indices.data_vars]
    arrays = {name: indices[name].transpose("input", "output", "year").to_numpy() for name in names}
    heads = ["input", "label", "indicator", "indicator_label", "year", *names]
    rows = list[tuple[Any, ...]]()
    for i, of_input in enumerate(inputs.values()):
        for j, of_output in enumerate(outputs.values()):
            named = (of_input.key, of_input.label.in_language(language), of_output.key, of_output.label.in_language(language))
            for k, year in enumerate(indices["year"].to_numpy()):
                rows.append((*named, int(year), *(float(arrays[name][i, j, k]) for name in names)))
    return heads, rows


def _section(analysis: Analysis, name: str, folder: Path, language: Language) -> Section:
    """The table and figures of one output."""
    indices, pictures = analysis.indices, folder / "figures"
    figures = {f"tornado_{name}": tornado_figure(indices, name, analysed_year(analysis), language)}
    if indices.attrs["kind"] == "sobol":
        figures[f"map_{name}"] = map_figure(indices, name, language)
    return index_section(analysis, name, {key: put_figure(figure, pictures / key) for key, figure in figures.items()}, language)


def analysed_year(analysis: Analysis) -> int:
    """The year of the targets, within the years that were analysed."""
    years = [int(year) for year in analysis.indices["year"].to_numpy()]
    return min(max(reading_year(analysis.draws), years[0]), years[-1])


def index_section(analysis: Analysis, name: str, figures: Mapping[str, str], language: Language) -> Section:
    """What matters most for one output in the year of the targets."""
    year, indices = analysed_year(analysis), analysis.indices
    chosen, inputs = indices.sel(output=name, year=year), named_from(indices["input"])
    sobol = indices.attrs["kind"] == "sobol"
    columns = ("total", "total_error", "first", "first_error") if sobol else ("effect", "size", "deviation")
    order = np.argsort(-chosen["total" if sobol else "size"].to_numpy(), kind="stable")[:_MOST_ROWS]
    scale = named_from(indices["output"])[name].scale if not sobol else 1.0
    keys = [str(key) for key in indices["input"].to_numpy()]
    shown = (lambda value: f"{round(value, 3) + 0.0:.3f}") if sobol else plain  # no minus before nought
    rows = [
        [inputs[keys[place]].label.in_language(language), *(shown(scale * float(chosen[column][place])) for column in columns)]
        for place in order
    ]
    label = named_from(indices["output"])[name]
    unit = Text("", "") if sobol else Text(f"（{unit_text(label.unit, 'zh')}）", f" ({unit_text(label.unit, 'en')})")
    heads = [_INPUT, *(_SOBOL_HEADS if sobol else _MORRIS_HEADS)]
    title = label.label + unit + Text(f"，{year} 年", f", {year}")
    return Section(title, heads=[head.in_language(language) for head in heads], rows=rows, figures=figures)


_INPUT = Text("输入", "input")
_SOBOL_HEADS = (
    Text("总效应", "total effect"),
    Text("± 95%", "± 95 %"),
    Text("单独效应", "first-order effect"),
    Text("± 95%", "± 95 %"),
)
_MORRIS_HEADS = (
    Text("由最低到最高的平均变化", "mean change from lowest to highest"),
    Text("平均绝对变化", "mean size of the change"),
    Text("标准差", "standard deviation"),
)
