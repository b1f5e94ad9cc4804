"""All base-year tables of a city, in the order of the file."""

from __future__ import annotations

from pathlib import Path

from models.prefecture.base_year import accounts, demography, firms
from models.prefecture.base_year.rows import Row, read_inputs


def build_rows(folder: Path) -> list[Row]:
    """Every row of base_year.csv, from the raw tables of the city folder."""
    inputs = read_inputs(folder)
    return [
        *accounts.value_added_rows(inputs),
        *accounts.capital_rows(inputs),
        *accounts.labour_rows(inputs),
        *accounts.income_rows(inputs),
        *firms.ladder_rows(inputs),
        *firms.rd_rows(inputs),
        *demography.population(inputs),
        *demography.mortality(inputs),
        *demography.fertility(inputs),
        *demography.migration(inputs),
        *demography.participation(),
    ]
