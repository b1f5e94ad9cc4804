"""Capital of firms: investment, work in progress, commissioning, named projects; what formation adds up to.

Equation K2 is changed in one point: congestion compares work in progress with capital, relative to the start, not with its own
starting level; otherwise steady growth alone would lengthen building times without end.
"""

from __future__ import annotations

import numpy as np

from sim.model import Array, initial, place, roll_up, smooth, starting_rate, stock, total, variable

SECTORS = ("region", "sector")
LEAST_REPLACED = 0.01
"""Part of what wears out that firms replace however bad the times: districts cannot share nothing."""
LEAST_UNFINISHED = 0.1
"""Part of the work in progress at the start that is ordinary, however much the ledger names."""


@stock(unit="亿元_2020", dims=SECTORS, initial="capital_base")
def capital(commissioning: Array, project_commissioning: Array, depreciation: Array, unusual_losses: Array) -> Array:
    """Productive capital of firms (K1): commissioned plant less depreciation and unusual losses to disasters and accidents."""
    return commissioning + project_commissioning - depreciation - unusual_losses


@variable(unit="亿元_2020/a", dims=SECTORS, kind="flow")
def depreciation(capital: Array, depreciation_rate: Array) -> Array:
    """Wear of capital: rate * capital."""
    return depreciation_rate * capital


@variable(unit="亿元_2020", dims=SECTORS)
def named_work_in_progress(
    ledger_business_unfinished: Array, ledger_public_unfinished: Array, formation_per_investment: Array, local_paid_share: Array
) -> Array:
    """Unfinished work at the start on named projects of firms, and on the part of public ones that others pay (services)."""
    firms = roll_up(total(ledger_business_unfinished, over="district"), "branch", "sector")
    outside = total((1.0 - local_paid_share) * total(ledger_public_unfinished, over="district"), over="kind")
    return formation_per_investment * (firms + place(outside, sector="services"))


@variable(unit="亿元_2020", dims=SECTORS)
def starting_work_in_progress(
    business_investment_base: Array, base_growth: Array, building_time: Array, named_work_in_progress: Array
) -> Array:
    """Work in progress that goes with investment growing steadily, I * tau / (1 + g * tau), less that of named projects."""
    whole = starting_rate(business_investment_base, base_growth) * building_time / (1.0 + base_growth * building_time)
    return np.maximum(whole - named_work_in_progress, LEAST_UNFINISHED * whole)


@stock(unit="亿元_2020", dims=SECTORS, initial="starting_work_in_progress")
def work_in_progress(business_investment: Array, commissioning: Array) -> Array:
    """Unfinished plant of unnamed investment (K3)."""
    return business_investment - commissioning


@variable(unit="a", dims=SECTORS)
def completion_time(work_in_progress: Array, capital: Array, building_time: Array, congestion: Array) -> Array:
    """Building time, longer when more is under way for the capital in place (K2): tau0 * (1 + kappa * (load - 1))."""
    load = work_in_progress / capital
    return building_time * np.maximum(1.0 + congestion * (load / initial(load) - 1.0), 0.5)


@variable(unit="亿元_2020/a", dims=SECTORS, kind="flow")
def commissioning(work_in_progress: Array, completion_time: Array) -> Array:
    """Plant that is finished (K2): work in progress / completion time."""
    return work_in_progress / completion_time


@variable(unit="1/a", dims=SECTORS)
def marginal_product(
    value_added: Array, capital: Array, price_index: Array, investment_price: Array, capital_exponent: Array
) -> Array:
    """Marginal product of capital (K5): alpha * (p/p_I) * Y/K."""
    return capital_exponent * price_index / investment_price * value_added / capital


@variable(unit="ratio", dims=SECTORS)
def perceived_return(marginal_product: Array, return_perception_time: Array) -> Array:
    """Return against the start, as firms perceive it after some time."""
    return smooth(marginal_product / initial(marginal_product), return_perception_time, 1.0)


@variable(unit="亿元_2020/a", dims=SECTORS, kind="flow")
def business_investment(
    business_investment_base: Array,
    base_growth: Array,
    capital: Array,
    depreciation_rate: Array,
    expected_growth: Array,
    perceived_return: Array,
    investment_response: Array,
    investment_policy: Array,
    investment_climate: Array,
    displaced_investment: Array,
) -> Array:
    """Investment of firms (K4): the observed level at the start, moved by capital, expected growth and the perceived return.

    I = I0 * (K/K0) * (d + g)/(d + g0) * clip(return, 1/2, 2)^eps * (1 + policy) * climate - what named projects displace.
    """
    appetite = np.maximum(depreciation_rate + expected_growth, LEAST_REPLACED * depreciation_rate)
    drawn = np.clip(perceived_return, 0.5, 2.0) ** investment_response
    scale = capital / initial(capital) * appetite / initial(appetite)
    wanted = (
        starting_rate(business_investment_base, base_growth) * scale * drawn * (1.0 + investment_policy) * investment_climate
    )
    return np.maximum(wanted - displaced_investment, 0.0)


@variable(unit="ratio", dims=SECTORS)
def investment_climate(credit_effect: Array, crowding_out: Array, permit_gate: Array, return_perception_time: Array) -> Array:
    """What moves ordinary investment from outside the firm, noticed after some time: credit, public debt, permits."""
    return smooth(credit_effect * crowding_out * permit_gate, return_perception_time, 1.0)


@variable(unit="亿元_2020/a", dims=SECTORS, kind="flow")
def project_investment(ledger_business_spend: Array, formation_per_investment: Array) -> Array:
    """Capital formation of named projects of firms (K7, SH6): their spending * part that becomes formation."""
    return formation_per_investment * roll_up(total(ledger_business_spend, over="district"), "branch", "sector")


@variable(unit="亿元_2020/a", dims=SECTORS, kind="flow")
def project_commissioning(ledger_business_completions: Array, formation_per_investment: Array) -> Array:
    """Named projects of firms that are put to use (K7)."""
    return formation_per_investment * roll_up(total(ledger_business_completions, over="district"), "branch", "sector")


@variable(unit="亿元_2020/a", dims=SECTORS)
def begun_investment(ledger_business_begun: Array, formation_per_investment: Array) -> Array:
    """Capital formation of projects of firms that were begun before the run."""
    return formation_per_investment * roll_up(total(ledger_business_begun, over="district"), "branch", "sector")


@variable(unit="亿元_2020/a", dims=SECTORS)
def displaced_investment(
    project_investment: Array,
    begun_investment: Array,
    outside_printed: Array,
    outside_begun: Array,
    displacement: Array,
) -> Array:
    """Ordinary investment that named projects take the place of (1.11.4).

    What was begun before the run was part of the observed formation, and takes its whole place: public works that others pay
    among the services. Of what is begun later, a share would have been invested anyway, whoever pays; what others pay is
    that of the documents, since cancelling a project does not bring their money back.
    """
    begun = begun_investment + place(outside_begun, sector="services")
    spent = project_investment + place(outside_printed, sector="services")
    return begun + displacement * (spent - begun)


@variable(unit="亿元_2020/a", dims=("region",), kind="flow")
def real_housing_investment(housing_investment: Array, unplanned_prices: Array, investment_price: Array) -> Array:
    """Housing formation at prices of 2020."""
    return housing_investment * unplanned_prices / investment_price


@variable(unit="亿元_2020/a", dims=("region",), kind="flow")
def capital_formation(
    business_investment: Array,
    project_investment: Array,
    real_public_investment: Array,
    real_housing_investment: Array,
) -> Array:
    """Gross fixed capital formation: firms, named projects, public and housing."""
    firms = total(business_investment + project_investment, over="sector")
    return firms + real_public_investment + real_housing_investment


@variable(unit="亿元_2020/a", dims=("region",), kind="flow")
def fixed_asset_investment(capital_formation: Array, formation_per_investment: Array) -> Array:
    """Fixed-asset investment as the statistic counts it: formation / share that becomes formation."""
    return capital_formation / formation_per_investment
