"""Naive forecasts of series whose future is plain to see."""

from __future__ import annotations

import numpy as np
import pytest

from sim.studies.forecasts import NAMES, PublishedSeries, naive_forecasts, series_of

YEARS = range(2000, 2013)


def test_every_forecaster_carries_on_a_steady_growth() -> None:
    steady = series_of("level", {year: 100.0 * 1.05 ** (year - 2000) for year in YEARS}, 2012)
    found = naive_forecasts(steady, 3)
    assert set(found) == set(NAMES) - {"no_change"}
    for name in ("last_growth", "mean_growth_5", "mean_growth_10", "growth_trend"):
        assert found[name] == pytest.approx(np.log(1.05), abs=1e-9)
    assert found["damped_ets"] == pytest.approx(np.log(1.05), abs=0.01)


def test_the_level_trend_is_a_straight_line_from_the_last_level() -> None:
    line = series_of("level", {year: 50.0 + 10.0 * (year - 2000) for year in YEARS}, 2012)
    path = 170.0 * np.exp(np.cumsum(naive_forecasts(line, 2)["level_trend"]))
    assert path == pytest.approx([180.0, 190.0])


def test_growth_and_its_trend() -> None:
    falling = series_of("growth", {year: 0.12 - 0.005 * (year - 2000) for year in YEARS}, 2012)
    found = naive_forecasts(falling, 2)
    rates = np.expm1(found["growth_trend"])
    assert rates == pytest.approx([0.055, 0.05], abs=5e-4)
    assert found["last_growth"] == pytest.approx(np.log1p(0.06))
    assert found["mean_growth_5"][0] == pytest.approx(np.log1p([0.08, 0.075, 0.07, 0.065, 0.06]).mean())


def test_a_share_may_stay_where_it_is() -> None:
    share = series_of("share", {year: 0.4 + 0.01 * (year - 2000) for year in YEARS}, 2012)
    found = naive_forecasts(share, 2)
    assert found["no_change"].tolist() == [0.0, 0.0]
    assert found["level_trend"] == pytest.approx(0.01)


def test_nothing_after_the_origin_is_read() -> None:
    published = {year: 100.0 + (year - 2000) ** 2 for year in YEARS}
    early = naive_forecasts(series_of("level", published, 2008), 2)
    again = naive_forecasts(series_of("level", {**published, 2009: 1e6, 2012: 1.0}, 2008), 2)
    assert all(np.array_equal(early[name], again[name]) for name in early)


def test_a_short_series_has_no_smoothing() -> None:
    short = PublishedSeries("level", np.arange(4), np.array([1.0, 1.1, 1.2, 1.3]))
    assert naive_forecasts(short, 1)["damped_ets"] == pytest.approx(naive_forecasts(short, 1)["mean_growth_5"])
