"""A run as of a year rests on nothing published later: whatever stands there may be anything."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from sim.base.errors import InputError
from sim.city.city import open_city
from sim.inputs.home import Home
from sim.inputs.parameters import ParameterRecord
from tests.corruption import corrupt

YEARS = (2009, 2012, 2016, 2018, 2019, 2021)


def same(one: ParameterRecord, other: ParameterRecord) -> bool:
    if one.value is None or other.value is None:
        return one.value is other.value
    first, second = one.value, other.value
    arrays = zip((first.before, *first.arrays), (second.before, *second.arrays), strict=True)
    facts: Callable[[ParameterRecord], tuple[object, ...]] = lambda item: (  # noqa: E731
        item.prior, item.common_factor, item.source, item.known_from,
    )  # fmt: skip
    return first.years == second.years and facts(one) == facts(other) and all(np.array_equal(a, b) for a, b in arrays)


@pytest.mark.parametrize("as_of", YEARS)
def test_what_was_published_later_changes_nothing(as_of: int, copied: Home) -> None:
    before = open_city(copied, "hengyang", as_of, as_of).data.parameters
    with_all = open_city(copied, "hengyang", as_of).data.parameters
    assert corrupt(copied, as_of) > 50
    after = open_city(copied, "hengyang", as_of, as_of).data.parameters
    assert [name for name in before if not same(before[name], after[name])] == []
    now = open_city(copied, "hengyang", as_of).data.parameters
    assert [name for name in now if not same(with_all[name], now[name])] != []  # whoever knows of it sees it


@pytest.mark.parametrize("as_of", YEARS)
def test_every_number_says_since_when_it_is_known(as_of: int, home: Home) -> None:
    parameters = open_city(home, "hengyang", as_of, as_of).data.parameters
    assert {name: item.known_from for name, item in parameters.items() if item.known_from is None} == {}
    assert {name: item.known_from for name, item in parameters.items() if (item.known_from or 0) > as_of + 1} == {}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    prior: [0.0, 0.2]\n", "    prior: [0.07, 0.09]\n", "the earlier prior is narrower"),
        ("  known_from: 2010\n", "", "no known_from"),
        ("    known_from: 1996\n", "    known_from: 2030\n", "nothing was known of it as of 2005"),
    ],
)
def test_faults_of_what_was_known(old: str, new: str, expected: str, copied: Home) -> None:
    file = copied.models / "prefecture" / "parameters.yaml"
    text = file.read_text(encoding="utf-8")
    start = text.index("rd_elasticity:")
    assert old in text[start:]
    file.write_text(text[:start] + text[start:].replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(expected)):
        open_city(copied, "hengyang", 2005, 2005)
