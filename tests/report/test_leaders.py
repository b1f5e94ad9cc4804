"""What leaders read: sums that agree, years as whole numbers, names of targets and projects rather than their ids."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sim.report.chapters.works import programme_table, settings_table
from sim.report.forms.plain_text import cell_text
from sim.simulate import pipeline
from sim.simulate.collect import result_of
from sim.simulate.result import LedgerResult


def ledger_of(outcomes: Sequence[pipeline.Outcome]) -> LedgerResult:
    ledger = result_of(outcomes[1]).ledger
    assert ledger is not None
    return ledger


def test_the_money_in_the_text_is_the_sum_of_the_table(outcomes: Sequence[pipeline.Outcome]) -> None:
    table = programme_table(ledger_of(outcomes))
    together = cell_text(table.rows[-1][2], "zh")
    assert f"推演期内开工的 {together} 亿元" in ledger_of(outcomes).sentences[0].zh


def test_years_of_programmes_are_whole(outcomes: Sequence[pipeline.Outcome]) -> None:
    for row in programme_table(ledger_of(outcomes)).rows:
        for cell in row[3:]:
            assert re.fullmatch(r"—|(19|20)[0-9]{2}(–20[0-9]{2})?", cell_text(cell, "zh"))


def test_settings_are_explained_by_names_and_not_by_ids(outcomes: Sequence[pipeline.Outcome]) -> None:
    world, settings = outcomes[1].case.city, result_of(outcomes[1]).settings
    ids = {*world.catalogue.targets, *world.ledger.projects, outcomes[1].case.scenario.key}
    said = "\n".join(cell_text(cell, "zh") for row in settings_table(settings).rows for cell in row)
    assert world.catalogue.targets["hy_hightech_firms_2025"].name.zh in said
    assert not {name for name in ids if re.search(rf"\\b{name}\\b", said)}
