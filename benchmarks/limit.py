"""The limit of the machine: benchmarks/limit.c compiled for this processor and called through ctypes."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.growth.values import DRAWN, STEPS, STOCKS, YEARS, members

SOURCE = Path(__file__).with_name("limit.c")
_WIDEST = 8
_GOOD = 1e-13
Values = NDArray[np.float64]


class Limit:
    """The compiled C version."""

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("gcc") or shutil.which("cc")
        if compiler is None:
            raise RuntimeError("no C compiler: install gcc")
        library = folder / "limit.so"
        command = [compiler, "-O3", "-march=native", "-ffp-contract=fast", "-fPIC", "-shared", "-o", str(library), str(SOURCE)]
        subprocess.run([*command, "-Wno-psabi"], check=True)
        self._library = ctypes.CDLL(str(library))
        self._check_elementary()

    def run(self, count: int) -> dict[str, Values]:
        """Last values of all stocks with rk4."""
        padded = -(-count // _WIDEST) * _WIDEST
        drawn = members(count)
        table = np.array([np.concatenate([drawn[name], np.full(padded - count, drawn[name][0])]) for name in DRAWN])
        first, last = np.array(list(STOCKS.values())), np.empty((len(STOCKS), padded))
        sizes = [ctypes.c_int64(number) for number in (padded, YEARS, STEPS)]
        self._library.simulate(*sizes, *(_pointer(array) for array in (table, first, last)))
        return {name: last[place, :count] for place, name in enumerate(STOCKS)}

    def _check_elementary(self) -> None:
        x = np.linspace(-30.0, 30.0, 8000)
        exponential, logarithm = np.empty_like(x), np.empty_like(x)
        self._library.elementary(ctypes.c_int64(len(x)), *(_pointer(array) for array in (x, exponential, logarithm)))
        if np.abs(exponential / np.exp(x) - 1.0).max() > _GOOD or np.abs(logarithm - x).max() > 30.0 * _GOOD:
            raise RuntimeError("exp or log of limit.c is not good enough")


def _pointer(array: Any) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)
