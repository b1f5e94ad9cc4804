"""Public capital by kind: what is spent on it, when it is put to use, and what it does for output and services (SH1 to SH5).

The output elasticity of public capital already holds what cheaper transport and wider markets are worth: cost ratios and access
are shown elsewhere, never fed back.
"""

from __future__ import annotations

import numpy as np

from sim.model import Array, at, by, delay3, growth, initial, relative, share, stock, total, variable

KINDS = ("region", "kind")
SECTORS = ("region", "sector")
LEAST = 1e-9
"""Part of the budget of the start below which nothing is free to be shared out."""


@variable(unit="亿元_2020/a", dims=KINDS)
def project_public_spend(ledger_public_spend: Array, formation_per_investment: Array) -> Array:
    """Capital formation of public projects of the ledger (SH7): spending * part that becomes formation."""
    return formation_per_investment * total(ledger_public_spend, over="district")


@variable(unit="亿元_2020/a", dims=KINDS)
def project_public_completions(ledger_public_completions: Array, formation_per_investment: Array) -> Array:
    """Public projects of the ledger that are put to use, as capital formation."""
    return formation_per_investment * total(ledger_public_completions, over="district")


@variable(unit="亿元_2020/a", dims=("region",))
def outside_public_money(project_public_spend: Array, local_paid_share: Array) -> Array:
    """What province, nation and state firms pay of public projects (SH2): it builds, and is no local debt."""
    return total((1.0 - local_paid_share) * project_public_spend, over="kind")


@variable(unit="亿元_2020/a", dims=("region",))
def outside_begun(ledger_public_begun: Array, formation_per_investment: Array, local_paid_share: Array) -> Array:
    """What others pay of works begun before the run, as the documents have them."""
    begun = formation_per_investment * total(ledger_public_begun, over="district")
    return total((1.0 - local_paid_share) * begun, over="kind")


@variable(unit="亿元_2020/a", dims=("region",))
def outside_printed(ledger_public_printed: Array, formation_per_investment: Array, local_paid_share: Array) -> Array:
    """What others pay of all public works of the documents: a project that is cancelled gives none of it back to the city."""
    printed = formation_per_investment * total(ledger_public_printed, over="district")
    return total((1.0 - local_paid_share) * printed, over="kind")


@variable(unit="ratio", dims=KINDS)
def public_allocation_share(public_allocation: Array) -> Array:
    """Share of each kind in local public investment; the shares add up to one."""
    return share(public_allocation, over="kind")


@variable(unit="亿元_2020/a", dims=KINDS)
def free_budget(
    local_public_investment: Array, public_allocation_share: Array, project_public_spend: Array, local_paid_share: Array
) -> Array:
    """What projects of the ledger leave of each kind's budget: money that is set aside for a purpose stays there."""
    return np.maximum(local_public_investment * public_allocation_share - local_paid_share * project_public_spend, 0.0)


@variable(unit="亿元_2020/a", dims=KINDS)
def discretionary_public_investment(
    free_budget: Array, local_public_investment: Array, project_public_spend: Array, local_paid_share: Array
) -> Array:
    """Local public investment by kind that no project of the ledger takes (SH2).

    Where projects need more than the budget of their kind, the other kinds give way in proportion: local money is spent once.
    """
    left = np.maximum(local_public_investment - total(local_paid_share * project_public_spend, over="kind"), 0.0)
    free = np.maximum(total(free_budget, over="kind"), LEAST * initial(local_public_investment))
    return free_budget * np.minimum(left / free, 1.0)


@variable(unit="亿元_2020/a", dims=KINDS, kind="flow")
def public_investment_by_kind(discretionary_public_investment: Array, project_public_spend: Array) -> Array:
    """Public investment by kind (SH2): what is discretionary, and what projects of the ledger spend."""
    return discretionary_public_investment + project_public_spend


@variable(unit="亿元_2020/a", dims=("region",), kind="flow")
def real_public_investment(public_investment_by_kind: Array) -> Array:
    """Public investment of all kinds at prices of 2020."""
    return total(public_investment_by_kind, over="kind")


@variable(unit="亿元_2020/a", dims=KINDS, kind="flow")
def public_commissioning(
    discretionary_public_investment: Array,
    project_public_completions: Array,
    public_building_time: Array,
) -> Array:
    """Public works that are put to use (SH3): discretionary ones after their building time, projects once completed."""
    return delay3(discretionary_public_investment, public_building_time) + project_public_completions


@variable(unit="ratio", dims=KINDS)
def relative_efficiency(kind_efficiency: Array, public_allocation_share: Array) -> Array:
    """Efficiency of each kind of public investment against the mean of all kinds at the start."""
    return kind_efficiency / total(kind_efficiency * initial(public_allocation_share), over="kind")


@variable(unit="亿元_2020", dims=KINDS)
def starting_public_capital(public_capital_base: Array, public_allocation_share: Array, relative_efficiency: Array) -> Array:
    """Public capital by kind at the start: as its usual share of efficient investment has made it."""
    return public_capital_base * public_allocation_share * relative_efficiency


@variable(unit="亿元_2020/a", dims=KINDS, kind="flow")
def public_gain(public_commissioning: Array, public_efficiency: Array, relative_efficiency: Array) -> Array:
    """The part of what is put to use that becomes capital: efficiency of the kind."""
    return public_efficiency * relative_efficiency * public_commissioning


@variable(unit="亿元_2020/a", dims=KINDS, kind="flow")
def public_wear(public_capital: Array, public_depreciation: Array) -> Array:
    """Wear of public capital: rate * capital."""
    return public_depreciation * public_capital


@stock(unit="亿元_2020", dims=KINDS, initial="starting_public_capital")
def public_capital(public_gain: Array, public_wear: Array) -> Array:
    """Public capital by kind (SH1): what is gained less what wears out."""
    return public_gain - public_wear


@variable(unit="ratio", dims=SECTORS)
def infrastructure_effect(public_capital: Array, public_capital_weight: Array, public_capital_elasticity: Array) -> Array:
    """What public capital does for output (SH5): product over kinds of (KG/KG0)^(gamma of the sector * weight of the kind)."""
    return np.exp(public_capital_elasticity * total(public_capital_weight * np.log(relative(public_capital)), over="kind"))


@variable(unit="1/a", dims=SECTORS)
def infrastructure_growth(public_capital: Array, public_capital_weight: Array, public_capital_elasticity: Array) -> Array:
    """Growth of output from more public capital: gamma * weighted growth of its kinds."""
    return public_capital_elasticity * total(public_capital_weight * growth(public_capital), over="kind")


@variable(unit="ratio", dims=KINDS)
def service_need(school_age_children: Array, health_need: Array, urban_residents: Array, residents: Array) -> Array:
    """Need for public services against the start (SH4): children, age-weighted people, urban people; all people otherwise."""
    children = relative(total(school_age_children, over="stage"))
    sick, urban, people = relative(health_need), relative(urban_residents), relative(residents)
    return by(
        "kind",
        transport=people,
        logistics=people,
        urban=urban,
        environment=urban,
        education=children,
        health=sick,
        digital=people,
        rural=people,
        safety=people,
    )


@variable(unit="ratio", dims=KINDS)
def public_service_level(public_capital: Array, service_need: Array, need_elasticity: Array) -> Array:
    """Public services against the start (SH4): capital / need^chi."""
    return relative(public_capital) * service_need**-need_elasticity


@stock(unit="index", initial=1.0)
def province_service_level(province_service_level: Array, province_service_growth: Array) -> Array:
    """Public capital of the province against the start: people compare with what they find elsewhere."""
    return province_service_growth * province_service_level


@variable(unit="ratio", dims=KINDS)
def services_against_province(public_capital: Array, province_service_level: Array) -> Array:
    """Public capital against the province's, 1 at the start: needs move alike in both, so they cancel."""
    return relative(public_capital) / province_service_level


@variable(unit="ratio", dims=("region",))
def schools_and_hospitals(services_against_province: Array) -> Array:
    """Mean level of schools and hospitals against the province, 1 at the start."""
    return 0.5 * at(services_against_province, kind="education") + 0.5 * at(services_against_province, kind="health")
