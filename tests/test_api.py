"""What notebooks use: datasets that name themselves, figures that are drawn, faults without a traceback."""

from __future__ import annotations

import doctest
import inspect
import re
from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.text import Text

import sim
from sim import accessor, api
from tests.simulate.draws import made

PLAN = "plan_2025"


@pytest.fixture(scope="module")
def run() -> xr.Dataset:
    return sim.run(PLAN)


@pytest.fixture(scope="module")
def draws() -> xr.Dataset:
    return sim.sweep(PLAN, over={"external_demand_lead": {"uniform": np.array([0.0, 0.08])}}, draws=200, seed=2, workers=1)


@pytest.fixture(scope="module")
def examples(run: xr.Dataset, draws: xr.Dataset) -> dict[str, object]:
    """The names that examples of the accessor use."""
    over = {"external_demand_lead": {"uniform": (0.0, 0.08)}, "rd_policy": {"uniform": [0.0, 0.02]}}
    indices = sim.sensitivity(PLAN, over=over, indicators="rd_intensity", base=16, resamples=5, workers=1)
    return {"run": run, "draws": draws, "indices": indices, "grid": sim.sweep(PLAN, over={"rd_policy": [0.0, 0.01]}, workers=1)}


PUBLIC = [
    *(getattr(api, name) for name in api.__all__ if name != "SimError"),
    *(method for name, method in vars(accessor.SimAccessor).items() if not name.startswith("_")),
]


@pytest.mark.parametrize("function", PUBLIC, ids=lambda function: function.__qualname__)
def test_the_examples_of_every_public_function_run(function: Callable[..., object], examples: dict[str, object]) -> None:
    documented = inspect.getdoc(function) or ""
    assert all(f"{head}\n---" in documented for head in ("Returns", "Raises", "Examples"))
    signature = [name for name in inspect.signature(function).parameters if name not in {"self", "lang"}]
    assert all(re.search(rf"^(\w+, )*{name}(, \w+)*$", documented, re.MULTILINE) for name in signature)
    found = doctest.DocTestParser().get_doctest(documented, dict(examples), function.__qualname__, None, 0)
    assert found.examples
    results = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(found)
    assert results.failed == 0


def texts(figure: Figure) -> str:
    figure.draw_without_rendering()
    return " ".join(item.get_text() for item in figure.findobj(Text) if isinstance(item, Text))


def test_a_run_holds_every_variable_and_the_scorecard(run: xr.Dataset) -> None:
    assert run["gdp_nominal"].attrs["long_name_zh"] == "地区生产总值（现价）"
    table = run.sim.scorecard("en")
    [row] = [row for row in table.to_dict("records") if row["target"].startswith("GDP")]
    assert row["projected"] == run["projected"].sel(target="hy_gdp_2025").item()
    assert row["gap"] == pytest.approx(4689.55 - 5500.0)  # what was published of 2025 decides
    assert np.isnan(row["probability"])
    assert "2025 规划情景" in repr(run.sim)


def test_settings_change_a_run_and_draws_give_it_probabilities(run: xr.Dataset) -> None:
    more = sim.run(PLAN, settings={"rd_policy": {2022: 0.01}, "ledger.cancel": "p0_tr_nanheng"}, draws=50, workers=1)
    assert (more["rd_intensity"] > run["rd_intensity"]).sel(year=2025).all()
    assert more["probability"].notnull().all()


def test_figures_say_what_they_show(run: xr.Dataset, draws: xr.Dataset) -> None:
    assert "规划目标" in texts(run.sim.lines("gdp_nominal"))
    assert len(run.sim.lines().axes) == 6
    assert "median" in texts(draws.sim.fan("gdp_nominal", "value_added_nominal[manufacturing]", lang="en"))
    assert "全部同时实现" in texts(draws.sim.chances())
    rho = draws.sim.correlations()["gdp_nominal"].sel(year=2030, input="external_demand_lead").item()
    shown = texts(draws.sim.scatter("gdp_nominal", "external_demand_lead", 2030))
    assert f"{rho:+.2f}".replace("-", "−") in shown
    assert "外部需求相对全国的增速差" in shown
    assert "Spearman" in texts(draws.sim.closest("gdp_nominal", lang="en"))
    assert draws.sim.fan("gdp_nominal")._repr_png_().startswith(b"\x89PNG")


def test_indices_are_drawn(draws: xr.Dataset) -> None:
    over = {"external_demand_lead": {"uniform": (0.0, 0.08)}, "rd_policy": {"uniform": [0.0, 0.02]}}
    indices = sim.sensitivity(PLAN, over=over, indicators=["rd_intensity"], base=16, resamples=5, workers=1)
    assert indices["output"].values.tolist() == ["rd_intensity"]
    assert "研发投入政策" in texts(indices.sim.tornado("rd_intensity", 2025))
    assert "2035" in texts(indices.sim.heatmap("rd_intensity"))
    effects = sim.sensitivity(PLAN, kind="morris", over=over, walks=4, workers=1)
    assert "mean change" in texts(effects.sim.tornado("rd_intensity", 2025, lang="en"))
    refused: tuple[Callable[[], object], ...] = (
        lambda: effects.sim.heatmap("rd_intensity"),
        lambda: draws.sim.tornado("gdp_nominal", 2025),
    )
    for wrong in refused:
        with pytest.raises(sim.SimError):
            wrong()


def test_what_was_selected_is_drawn_too(draws: xr.Dataset) -> None:
    over = {"external_demand_lead": {"uniform": (0.0, 0.08)}, "rd_policy": {"uniform": [0.0, 0.02]}}
    indices = sim.sensitivity(PLAN, over=over, indicators="rd_intensity", base=16, resamples=5, workers=1)
    for part in (indices.sel(output=["rd_intensity"]), indices.sel(year=2025), indices.isel(input=[1])):
        assert "研发投入政策" in texts(part.sim.tornado("rd_intensity", 2025))
    one = draws.isel(target=[0])
    assert len(one.sim.chances().axes[0].get_yticklabels()) == 2  # with all of them together
    some = draws.sel(input=["external_demand_lead"])
    assert "外部需求相对全国的增速差" in texts(some.sim.scatter("gdp_nominal", "external_demand_lead", 2030))


def test_one_name_needs_no_list() -> None:
    board = sim.levers(PLAN, "rd_policy", "rd_intensity")
    moved, still = (board.run(values)["rd_intensity"].sel(year=2025) for values in ({"rd_policy": np.float32(0.01)}, None))
    assert moved > still
    for wrong in ([0.01, 0.02], {"uniform": [0.0, 0.02]}):
        with pytest.raises(sim.SimError, match="takes one value"):
            board.run({"rd_policy": wrong})


def test_names_that_are_not_there_are_faults_with_advice(run: xr.Dataset, draws: xr.Dataset) -> None:
    calls: tuple[tuple[Callable[[], object], str], ...] = (
        (lambda: draws.sim.fan("gdp_nomial"), "did you mean 'gdp_nominal'"),
        (lambda: draws.sim.fan("value_added_nominal"), "needs a member of sector"),
        (lambda: draws.sim.scatter("gdp_nominal", "demand"), "no input demand"),
        (lambda: draws.sim.scatter("gdp_nominal", "external_demand_lead", 2050), "lies outside 2020–2035"),
        (lambda: run.sim.fan("gdp_nominal"), "does not belong"),
        (lambda: run.sim.lines("gdp"), "was not kept"),
        (lambda: draws.sim.fan("value_added_nominal[manufactring]"), "did you mean 'manufacturing'"),
        (lambda: draws.sim.fan("value_added_nominal[manufacturing, services]"), "one member of each"),
        (lambda: draws[["gdp_nominal", "lost"]].sim.fan("gdp_nominal"), "lacks inputs, met"),
        (lambda: run[["gdp_nominal"]].sim.lines("gdp_nominal"), "lacks verdict"),
        (lambda: draws.sim.correlations_between(1999), "lies outside"),
        (lambda: sim.sensitivity(PLAN, kind="sobel"), "did you mean 'sobol'"),  # type: ignore[arg-type]
        (lambda: sim.sensitivity(PLAN, resamples=-1, base=100), "resamples -1 cannot be used"),
        (lambda: sim.sensitivity(PLAN, indicators=["gdp_nominl"]), "did you mean 'gdp_nominal'"),
        (lambda: sim.sweep(PLAN, over=["rd_policy"]), "is a dictionary"),  # type: ignore[arg-type]
        (made(np.zeros((2, 5))).sim.chances, "no target was judged"),
        (lambda: sim.run("plan_2026"), "no scenario plan_2026"),
        (lambda: sim.run(PLAN, settings={"rd_polcy": 1}), "did you mean 'rd_policy'"),
    )
    for wrong, said in calls:
        with pytest.raises(sim.SimError, match=said):
            wrong()


def test_a_notebook_shows_faults_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(sim.SimError) as caught:
        sim.run(PLAN, settings={"rd_polcy": 1, "tax": 2})
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    shown = caught.value._render_traceback_()
    assert shown[0] == "发现 2 处错误："
    assert "是否想写“rd_policy”" in shown[1]


def test_nothing_else_is_promised() -> None:
    assert set(sim.__all__) == {"SimError", "levers", "run", "sensitivity", "sweep"}
    assert sim.levers is api.levers
    with pytest.raises(AttributeError, match="no attribute 'explode'"):
        getattr(sim, "explode")  # noqa: B009
