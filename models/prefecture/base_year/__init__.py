"""Builds what has no published base year: stated methods on published data, every number marked with its evidence.

The engine calls `build_rows` for the base year of a scenario, with what was known at the time that the run is made for.
"""

from __future__ import annotations

from .build import build_rows

__all__ = ["build_rows"]
