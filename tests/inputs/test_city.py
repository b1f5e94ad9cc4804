"""A city's data: best sources first, every number with a source, faults with their lines."""

from __future__ import annotations

import pytest

from sim.base.errors import SimError
from sim.city import describing
from sim.city.city import City, open_city
from sim.inputs.home import Home
from sim.inputs.ledger_table import PARAMETER


def test_the_best_source_of_a_year_is_used(world: City) -> None:
    series = world.data.history.series("hightech_firms", "hengyang")
    kept = [datum.value for datum in world.data.history.data if datum.indicator == "hightech_firms" and datum.year == 2022]
    assert sorted(kept) == [849.0, 861.0]
    assert series[2022].value in kept
    assert list(series) == sorted(series)


def test_nothing_is_known_before_its_year(world: City) -> None:
    assert all(datum.known_from >= datum.year for datum in world.data.history.data)


def test_every_parameter_has_a_source_an_evidence_tag_and_a_value(world: City) -> None:
    for name, record in world.data.parameters.items():
        assert record.source.strip() not in ("", "city"), name
        assert record.evidence in ("V", "M", "D", "A"), name
        assert record.value is not None, name
        assert record.label.zh, name


def test_every_parameter_is_read_by_some_equation(world: City) -> None:
    read = {name for item in describing.declarations(world) for name in item.arguments}
    read |= {str(item.initial) for item in world.graph.stocks.values()}
    read |= {*world.ledger.levers, *(PARAMETER + name for name in world.ledger.inflows)}
    assert set(world.data.parameters) - read == set()


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("history.csv", "hengyang,2020,age_share_0_14,21.0", "hengyang,2020,age_share_0_14,many", "line_2"),
        ("history.csv", ",page_population_change,", ",page_populatin_change,", "did you mean 'page_population_change'"),
        ("history.csv", "region,year,indicator", "region,year,indicatr", "columns are missing: indicator"),
        ("base_year/settings.yaml", "  evidence: M", "  evidnce: M", "did you mean 'evidence'"),
        ("base_year/settings.yaml", "  known_from: 2022", "  known_from: someday", "known_from"),
        ("base_year/settings.yaml", "hightech_firms:", "hightech_firm:", "did you mean 'hightech_firms'"),
        ("base_year/settings.yaml", "value: 0.883", "value: 883", "the model's own number is 0.88"),
        ("base_year/settings.yaml", "known_from: 2025", "known_from: 2031", "raise `vintage`"),
        ("breaks.yaml", "years: [2017, 2018]", "years: []", "years may not be empty"),
        ("breaks.yaml", "known_from: 2019", "known_from: late", "known_from"),
        ("city.yaml", "base_year: 2020", "base_year: 1988", "cannot be a base year"),
        ("parameters.yaml", "base_migration:", "base_migratio:", "did you mean 'base_migration'"),
        ("parameters.yaml", "  evidence: A", "  evidnce: A", "did you mean 'evidence'"),
        ("city.yaml", "model: prefecture", "modl: prefecture", "did you mean 'model'"),
        ("plan/bindings.yaml", "hy_gdp_2025:", "hy_gdp_2052:", "did you mean 'hy_gdp_2025'"),
        ("plan/targets.csv", "到2025年,地区生产总值达到5500亿元左右", "到2025年,地区生产总值达到6500亿元左右", "quote not in"),
    ],
)
def test_faulty_city_data_are_reported(copied: Home, file: str, old: str, new: str, expected: str) -> None:
    target = copied.models / "hengyang" / file
    text = target.read_text(encoding="utf-8-sig")
    assert old in text
    target.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SimError) as caught:
        open_city(copied, "hengyang")
    wanted = f"{target}:2" if expected == "line_2" else expected
    assert wanted in str(caught.value)


@pytest.mark.parametrize("name", ["history.csv", "sources.yaml", "plan/bindings.yaml"])
def test_missing_city_files_are_reported(copied: Home, name: str) -> None:
    (copied.models / "hengyang" / name).unlink()
    with pytest.raises(SimError, match="no such file"):
        open_city(copied, "hengyang")


def test_a_broken_model_file_is_a_fault_not_a_traceback(copied: Home) -> None:
    broken = copied.models / "prefecture" / "broken.py"
    broken.write_text("def f(:\n", encoding="utf-8")
    with pytest.raises(SimError, match=r"broken\.py:1"):
        open_city(copied, "hengyang")
    broken.write_text("from sim.model import nonsense\n", encoding="utf-8")
    with pytest.raises(SimError, match="nonsense"):
        open_city(copied, "hengyang")
