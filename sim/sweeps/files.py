"""Files beside the draws: each is written aside and renamed, so that an interrupted program leaves nothing half-written."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import xarray as xr
from matplotlib.figure import Figure

from sim.outputs.netcdf import packed
from sim.outputs.sweep_folder import PARTIAL
from sim.report import style


def put(file: Path, content: bytes) -> Path:
    """Write a file."""
    file.parent.mkdir(exist_ok=True)
    aside = file.with_name(f"{file.name}-{os.getpid()}{PARTIAL}")
    aside.write_bytes(content)
    return aside.replace(file)


def put_table(file: Path, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file with a byte-order mark, as Excel wants it; numbers to ten significant digits."""
    stream = StringIO()
    writer = csv.writer(stream)
    writer.writerow(heads)
    writer.writerows([f"{cell:.10g}" if isinstance(cell, float) else cell for cell in row] for row in rows)
    put(file, stream.getvalue().encode("utf-8-sig"))


def put_figure(figure: Figure, file: Path) -> str:
    """Write a figure as PNG and SVG; the SVG document."""
    with style.house_style():
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        png, svg = BytesIO(), BytesIO()
        figure.savefig(png, format="png", dpi=150)
        figure.savefig(svg, format="svg", metadata={"Date": None})
    put(file.with_suffix(".png"), png.getvalue())
    put(file.with_suffix(".svg"), svg.getvalue())
    return svg.getvalue().decode()


def put_datasets(file: Path, groups: Mapping[str, xr.Dataset], attributes: Mapping[str, Any]) -> None:
    """Write a netCDF file with one group for each dataset."""
    put(file, packed({name: dataset.drop_attrs(deep=False) for name, dataset in groups.items()}, attributes))
