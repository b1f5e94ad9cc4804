"""Plans whose numbers are tied by more than one measure, with the number that decides left open."""

from __future__ import annotations

from sim.inputs.targets import Fact, PlanTarget
from sim.plan.claims import CityPlan
from tests.plan.lint.plans import FIRMS, PERCENT, SHARE, STOCK, fact, measure, plan, rate, target


def areas(built: float, *, complete: bool = False) -> CityPlan:
    """The built-up area of a zone, which lies within its planned area, of which only the two parks are printed."""
    area = {"kind": "stock", "unit": "km2", "price": "none"}
    measures = {
        "built": measure("b", **area, within="planned"),
        "planned": measure(**area, parts=["north", "south"], complete=complete),
        "north": measure("n", **area),
        "south": measure("s", **area),
    }
    unit = {"unit": "km2", "region": "park"}
    return plan(measures, [target("b", built, **unit), target("n", 25.0, **unit), target("s", 11.0, **unit)])


def outgrown(base: float | None) -> CityPlan:
    """A thousand entities and five hundred more, while the enterprises among them are to grow by 12 per cent a year."""
    known = [] if base is None else [fact("p", base, **FIRMS)]
    measures = {
        "all": measure("w", "a", **STOCK),
        "part": measure("g", *(item.id for item in known), **STOCK, within="all"),
    }
    added = target("a", 500.0, "cumulative_over_period", start_year=2021, **FIRMS)
    return plan(measures, [added, rate("g", 12.0), fact("w", 1000.0, **FIRMS), *known])


def served(rate_of_use: float, reach: float) -> CityPlan:
    measures = {"rate": measure("r", **SHARE, coverage="reach"), "reach": measure("c", **SHARE)}
    return plan(measures, [target("r", rate_of_use, operator=">=", **PERCENT), target("c", reach, **PERCENT)])


def spending(implied: float, whole: float | None = None, part: float | None = None, revenue: float | None = None) -> CityPlan:
    """Four fifths of five years' spending are printed with their share; beside them all of it, another part, and revenue."""
    measures = {
        "spending": measure("w"),
        "people": measure("p", within="spending"),
        "schools": measure("s", within="spending"),
        "revenue": measure("r", no_more_than="spending"),
        "share": measure("f", **SHARE, quotient={"of": "people", "per": "spending"}),
    }
    said = {"w": whole, "s": part, "r": revenue, "p": 0.8 * implied}
    numbers = [fact(key, value, "cumulative", start_year=2016) for key, value in said.items() if value is not None]
    named = {"f", *(item.id for item in numbers)}
    known = {key: {**entry, "claims": [name for name in entry["claims"] if name in named]} for key, entry in measures.items()}
    return plan(known, [*numbers, fact("f", 80.0, "share", start_year=2016, **PERCENT)])


def three_shares(*numbers: PlanTarget | Fact) -> CityPlan:
    """High technology as a share of industry (n) and of GDP (w), and industry as a share of GDP (f)."""
    quotient = {"of": "hightech", "per": "industry"}, {"of": "hightech", "per": "gdp"}, {"of": "industry", "per": "gdp"}
    measures = {
        "gdp": measure(),
        "industry": measure(within="gdp"),
        "hightech": measure(),
        "narrow": measure("n", **SHARE, quotient=quotient[0]),
        "wide": measure("w", **SHARE, quotient=quotient[1]),
        "share": measure("f", **SHARE, quotient=quotient[2]),
    }
    return plan(measures, numbers)


def met_shares(of_industry: float) -> CityPlan:
    """High technology was 35 per cent of GDP, and all of industry 46: so it was 76 per cent of industry at least."""
    return three_shares(target("n", of_industry, **PERCENT), fact("w", 35.0, **PERCENT), fact("f", 46.0, **PERCENT))


def grown_since(real: float) -> CityPlan:
    """One sentence: 4.23 in 2020, 0.86 more than in 2016, growth of so much a year in real terms."""
    since = {"base": 2016, "why": {"zh": "较 2016 年", "en": "against 2016"}}
    measures = {"m": measure("a", "b", "g", growth_price="real", readings={"b": since, "g": since})}
    numbers = [
        fact("a", 4.23),
        fact("b", 0.86, "growth", start_year=2016),
        fact("g", real, "growth", start_year=2016, **PERCENT),
    ]
    return plan(measures, numbers)


def entities(added: float) -> CityPlan:
    """A stock that doubled to 20,000 in five years: a net rise of 2,000 a year."""
    said = [fact("n", 20_000.0, **FIRMS), fact("m", 2.0, "ratio", unit="multiple", start_year=2015)]
    wanted = target("a", 5.0 * added, "cumulative_over_period", start_year=2021, **FIRMS)
    return plan({"m": measure("a", "n", "m", **STOCK)}, [wanted, *said])


def rough_share(wanted: float) -> CityPlan:
    """A share of what five years that grew in real terms came to, which is known to 6 per cent only: 3.1 or a little less."""
    measures = {
        "gdp": measure("s", "g", growth_price="real"),
        "research": measure("r"),
        "share": measure("a", **SHARE, quotient={"of": "research", "per": "gdp"}),
    }
    numbers = [
        target("a", wanted, **PERCENT),
        fact("r", 3.1),
        fact("s", 500.0, "cumulative", start_year=2016),
        fact("g", 0.0, "growth_rate_each_year", start_year=2016, **PERCENT),
    ]
    return plan(measures, numbers)


def risen(wanted: float, operator: str = "=") -> CityPlan:
    return plan({"m": measure("a", "b")}, [target("a", wanted), fact("b", 100.0, operator=operator)])


def firms_after(wanted: float) -> CityPlan:
    """A hundred firms, of which four a year were added."""
    added = fact("s", 20.0, "cumulative", start_year=2016, **FIRMS)
    return plan({"m": measure("a", "b", "s", **STOCK)}, [target("a", wanted, **FIRMS), fact("b", 100.0, **FIRMS), added])
