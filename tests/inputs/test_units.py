"""Units carry dimension and scale."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sim.base.units import PLAIN, UnknownUnitError, conversion, parse_unit


def test_scale_matters_as_much_as_dimension() -> None:
    assert not parse_unit("亿元").matches(parse_unit("万元"))
    assert not parse_unit("亿元").matches(parse_unit("亿元_2020"))
    assert parse_unit("亿元/万人").matches(parse_unit("万元/人"))
    assert not parse_unit("%").matches(PLAIN)
    assert parse_unit("ratio").is_plain
    assert parse_unit("index").is_plain


def test_algebra() -> None:
    money, year = parse_unit("亿元"), parse_unit("a")
    assert (money / year).matches(parse_unit("亿元/a"))
    assert (money / money).is_plain
    assert (money ** Fraction(1, 2) * money ** Fraction(1, 2)).matches(money)
    assert str(parse_unit("万人/a")) == "10000 × a^-1 × 人"


@pytest.mark.parametrize("text", ["foo", "", "亿元+a", "亿元/foo", "__import__('os')", "2", "亿元 万人", "a**99"])
def test_unknown_units(text: str) -> None:
    with pytest.raises(UnknownUnitError):
        parse_unit(text)


@pytest.mark.parametrize("text", ["亿元/年", "亿元 / a", "亿元 per year", "亿元 per 年", "亿元每年", "亿元/每年", "亿元／年"])
def test_a_rate_is_one_unit_however_it_is_written(text: str) -> None:
    assert conversion(text, "亿元/a") == 1.0


def test_conversion() -> None:
    assert conversion("万元", "亿元") == pytest.approx(1e-4)
    assert conversion("万户", "户") == pytest.approx(1e4)
    assert conversion("%", "ratio") == pytest.approx(0.01)
    assert conversion("万元/人", "元/人") == pytest.approx(1e4)
    with pytest.raises(ValueError, match="is not"):
        conversion("万元", "万人")
