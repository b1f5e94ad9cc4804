"""Every address that data cite is its publisher's own, or the entry says that it could not be traced to one."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sim.inputs.city import pooled_cities
from sim.inputs.history import SourcesFile, read_sources
from sim.inputs.home import find_home
from sim.inputs.ledger import UNTRACED
from sim.inputs.yaml_file import read_yaml
from sim.ledger.summary import money_origin
from sim.simulate.collect import ledger_sentences
from sim.simulate.opening import open_cases
from sim.simulate.pipeline import run

HOME = find_home(Path(__file__).parents[2])
ADDRESS = re.compile(r"https?://[^\s;,，；）)\"']+")


def publishers() -> tuple[str, ...]:
    document = read_yaml(HOME.models / "prefecture" / "sources.yaml")
    return tuple(SourcesFile.model_validate(document.data).publishers)


def strangers(text: str) -> list[str]:
    """Hosts of a text that belong to no publisher of the list."""
    hosts = [urlsplit(address).hostname or "" for address in ADDRESS.findall(text)]
    ends = publishers()
    return [host for host in hosts if not any(host == end or host.endswith(f".{end}") for end in ends)]


def texts() -> Iterator[tuple[str, str]]:
    """Every text that cites something: sources of histories, of ledgers, reference tables, parameters and settings."""
    for city in pooled_cities(HOME, "hengyang"):
        for name, source in read_sources(HOME.models / city / "sources.yaml").items():
            if not source.untraced:
                yield f"{city}/{name}", source.where
    for file in sorted(HOME.models.rglob("*.csv")):
        for row in csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()):
            for column in ("source", "amount_source", "note"):
                if row.get(column) and not row[column].startswith(UNTRACED):
                    yield f"{file.parent.name}/{file.name}", row[column]
    for file in sorted(HOME.models.rglob("*.yaml")):
        if file.name != "sources.yaml":
            yield f"{file.parent.name}/{file.name}", file.read_text(encoding="utf-8")


def test_every_address_is_its_publishers_own_or_the_entry_is_untraced() -> None:
    assert len(publishers()) < 15
    assert {(place, host) for place, text in texts() for host in strangers(text)} == set()


def test_an_address_of_a_copy_is_seen() -> None:
    assert strangers("http://www.gov.cn.example.org/a ; https://tjj.hunan.gov.cn/b") == ["www.gov.cn.example.org"]


def test_money_on_untraced_figures_is_counted_as_such() -> None:
    case = run(open_cases(HOME, [HOME.scenarios / "plan_2025.yaml"], None, (), ())[0]).case
    assert case.realised is not None
    money = money_origin(case.realised)
    rows = case.city.ledger.projects
    of_works = [rows[work.id] for work in case.realised.plan.works if work.id in rows and work.money is not None]
    untraced = [item.amount for item in of_works if item.amount is not None and item.amount.source.startswith(UNTRACED)]
    assert 0.0 < money.untraced < money.printed
    assert money.untraced_works == len(untraced)
    assert money.untraced == pytest.approx(sum(item.local for item in untraced))
    said = ledger_sentences(run(case), case.realised)[0]
    assert f"{money.untraced_works} 个、{money.untraced:,.0f} 亿元只见于转载" in said.zh
