"""The stored posterior ensemble of a city: a small netCDF file in its folder, with what it was made from.

It says by what the central values of the parameters are to be multiplied, draw by draw. It keeps hashes of what its fit read,
and what is needed to weigh its draws anew when the city's own data change: what the other cities said, and how likely each was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import xarray as xr
from pydantic import TypeAdapter

from sim.base.arrays import Values
from sim.base.cache import digest
from sim.base.durable import put
from sim.base.errors import MISTAKES_IN_CODE, Fault, InputError, Place, os_faults
from sim.base.text import Text
from sim.inputs.files import is_file
from sim.inputs.home import Home
from sim.inputs.scenario_file import DEFAULT_METHOD, DEFAULT_STEPS
from sim.result.tree import read_tree

FILE = "ensemble.nc"
SEAL = "ensemble.sha256"
"""The hash of the file, beside it: it is known before the file is opened."""
_MODEL_PARTS = (
    "*.py",
    "parameters.yaml",
    "parameters/*.yaml",
    "published.yaml",
    "breaks.yaml",
    "base_year/*",
    "reference/*/*.csv",
)
_CITY_PARTS = (
    "history.csv",
    "sources.yaml",
    "breaks.yaml",
    "city.yaml",
    "parameters.yaml",
    "base_year/*",
)


@dataclass(frozen=True)
class FitRow:
    """The fit of one indicator in one city: errors of the yearly changes one to four years ahead, in per cent or points."""

    indicator: str
    changes: int
    rmse_before: float
    rmse_after: float
    bias_before: float
    bias_after: float
    common_shock: float
    own_shock: float


@dataclass(frozen=True)
class Foreseen:
    """The chance of a target when the bulletin of an earlier year was out: probability, 80 % band, median, in its unit.

    `stand_in` says what took the place of a start that no statistic printed.
    """

    target: str
    as_of: int
    value: float
    probability: float
    error: float
    low: float
    median: float
    high: float
    stand_in: str


@dataclass(frozen=True)
class Fingerprint:
    """Hashes of what a fit read: files, equations and priors, the model's base-year tables, the city's data."""

    files: str = ""
    beliefs: str = ""
    tables: str = ""
    data: str = ""


@dataclass(frozen=True)
class Posterior:
    """Factors [draw] by parameter; the cities and years of the fit; what the sample is worth; what prior and posterior say.

    `fitted` are the parameters whose scores have the density `log_density` [draw], given `outside`: what the other cities said.
    `worth_now` are the independent sets that are left where they were weighed anew by the city's new data; else None.
    """

    city: str
    cities: tuple[str, ...]
    first: int
    last: int
    effective: float
    tail_shape: float
    factors: Mapping[str, Values] = field(repr=False)
    summary: Mapping[str, Values] = field(repr=False)
    fit: tuple[FitRow, ...] = field(repr=False)
    foreseen: tuple[Foreseen, ...] = ()
    fitted_to: Fingerprint = Fingerprint()
    fitted: tuple[str, ...] = ()
    log_density: Values = field(default_factory=lambda: np.zeros(0), repr=False)
    outside: Mapping[str, Values] = field(default_factory=dict, repr=False)
    worth_now: float | None = None

    @property
    def count(self) -> int:
        """Draws of the parameters."""
        return len(next(iter(self.factors.values())))


def data_key(home: Home, model: str, cities: Iterable[str]) -> str:
    """The hash of the model, of how it is stepped, and of the data of some cities; line ends do not count."""
    folders = [(home.models / model, _MODEL_PARTS), *((home.models / city, _CITY_PARTS) for city in sorted(cities))]
    parts = [f"{DEFAULT_METHOD} {DEFAULT_STEPS}".encode()]
    for folder, patterns in folders:
        files = sorted({file for pattern in patterns for file in folder.glob(pattern) if is_file(file)})
        parts += [hash_of_files(home.models, files).encode()]
    return digest(parts)


def hash_of_files(folder: Path, files: Iterable[Path]) -> str:
    """One hash of names and contents; line ends do not count."""
    parts: list[bytes] = []
    for file in (file for file in files if file.suffix in {".py", ".yaml", ".csv"}):
        parts += [file.relative_to(folder).as_posix().encode(), file.read_bytes().replace(b"\r\n", b"\n")]
    return digest(parts)


def file_hash_of(home: Home, city: str) -> str:
    """The hash of the stored file, as its seal has it."""
    return (home.models / city / SEAL).read_text(encoding="utf-8").split()[0]


def write_posterior(home: Home, model: str, posterior: Posterior) -> Path:
    """Write the file aside and rename it.

    Raises
    ------
    RunError
        when it cannot be written; what was there before stays.
    """
    names = list(posterior.factors)
    factors = np.array([posterior.factors[name] for name in names], dtype=np.float32)
    variables: dict[str, Any] = {"factor": (("parameter", "draw"), factors)}
    variables |= {name: (("parameter",), values) for name, values in posterior.summary.items()}
    variables |= {f"{_OUTSIDE}{name}": _dimensioned(name, values) for name, values in posterior.outside.items()}
    if posterior.outside:
        variables["log_density"] = (("draw",), posterior.log_density)
    dataset = xr.Dataset(variables, coords={"parameter": names})
    dataset.attrs |= {
        "title": f"posterior ensemble of {posterior.city}",
        "city": posterior.city,
        "model": model,
        **{name: getattr(posterior, item) for name, item in _NUMBERS.items()},
        **{name: json.dumps(value, ensure_ascii=False) for name, value in asdict(posterior).items() if name in _LISTS},
    }
    file = home.models / posterior.city / FILE
    large = {name: {"zlib": True, "complevel": 9} for name in ("factor", "outside_shift") if name in variables}
    packed = bytes(dataset.to_netcdf(engine="netcdf4", encoding=large))
    advice = Text(
        "检查磁盘空间、写权限，以及该名称是否被文件夹占用",
        "see to disk space, permission to write, and that no folder has this name",
    )
    with os_faults(file, Text("无法写入后验集合", "cannot write the posterior ensemble"), advice):
        put(file, packed)
        put(file.with_name(SEAL), _seal(packed))
    return file


_OUTSIDE = "outside_"
_NUMBERS = {"first": "first", "last": "last", "effective_draws": "effective", "tail_shape": "tail_shape"}
"""Fields that are numbers, by their attribute in the file."""
_LISTS = {"cities", "fit", "foreseen", "fitted", "fitted_to"}
"""Fields that are JSON there."""


def _dimensioned(name: str, values: Values) -> tuple[tuple[str, ...], Values]:
    """An array of `outside` with dimensions of its own, in single precision: all of it is known less well than that."""
    return tuple(f"{name}_{place}" for place in range(values.ndim)), values.astype(np.float32)


def read_posterior(home: Home, city: str) -> Posterior | None:
    """The stored ensemble of a city as it was written; None where none is stored.

    Raises
    ------
    InputError
        when the file is damaged, or another city's.
    """
    file = home.models / city / FILE
    if not is_file(file):
        return None
    try:
        content, seal = file.read_bytes(), file.with_name(SEAL)
        # A flipped bit would pass for a number, or end the process: the netCDF library does not survive every damage.
        if not is_file(seal) or seal.read_bytes().split() != _seal(content).split():
            raise ValueError("seal")
        posterior = _posterior(read_tree(content).to_dataset())
    except MISTAKES_IN_CODE as error:
        message = Text("后验集合文件已损坏", "the file of the posterior ensemble is damaged")
        raise InputError(Fault(message, Place(file), renew(city))) from error
    if posterior.city != city:
        message = Text(f"这是 {posterior.city} 的后验集合", f"this is the posterior ensemble of {posterior.city}")
        raise InputError(Fault(message, Place(file), renew(city)))
    return posterior


def _seal(content: bytes) -> bytes:
    """A line as sha256sum writes it, so that `sha256sum -c` can say the same."""
    return f"{hashlib.sha256(content).hexdigest()}  {FILE}\n".encode()


def _posterior(dataset: xr.Dataset) -> Posterior:
    types, names = get_type_hints(Posterior), [str(name) for name in dataset["parameter"].values]
    factors = dataset["factor"].values.astype(np.float64)
    beside = {str(name): dataset[name].values for name in dataset.data_vars if name not in {"factor", "log_density"}}
    outside = {name: values for name, values in beside.items() if name.startswith(_OUTSIDE)}
    return Posterior(
        city=str(dataset.attrs["city"]),
        **{item: dataset.attrs[name].item() for name, item in _NUMBERS.items()},
        **{name: TypeAdapter(types[name]).validate_python(json.loads(dataset.attrs[name])) for name in _LISTS},
        factors=dict(zip(names, factors, strict=True)),
        summary={name: values for name, values in beside.items() if name not in outside},
        log_density=dataset["log_density"].values if outside else np.zeros(0),
        outside={name.removeprefix(_OUTSIDE): values for name, values in outside.items()},
    )


def renew(city: str) -> Text:
    """Advice on an ensemble that cannot be used."""
    command = f"python -m sim calibrate {city}"
    return Text(f"请重新校准：{command}；或加 --prior 按先验抽样", f"renew it: {command}; or draw from the priors with --prior")
