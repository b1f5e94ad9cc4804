"""The dimensions of the model, in the order of the axes. Members of `region` and `district` come from the city.

The economy is solved for the region as a whole; districts and parks have shares of it that add up to one.
"""

from sim.model import Dimension

region = Dimension("region")
district = Dimension("district")
sector = Dimension("sector", ("agriculture", "manufacturing", "other_industry", "construction", "services"))
_SECTOR_OF = {
    "agriculture": "agriculture",
    "power_equipment": "manufacturing",
    "nonferrous": "manufacturing",
    "steel_pipe": "manufacturing",
    "salt_chemistry": "manufacturing",
    "auto_nev": "manufacturing",
    "electronics": "manufacturing",
    "nuclear_tech": "manufacturing",
    "pharma": "manufacturing",
    "food_agro": "manufacturing",
    "light_textile": "manufacturing",
    "other_mfg": "manufacturing",
    "energy": "other_industry",
    "construction": "construction",
    "logistics": "services",
    "finance": "services",
    "digital": "services",
    "health_care": "services",
    "tourism_culture": "services",
    "trade": "services",
    "other_services": "services",
}
_TIER_OF_SECTOR = {
    "agriculture": "",
    "manufacturing": "industry",
    "other_industry": "industry",
    "construction": "construction_realestate",
    "services": "services",
}
_TIERS = tuple("trade_catering" if name == "trade" else _TIER_OF_SECTOR[sector] for name, sector in _SECTOR_OF.items())
branch = Dimension("branch", tuple(_SECTOR_OF), parents=(("sector", tuple(_SECTOR_OF.values())), ("tier", _TIERS)))
tier = Dimension("tier", ("industry", "construction_realestate", "trade_catering", "services"))
kind = Dimension(
    "kind", ("transport", "logistics", "urban", "environment", "education", "health", "digital", "rural", "safety")
)
stage = Dimension("stage", ("preschool", "compulsory", "senior"))
age_class = Dimension("age_class", ("0", "1", "2", "3", "4", "5", "6", "7", "8plus"))
service = Dimension("service", ("sewage", "waste"))
aspect = Dimension("aspect", ("education", "health", "urban", "air"))
sex = Dimension("sex", ("female", "male"))
age = Dimension("age", tuple(str(number) for number in range(101)))
