"""Productivity, R&D and skills."""

from __future__ import annotations

import numpy as np

from sim.model import Array, by, growth, initial, relative, stock, variable

SECTORS = ("region", "sector")
MOST_TALENT = 0.2
"""Part of the labour force that comes or goes as talent in a year at most."""
LEAST_RESEARCH = 0.1
"""Part of the R&D of the base year that is spent whatever policy does."""


@stock(unit="index", dims=SECTORS, initial=1.0)
def productivity(productivity: Array, productivity_growth: Array) -> Array:
    """Total factor productivity (T1), 1 at the start."""
    return productivity * productivity_growth


@variable(unit="1/a", dims=SECTORS)
def productivity_growth(trend_productivity_growth: Array, own_productivity_growth: Array, growth_momentum: Array) -> Array:
    """Growth of productivity (T1): the nation's trend, what the city's own causes explain, and the lead that fades."""
    return trend_productivity_growth + own_productivity_growth + growth_momentum


@variable(unit="1/a", dims=SECTORS)
def starting_momentum(recent_lead: Array, lead_signal: Array) -> Array:
    """Recent lead of the city in growth as far as it is signal; farming grows by itself."""
    lead = lead_signal * recent_lead
    return by("sector", agriculture=0.0 * lead, manufacturing=lead, other_industry=lead, construction=lead, services=lead)


@stock(unit="1/a", dims=SECTORS, initial="starting_momentum")
def growth_momentum(growth_momentum: Array, momentum_life: Array) -> Array:
    """Momentum of growth (T1): good and bad times pass, so it fades over its mean life (Easterly and others 1993)."""
    return -growth_momentum / momentum_life


@variable(unit="1/a", dims=SECTORS)
def own_productivity_growth(
    productivity: Array,
    trend_productivity: Array,
    catch_up: Array,
    rd_elasticity: Array,
    rd_weight: Array,
    rd_stock: Array,
    growth_of_nation: Array,
    agglomeration_elasticity: Array,
    urban_population_growth: Array,
    productivity_residual: Array,
    upgrade_effect: Array,
    digital_effect: Array,
    farm_upgrade_effect: Array,
) -> Array:
    """Growth of productivity beyond the nation's by its causes (T1): diffusion, R&D, density, and what policy adds.

    Diffusion wears a lead off and makes up a lag; R&D counts as far as its stock grows faster than the nation's output, density
    as far as towns grow faster than at the start.
    """
    diffusion = -catch_up * np.log(productivity / trend_productivity)
    research = rd_elasticity * rd_weight * (growth(rd_stock) - growth_of_nation)
    density = agglomeration_elasticity * (urban_population_growth - initial(urban_population_growth))
    policy = upgrade_effect + digital_effect + farm_upgrade_effect
    return diffusion + research + density + productivity_residual + policy


@variable(unit="1/a", dims=("region",))
def urban_population_growth(urban_share: Array, population_growth_rate: Array) -> Array:
    """Relative growth of the urban population: of its share and of all residents."""
    return growth(urban_share) + population_growth_rate


@variable(unit="ratio", dims=("region",))
def rd_share(
    rd_intensity_base: Array,
    rd_policy: Array,
    science_push: Array,
    rd_from_hightech: Array,
    hightech_firms: Array,
    gdp_real: Array,
    rd_limit: Array,
) -> Array:
    """R&D as a share of GDP (T3): the base, what policy and the science budget add, and what more high-tech firms add.

    Policy cannot take away more than all but a tenth of the base, nor lift the share above what any city is known to spend.
    """
    from_firms = rd_from_hightech * np.log(relative(hightech_firms) / relative(gdp_real))
    wanted = rd_intensity_base + rd_policy + science_push + from_firms
    return np.clip(wanted, LEAST_RESEARCH * rd_intensity_base, rd_limit)


@variable(unit="亿元/a", dims=("region",), kind="flow")
def rd_spending(rd_share: Array, gdp_nominal: Array) -> Array:
    """R&D spending at current prices (T3)."""
    return rd_share * gdp_nominal


@variable(unit="ratio", dims=("region",), kind="ratio")
def rd_intensity(rd_spending: Array, gdp_nominal: Array) -> Array:
    """R&D spending as a share of GDP, from the year's totals."""
    return rd_spending / gdp_nominal


@variable(unit="亿元_2020/a", dims=("region",))
def real_rd_spending(rd_share: Array, gdp_real: Array) -> Array:
    """R&D spending deflated with the price of GDP."""
    return rd_share * gdp_real


@variable(unit="亿元_2020", dims=("region",))
def starting_rd_stock(real_rd_spending: Array, rd_depreciation: Array, normal_growth: Array) -> Array:
    """R&D stock of steady growth: spending / (depreciation + growth)."""
    return real_rd_spending / (rd_depreciation + normal_growth)


@stock(unit="亿元_2020", dims=("region",), initial="starting_rd_stock")
def rd_stock(rd_stock: Array, real_rd_spending: Array, rd_depreciation: Array) -> Array:
    """Stock of knowledge (T2): spending less what becomes obsolete."""
    return real_rd_spending - rd_depreciation * rd_stock


@stock(unit="a", dims=("region",), initial="schooling_base")
def schooling(
    schooling: Array,
    young_schooling: Array,
    labour_renewal: Array,
    education_effect: Array,
    talent_net: Array,
    talent_schooling: Array,
    labour_supply: Array,
    year_length: Array,
) -> Array:
    """Mean years of schooling of the labour force (T5): renewed by the better schooled young, by better schools, by talent.

    In a year talent is at most a fifth of the labour force, coming or going.
    """
    part = np.clip(talent_net * year_length / labour_supply, -MOST_TALENT, MOST_TALENT) / year_length
    talent = part * (talent_schooling - schooling)
    return labour_renewal * (young_schooling - schooling) + education_effect + talent


@variable(unit="index", dims=("region",))
def human_capital(schooling: Array, return_to_schooling: Array) -> Array:
    """Human capital (T4): exp(phi * years gained since the start)."""
    return np.exp(return_to_schooling * (schooling - initial(schooling)))
