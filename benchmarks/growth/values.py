"""Values of the growth model: starting stocks, constants, and the parameters that differ from member to member."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FIRST, YEARS, STEPS = 2021, 15, 4
STOCKS: dict[str, float] = {
    "factory_capital": 2600.0,
    "service_capital": 5200.0,
    "work_in_progress": 520.0,
    "public_capital": 2400.0,
    "productivity": 1.0,
    "research_stock": 220.0,
    "expected_growth": 0.055,
    "young": 115.0,
    "working": 410.0,
    "old": 140.0,
    "small_firms": 52000.0,
    "large_firms": 4300.0,
    "hightech_firms": 620.0,
    "price": 1.0,
}
CONSTANTS: dict[str, float] = {
    "factory_output_base": 1150.0,
    "service_output_base": 2350.0,
    "factory_depreciation": 0.11,
    "service_depreciation": 0.085,
    "public_depreciation": 0.07,
    "research_depreciation": 0.15,
    "investment_scale": 1.15,
    "return_base": 0.2,
    "building_time": 2.0,
    "congestion": 0.3,
    "public_share": 0.05,
    "research_intensity": 0.018,
    "research_response": 0.2,
    "productivity_trend": 0.006,
    "frontier": 2.2,
    "expectation_time": 3.0,
    "participation": 0.74,
    "industry_pull": 0.25,
    "death_rate": 0.05,
    "reference_output": 5.2,
    "entry_rate": 0.16,
    "entry_response": 1.5,
    "exit_rate": 0.07,
    "room_for_firms": 90000.0,
    "size_tail": 1.06,
    "large_exit_rate": 0.05,
    "certifiable_share": 0.35,
    "certification_rate": 0.2,
    "lapse_rate": 0.08,
    "inflation": 0.012,
    "service_price_power": 1.2,
}
DRAWN: dict[str, tuple[float, float]] = {
    "factory_exponent": (0.45, 0.55),
    "service_exponent": (0.38, 0.5),
    "public_elasticity": (0.04, 0.12),
    "market_elasticity": (0.8, 1.6),
    "utilisation_response": (0.15, 0.6),
    "investment_response": (0.3, 1.3),
    "demand_growth": (0.02, 0.06),
    "catch_up": (0.01, 0.03),
    "research_elasticity": (0.03, 0.15),
    "fertility": (0.014, 0.024),
    "migration_pull": (0.004, 0.02),
    "crossing_rate": (0.003, 0.007),
}


def members(count: int) -> dict[str, NDArray[np.float64]]:
    """The drawn parameters of `count` members; the first member is always the same."""
    generator = np.random.default_rng(2021)
    uniform = generator.random((count, len(DRAWN)))
    return {name: low + (high - low) * uniform[:, place] for place, (name, (low, high)) in enumerate(DRAWN.items())}


def parameters(count: int) -> dict[str, Any]:
    """All parameters: constants as numbers, drawn ones as arrays of members."""
    return {**CONSTANTS, **members(count)}
