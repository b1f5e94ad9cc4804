"""Numbers and things in words."""

from __future__ import annotations

from sim.base.words import all_of, several, unit_text


def test_one_is_no_plural() -> None:
    assert [several(count, "target") for count in (0, 1, 2, 1500)] == ["0 targets", "1 target", "2 targets", "1,500 targets"]
    assert [all_of(1, "undecided "), all_of(3)] == ["the one undecided target", "all 3 targets"]


def test_a_unit_is_printed_the_same_however_it_was_written() -> None:
    assert unit_text("亿元/年", "en") == unit_text("亿元/a", "en") == "CNY 100m/year"
    assert unit_text("亿元/年", "zh") == unit_text("亿元/a", "zh") == "亿元/年"
    assert unit_text("没有这个单位", "en") == "没有这个单位"
