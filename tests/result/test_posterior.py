"""The stored ensemble: written, read, refused when it no longer fits; the shipped ones fit."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from sim.base.errors import InputError, RunError
from sim.inputs.city import pooled_cities
from sim.inputs.home import Home
from sim.result.posterior import FILE, Fingerprint, FitRow, Foreseen, Posterior, data_key, read_posterior, write_posterior
from sim.simulate import opening
from sim.simulate.design import Design
from sim.simulate.draws import draws_of, posterior_of
from sim.simulate.likelihood.reweighting import up_to_date


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
        fitted_to=Fingerprint("files", "beliefs", "tables", "data"),
        fitted=("catch_up", "momentum_life"),
        log_density=np.array([-1.5, -2.0, -0.25]),
        outside={"mean": np.array([0.5, 1.0]), "shift": np.arange(8.0).reshape(2, 2, 1, 2)},
    )


@pytest.mark.parametrize("city", ["hengyang", "changsha", "zhuzhou"])
def test_the_shipped_ensembles_fit(city: str, home: Home) -> None:
    """When this fails: python -m sim calibrate hengyang --all, then python tools/make_calibration.py."""
    posterior = read_posterior(home, city)
    assert posterior is not None
    assert posterior.city == city
    assert up_to_date(home, "prefecture", posterior) is posterior
    assert posterior.count == 1000
    assert posterior.effective > 400
    assert posterior.tail_shape < 0.7
    assert set(posterior.cities) == set(pooled_cities(home, city))
    assert all(np.isfinite(values).all() for values in posterior.factors.values())


def test_what_was_written_is_read(copied: Home) -> None:
    before = small("hengyang")
    file = write_posterior(copied, "prefecture", before)
    assert [item.name for item in file.parent.glob(f".{FILE}*")] == []
    after = read_posterior(copied, "hengyang")
    assert after is not None
    assert (after.fitted, after.fitted_to) == (before.fitted, before.fitted_to)
    assert after.log_density.tolist() == before.log_density.tolist()
    assert after.outside["shift"].tolist() == before.outside["shift"].tolist()
    assert (after.fit, after.foreseen, after.cities, after.effective) == (before.fit, before.foreseen, before.cities, 812.5)
    assert all(np.array_equal(after.factors[name], before.factors[name]) for name in before.factors)


def test_line_ends_do_not_count_for_the_hash_of_the_files(copied: Home) -> None:
    before = data_key(copied, "prefecture", ("changsha",))
    for file in (copied.models / "changsha").glob("*.yaml"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert data_key(copied, "prefecture", ("changsha",)) == before


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
    [case] = opening.open_cases(home, [home.scenarios / "baseline.yaml"], None, (), settings)
    posterior = posterior_of(case.city)
    assert isinstance(posterior, Posterior)
    draws = draws_of(case, Design(1500, 0, 1))
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
