"""Calls from notebooks: whatever they are given, they answer or say what is wrong; numpy and pandas are welcome."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import sim
from sim import api
from sim.accessor import SimAccessor
from sim.base.errors import UsageError
from sim.inputs.home import find_home
from sim.simulate.arguments import plain
from tests.simulate.draws import made

PLAN = "plan_2025"
FUNCTIONS = ("open_case", "run", "sweep", "sensitivity", "levers")
CIRCLE: dict[str, Any] = {}
CIRCLE["a"] = CIRCLE
WRONG: tuple[Any, ...] = (
    -1, 1.5, float("nan"), float("inf"), True, None, "x", "", "\0", b"x", 10**30, [], [1], ["x"], {}, {"x": 1}, {1: 2}, (None,),
    object(), print, np.array([[1, 2]]), np.float32(1.5), np.datetime64("2022"), pd.Series([1.0]), pd.NA, Path("/none/at/all"),
    CIRCLE,
)  # fmt: skip
MAY_BE_EMPTY = ("use", "outputs", "indicators", "names", "settings", "over")


def is_fine(name: str, value: Any, usual: Any) -> bool:
    """Whether a value is no mistake: what may be left out or empty, and a folder that can be made."""
    empty = isinstance(value, list | dict) and not value and name in MAY_BE_EMPTY
    made_new = name == "folder" and isinstance(value, str | Path) and value not in ("", "\0")
    return (value is None and usual is None) or empty or made_new or (value is True and name == "prior")


def wrong_for(function: Any) -> Iterator[tuple[str, Any]]:
    for name, item in inspect.signature(function).parameters.items():
        yield from ((name, value) for value in WRONG if not is_fine(name, value, item.default))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_wrong_argument_of_every_function_is_a_fault(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    function = getattr(api, name)
    for argument, value in wrong_for(function):
        kept = {} if argument == "scenario" else {"scenario": PLAN}
        home = {} if argument == "home" else {"home": find_home().folder}
        with pytest.raises(sim.SimError) as caught:
            function(**kept, **home, **{argument: value})
        assert caught.value.faults, (argument, value)


def test_all_wrong_arguments_are_named_at_once_with_what_is_wanted() -> None:
    with pytest.raises(UsageError) as caught:
        sim.run(PLAN, draws=-1, workers=0, seed=1.5, use=1, sttings={})  # type: ignore[call-arg, arg-type]
    said = "\n".join(fault.in_language("en") for fault in caught.value.faults)
    for part in (
        "draws: -1 cannot be used  → must be at least 0",
        "workers: 0 cannot be used  → must be at least 1",
        "seed: 1.5 cannot be used  → a whole number is wanted",
        "use: 1 cannot be used  → a name or a list of names is wanted",
        "there is no argument sttings  → did you mean 'settings'",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"draws": 0}, "draws: 0 cannot be used  → must be at least 1"),
        ({"draws": 2.5}, "draws: 2.5 cannot be used"),
        ({"draws": True}, "draws: True cannot be used"),
        ({"seed": -1}, "seed: -1 cannot be used"),
        ({"seed": "a"}, "seed: 'a' cannot be used"),
        ({"method": "sobl"}, "did you mean 'sobol'?"),
        ({"rest": "centrl"}, "did you mean 'central'?"),
    ],
)
def test_a_design_of_draws_that_cannot_be_meant_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        sim.sweep(PLAN, **wrong)
    [fault] = caught.value.faults
    assert said in fault.in_language("en")


@pytest.fixture(scope="module")
def datasets() -> tuple[xr.Dataset, ...]:
    return sim.run(PLAN), made(np.ones((2, 5))), xr.Dataset()


METHODS = [name for name, item in vars(SimAccessor).items() if callable(item) and not name.startswith("_")]


@pytest.mark.parametrize("method", METHODS)
def test_every_wrong_argument_of_the_accessor_is_a_fault(method: str, datasets: tuple[xr.Dataset, ...]) -> None:
    parameters = [item for name, item in inspect.signature(getattr(SimAccessor, method)).parameters.items() if name != "self"]
    for dataset in datasets:
        accessor = dataset.sim
        for item in parameters:
            for value in WRONG:
                if value is None and item.default is None:
                    continue
                several = item.kind is inspect.Parameter.VAR_POSITIONAL
                with pytest.raises(sim.SimError):
                    getattr(accessor, method)(value) if several else getattr(accessor, method)(**{item.name: value})


def test_a_board_refuses_what_is_no_dictionary_of_numbers() -> None:
    board = sim.levers(PLAN, "rd_policy", "rd_intensity")
    for value in (1, "x", [0.01], {"rd_policy": "x"}, {"rd_policy": None}, {1: 2}, {"rd_policy": float("nan")}, CIRCLE):
        with pytest.raises(sim.SimError):
            board.run(value)  # type: ignore[arg-type]


def test_numbers_and_series_of_numpy_and_pandas_are_what_they_say() -> None:
    years = pd.Series({2022: 0.002, 2025: 0.01})
    for path in (
        years,
        xr.DataArray([0.002, 0.01], {"year": [2022, 2025]}, "year"),
        dict(years),
        {np.int64(2022): np.float32(0.002), 2025: 0.01},
    ):
        case = api.open_case(PLAN, settings={"rd_policy": path}, seed=np.int64(3))  # type: ignore[arg-type]
        assert float(case.bound.value("rd_policy", 2023).squeeze()) == pytest.approx(0.002)
        assert float(case.bound.value("rd_policy", 2030).squeeze()) == pytest.approx(0.01)
    constant = api.open_case(
        PLAN,
        settings=pd.Series({"external_demand_lead": np.float64(0.03)}),  # type: ignore[arg-type]
        use=np.array([], dtype=str),  # type: ignore[arg-type]
    )
    assert float(constant.bound.value("external_demand_lead", 2030).squeeze()) == 0.03
    assert plain({"a": pd.Series([1.0, 2.0]), "b": np.arange(2)}) == {"a": [1.0, 2.0], "b": [0, 1]}


def test_a_table_of_some_series_has_a_row_for_each_year_and_draw(datasets: tuple[xr.Dataset, ...]) -> None:
    run = datasets[0]
    table = run.sim.table("gdp_nominal", "value_added_nominal[manufacturing]", lang="en")
    assert list(table.columns) == ["series", "name", "unit", "year", "value"]
    assert len(table) == 2 * run.sizes["year"]
    row = table[(table["series"] == "gdp_nominal") & (table["year"] == 2025)].iloc[0]
    assert row["value"] == pytest.approx(run["gdp_nominal"].sel(year=2025).item())
    assert len(run.sim.table("value_added_nominal")) == run["value_added_nominal"].size
    assert run.sim.table("地区生产总值（现价）").equals(run.sim.table("gdp_nominal"))
    assert ".sim.table" in run.attrs["as_table"]
    with pytest.raises(sim.SimError, match="did you mean 'gdp_nominal'"):
        run.sim.table("gdp_nomial")
