"""The stored ensemble: written, read, refused when it no longer fits; the shipped ones fit."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from sim import pipeline
from sim.errors import InputError, RunError
from sim.futures import draws_of, posterior_of
from sim.inputs.home import Home
from sim.numerics.draws import DrawRequest
from sim.outputs.posterior import FILE, FitRow, Foreseen, Posterior, read_posterior, write_posterior


def small(city: str) -> Posterior:
    return Posterior(
        city=city,
        cities=("changsha", "hengyang"),
        first=2005,
        last=2016,
        effective=812.5,
        tail_shape=0.25,
        factors={"catch_up": np.array([0.5, 1.0, 1.5]), "momentum_life": np.array([1.0, 2.0, 0.25])},
        summary={"prior_mean": np.array([1.0, 1.1])},
        fit=(FitRow("gdp_nominal", 5, 1.0, 0.5, 0.1, 0.0, 2.0, 1.0),),
        foreseen=(Foreseen("hy_gdp_2025", 2021, 5500.0, 0.1, 0.01, 4000.0, 5000.0, 6000.0, "推算"),),
    )


@pytest.mark.parametrize("city", ["hengyang", "changsha", "zhuzhou"])
def test_the_shipped_ensembles_fit(city: str, home: Home) -> None:
    """When this fails: python -m sim calibrate hengyang --all, then python tools/make_calibration.py."""
    posterior = read_posterior(home, city)
    assert posterior is not None
    assert posterior.city == city
    assert posterior.count == 1000
    assert posterior.effective > 400
    assert posterior.tail_shape < 0.7
    assert set(posterior.cities) == set(home.cities())
    assert all(np.isfinite(values).all() for values in posterior.factors.values())


def test_what_was_written_is_read(copied: Home) -> None:
    before = small("hengyang")
    file = write_posterior(copied, "prefecture", before)
    assert [item.name for item in file.parent.glob(f".{FILE}*")] == []
    after = read_posterior(copied, "hengyang")
    assert after is not None
    assert (after.fit, after.foreseen, after.cities, after.effective) == (before.fit, before.foreseen, before.cities, 812.5)
    assert all(np.array_equal(after.factors[name], before.factors[name]) for name in before.factors)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("prefecture/technology.py", "-growth_momentum / momentum_life", "-1.01 * growth_momentum / momentum_life"),
        ("prefecture/parameters.yaml", "prior: [0.01, 0.03]", "prior: [0.01, 0.04]"),
        ("changsha/history.csv", "panel_1990_2023,1991", "panel_1990_2023,1992"),
    ],
)
def test_other_equations_or_data_refuse_it(file: str, old: str, new: str, copied: Home) -> None:
    write_posterior(copied, "prefecture", small("hengyang"))
    changed = copied.models / file
    text = changed.read_text(encoding="utf-8-sig")
    assert old in text
    changed.write_text(text.replace(old, new, 1), encoding="utf-8-sig" if file.endswith("csv") else "utf-8")
    with pytest.raises(InputError, match="python -m sim calibrate hengyang"):
        read_posterior(copied, "hengyang")


def test_a_city_that_was_not_fitted_changes_nothing(copied: Home) -> None:
    write_posterior(copied, "prefecture", small("hengyang"))
    file = copied.models / "zhuzhou" / "history.csv"
    file.write_text(file.read_text(encoding="utf-8-sig").replace(",1991,", ",1992,", 1), encoding="utf-8-sig")
    assert read_posterior(copied, "hengyang") is not None


def test_line_ends_do_not_count(copied: Home) -> None:
    write_posterior(copied, "prefecture", small("hengyang"))
    for file in (copied.models / "changsha").glob("*.yaml"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert read_posterior(copied, "hengyang") is not None


@pytest.mark.parametrize("content", [b"", b"not netcdf", None])
def test_a_damaged_file_is_refused(content: bytes | None, copied: Home) -> None:
    file = write_posterior(copied, "prefecture", small("hengyang"))
    file.write_bytes(file.read_bytes()[:3000] if content is None else content)
    with pytest.raises(InputError, match="damaged"):
        read_posterior(copied, "hengyang")


def test_none_stored(copied: Home) -> None:
    (copied.models / "hengyang" / FILE).unlink()
    assert read_posterior(copied, "hengyang") is None


def test_draws_repeat_the_stored_factors_and_leave_what_the_scenario_states(home: Home) -> None:
    settings = (("catch_up", "0.015"),)
    [case] = pipeline.open_cases(home, [home.scenarios / "baseline.yaml"], None, (), settings)
    posterior = posterior_of(case.world)
    assert posterior is not None
    draws = draws_of(case, DrawRequest(1500, 0, 1), posterior)
    factors = draws.factors(900, 1100)
    assert "catch_up" not in factors
    stored = posterior.factors["momentum_life"]
    assert np.array_equal(factors["momentum_life"], np.concatenate([stored[900:], stored[:100]]))


def test_a_file_that_cannot_be_written_is_a_fault_and_what_stood_there_stays(copied: Home) -> None:
    file = copied.models / "hengyang" / FILE
    file.unlink(missing_ok=True)
    file.mkdir()
    with pytest.raises(RunError, match="cannot write the posterior ensemble"):
        write_posterior(copied, "prefecture", small("hengyang"))
    assert file.is_dir()
    assert list(file.parent.glob(f".{FILE}*")) == []


def test_a_changed_number_is_damage(copied: Home) -> None:
    file = write_posterior(copied, "prefecture", small("hengyang"))
    stored = xr.load_dataset(file, engine="netcdf4")
    stored["factor"][0, 0] = 0.75
    stored.to_netcdf(file, engine="netcdf4")
    with pytest.raises(InputError, match="damaged"):
        read_posterior(copied, "hengyang")
