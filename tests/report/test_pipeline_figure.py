"""The summary of realisations behind the Gantt picture, against counts by hand."""

from __future__ import annotations

import pytest

from sim.base.errors import Place
from sim.inputs.ledger import Ledger, LedgerNames, Project
from sim.ledger.pipeline import Limit, Limits
from sim.ledger.random_effects import Scale
from sim.ledger.realise import Axes, LedgerPlan, realised
from sim.ledger.summary import money_origin, never_begun, programme_times, waiting
from sim.ledger.works import Work
from tests.ledger.works import NAME, SETTINGS, work

AXES = Axes(range(2020, 2036), ("north", "south"), ("goods", "services"), ("roads", "schools"))


def row(name: str, end: int | None) -> Project:
    return Project(name, NAME, "capital", "", "", "business", "factory", "north", "goods", "", "big", None, end, None, None,
                   "", "", "", Place())  # fmt: skip


def plan(works: list[Work], limits: Limits = Limits(2021.0)) -> LedgerPlan:
    return LedgerPlan(tuple(works), tuple(works), tuple(works), SETTINGS, Scale(1.0, 2021, 2025), limits, limits, AXES)


def test_a_programme_lasts_from_its_first_start_until_nine_tenths_are_in_use() -> None:
    works = [work("small", 2021.0, money=1.0), work("large", 2024.0, money=99.0)]
    ledger = Ledger({"small": row("small", 2024), "large": row("large", 2027)}, names=LedgerNames())
    found = programme_times(realised(plan(works), 3), ledger)
    assert len(found) == 1
    assert found[0].start == pytest.approx(2022.5)
    assert found[0].half == found[0].nearly_all == pytest.approx(2028.0)
    assert found[0].planned == 2027
    assert found[0].works == 2


def test_waiting_is_counted_in_works_and_years() -> None:
    works = [work("first", 2021.0), work("second", 2021.1)]
    limits = Limits(2021.0, construction=Limit({2021: 5.0}, returned=True))
    found = realised(plan(works, limits), 2)
    waits = waiting(found)["construction"]
    assert sum(waits) == pytest.approx(1.9)  # the second asks at 2022.6 and is served at 2024.5
    assert waits[1] == pytest.approx(0.4)
    assert never_begun(found) == 0.0


def test_works_that_never_begin_are_counted() -> None:
    limits = Limits(2021.0, construction=Limit({2021: 0.0}, returned=True))
    assert never_begun(realised(plan([work("stuck")], limits), 4)) == 1.0


def test_printed_and_assumed_money_is_told_apart() -> None:
    found = money_origin(realised(plan([work("printed"), work("drawn", money=None)]), 50))
    assert (found.printed_works, found.assumed_works) == (1, 1)
    assert found.printed == 10.0
    assert found.assumed > 0.0
