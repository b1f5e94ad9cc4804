"""The nation as driver: its expected growth and prices, and what they mean for the sectors of the city.

The city is the nation plus a difference that shrinks. Trend productivity is what reconciles the outlook with what the sectors
accumulate, as growth accounting does backwards: at unchanged policy a sector grows as the outlook says, and what policy,
capital and people add to that is the city's own.
"""

from __future__ import annotations

import numpy as np

from sim.model import Array, at, by, event, growth, initial, noise, starting_rate, stock, total, until_turn, variable

SECTORS = ("region", "sector")


@variable(unit="ratio", dims=SECTORS)
def starting_shares(starting_output: Array) -> Array:
    """Shares of the sectors in output at the start."""
    return initial(starting_output / total(starting_output, over="sector"))


@variable(unit="1/a")
def outlook_surprise(outlook_shock: Array) -> Array:
    """Surprise of the year: what moves the nation's growth away from what was expected, in all cities alike."""
    return outlook_shock * noise("growth of the nation", like=outlook_shock)


@stock(unit="1/a", initial=0.0)
def past_surprises(past_surprises: Array, surprise_life: Array) -> Array:
    """Surprises of past years, as far as they last: good and bad times of the nation pass too."""
    return -past_surprises / surprise_life


@event(stock="past_surprises", order=1)
def surprise_lasts(past_surprises: Array, outlook_surprise: Array) -> Array:
    """The surprise of the year joins those of past years."""
    return past_surprises + outlook_surprise


@variable(unit="1/a")
def growth_of_nation(national_growth: Array, past_surprises: Array, outlook_surprise: Array, year_length: Array) -> Array:
    """Growth of the nation at a moment, ln(1 + g) of what is expected in a year, with its surprises."""
    expected = np.log(1.0 + national_growth * year_length) / year_length
    return expected + past_surprises + until_turn(outlook_surprise)


@variable(unit="1/a")
def inflation_surprise(inflation_shock: Array) -> Array:
    """Surprise of the year: what moves the nation's inflation away from what was expected, in all cities alike."""
    return inflation_shock * noise("inflation of the nation", like=inflation_shock)


@stock(unit="1/a", initial=0.0)
def past_inflation_surprises(past_inflation_surprises: Array, inflation_surprise_life: Array) -> Array:
    """Surprises of past years, as far as they last."""
    return -past_inflation_surprises / inflation_surprise_life


@event(stock="past_inflation_surprises", order=1)
def inflation_surprise_lasts(past_inflation_surprises: Array, inflation_surprise: Array) -> Array:
    """The surprise of the year joins those of past years."""
    return past_inflation_surprises + inflation_surprise


@variable(unit="1/a")
def inflation_of_nation(
    national_inflation: Array, past_inflation_surprises: Array, inflation_surprise: Array, year_length: Array
) -> Array:
    """Inflation of the nation at a moment, ln(1 + p) of what is expected in a year, with its surprises."""
    expected = np.log(1.0 + national_inflation * year_length) / year_length
    return expected + past_inflation_surprises + until_turn(inflation_surprise)


@stock(unit="ratio", initial=1.0)
def unplanned_prices(
    unplanned_prices: Array, inflation_of_nation: Array, planned_inflation: Array, year_length: Array
) -> Array:
    """Price level over what amounts in plans reckoned with: budgets are made anew each year, as prices and revenue turn out."""
    planned = np.log(1.0 + planned_inflation * year_length) / year_length
    return (inflation_of_nation - planned) * unplanned_prices


@variable(unit="1/a", dims=SECTORS)
def outlook_growth(growth_of_nation: Array, farm_growth: Array, starting_shares: Array, year_length: Array) -> Array:
    """Growth of each sector by the outlook: farming at its own rate, the others alike, so that all grow as the nation."""
    farming, farms = at(starting_shares, sector="agriculture"), np.log(1.0 + farm_growth * year_length) / year_length
    others = (growth_of_nation - farming * farms) / (1.0 - farming)
    return by("sector", agriculture=farms, manufacturing=others, other_industry=others, construction=others, services=others)


@variable(unit="1/a", dims=SECTORS)
def starting_capital_growth(capital: Array) -> Array:
    """Growth of capital at the start."""
    return growth(capital)


@stock(unit="1/a", dims=SECTORS, initial="starting_capital_growth")
def outlook_capital_growth(outlook_capital_growth: Array, outlook_growth: Array, depreciation_rate: Array) -> Array:
    """Growth of capital when investment grows as the outlook: k' = (k + d) * (g - k), from where the city's starts."""
    return (outlook_capital_growth + depreciation_rate) * (outlook_growth - outlook_capital_growth)


@variable(unit="1/a", dims=SECTORS)
def outlook_labour_growth(expected_labour_growth: Array, farm_outflow: Array) -> Array:
    """Growth of effective labour that the people of the base year let expect; farming loses hands at its usual rate."""
    others = expected_labour_growth
    return by(
        "sector", agriculture=-farm_outflow, manufacturing=others, other_industry=others, construction=others, services=others
    )


@variable(unit="1/a", dims=SECTORS)
def trend_productivity_growth(
    outlook_growth: Array,
    outlook_capital_growth: Array,
    outlook_labour_growth: Array,
    capital_exponent: Array,
    labour_exponent: Array,
    infrastructure_growth: Array,
) -> Array:
    """Growth of productivity by the outlook (T1): of output, less capital, labour and public capital by their exponents."""
    accumulation = capital_exponent * outlook_capital_growth + labour_exponent * outlook_labour_growth
    return outlook_growth - accumulation - initial(infrastructure_growth)


@stock(unit="index", dims=SECTORS, initial=1.0)
def trend_productivity(trend_productivity: Array, trend_productivity_growth: Array) -> Array:
    """Productivity that the outlook implies, 1 at the start."""
    return trend_productivity * trend_productivity_growth


@variable(unit="1/a", dims=("region",))
def starting_padding(padding_base: Array, padding_life: Array, year_length: Array) -> Array:
    """Padding at the start: that of the base year, a year later."""
    return padding_base * np.exp(-year_length / padding_life)


@stock(unit="1/a", dims=("region",), initial="starting_padding")
def padding(padding: Array, padding_life: Array) -> Array:
    """Growth that is reported and not there: by how much cities' growth exceeds the nation's; it fades."""
    return -padding / padding_life


@variable(unit="ratio", dims=("region",))
def starting_overstatement(starting_shares: Array, starting_padding: Array) -> Array:
    """Overstatement at the turn of the year, from none in the base year, which counts as it was published."""
    return starting_rate(total(starting_shares, over="sector"), starting_padding)


@stock(unit="ratio", dims=("region",), initial="starting_overstatement")
def overstatement(overstatement: Array, padding: Array) -> Array:
    """Reported over true output, as far as the two have parted since the base year."""
    return padding * overstatement


@variable(unit="亿元_2020/a", dims=("region",), kind="flow")
def reported_gdp_real(gdp_real: Array, overstatement: Array) -> Array:
    """GDP at prices of 2020 as it will be reported."""
    return gdp_real * overstatement


@variable(unit="亿元/a", dims=("region",), kind="flow")
def reported_gdp_nominal(gdp_nominal: Array, overstatement: Array, padding_in_levels: Array) -> Array:
    """GDP at current prices as it will be reported: a part of what growth is overstated by stands in the level as well."""
    return gdp_nominal * overstatement**padding_in_levels
