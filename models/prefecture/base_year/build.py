"""All base-year tables of a city, in the order in which they are listed."""

from __future__ import annotations

from sim.inputs.base_year import BaseCell, BaseYear

from . import accounts, capital, demography, expected_labour, firms, incomes, outlook, services, society, volatility


def build_rows(base: BaseYear) -> list[BaseCell]:
    """Every row of the base year, from what is known of the city, its province and the nation."""
    return [
        *outlook.outlook_rows(base),
        *accounts.growth_rows(base),
        *accounts.value_added_rows(base),
        *capital.capital_rows(base),
        *society.labour_rows(base),
        *incomes.income_rows(base),
        *society.social_rows(base),
        *society.path_rows(base),
        *services.service_rows(base),
        *firms.ladder_rows(base),
        *demography.population_rows(base),
        *demography.rate_rows(base),
        *demography.movement_rows(base),
        *expected_labour.expected_labour_rows(base),
        *volatility.shock_rows(base),
    ]
