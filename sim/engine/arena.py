"""Memory for a workspace: arrays cut from few large pieces, each array beginning at a cache line.

A vector register then never straddles two lines, and the system backs the pieces with large pages: with pages of 4 KiB the city
model spends a tenth of its time on finding them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]
_LINE = 64
_PIECE = 8 << 20  # from 4 MiB on numpy asks for large pages


class Arena:
    """Hands out arrays of zeros; their memory lives as long as any of them."""

    def __init__(self) -> None:
        self._piece = np.zeros(0, np.uint8)
        self._used = 0

    def zeros(self, shape: tuple[int, ...], kind: np.dtype[Any]) -> Values:
        """A new array of zeros."""
        size = math.prod(shape) * kind.itemsize
        if self._used + size > self._piece.size:
            raw = np.zeros(max(_PIECE, size) + _LINE, np.uint8)
            self._piece, self._used = raw[-raw.ctypes.data % _LINE :], 0
        start = self._used
        self._used += -(-size // _LINE) * _LINE
        return self._piece[start : start + size].view(kind).reshape(shape)
