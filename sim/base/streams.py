"""Random numbers that belong to (seed, name, draw, index within the draw), and to nothing else.

Every (seed, name, index) is a key of the Philox generator, and the number of the draw is its counter. So another name, year or
number of draws changes no number that was there before, and any block of draws can be made by itself.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from sim.base.arrays import Values

_WORDS = 4  # numbers that one count of Philox gives
_UNUSED_BITS = np.uint64(12)


def uniforms(seed: int, name: str, start: int, stop: int, index: int = 0) -> Values:
    """Numbers of the draws `start` to `stop` - 1, uniform in the open interval (0, 1), in steps of 2**-52."""
    key = int.from_bytes(blake2b(f"{seed}\0{name}\0{index}".encode(), digest_size=16).digest(), "little")
    generator = np.random.Philox(key=key)
    generator.advance(start // _WORDS)
    raw = generator.random_raw(stop - start // _WORDS * _WORDS)[start % _WORDS :]
    return ((raw >> _UNUSED_BITS).astype(np.float64) + 0.5) * 2.0**-52


def normals(seed: int, name: str, start: int, stop: int, index: int = 0) -> Values:
    """Standard normal numbers by the method of Box and Muller, from two streams of uniform ones."""
    radius = np.sqrt(-2.0 * np.log(uniforms(seed, f"{name}\0radius", start, stop, index)))
    angle = 2.0 * np.pi * uniforms(seed, f"{name}\0angle", start, stop, index)
    normal: Values = radius * np.cos(angle)
    return normal


def triangular(uniform: Values, low: float, mode: float, high: float) -> Values:
    """The triangular distribution on [low, high] with its mode, by its inverse."""
    if low == high:
        return np.full_like(uniform, low)
    split = (mode - low) / (high - low)
    rising = low + np.sqrt(uniform * (high - low) * (mode - low))
    falling = high - np.sqrt((1.0 - uniform) * (high - low) * (high - mode))
    return np.where(uniform < split, rising, falling)
