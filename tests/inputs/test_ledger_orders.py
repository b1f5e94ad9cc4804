"""Orders of a scenario to projects that cannot both be followed, within a layer and across layers, and those that can."""

from __future__ import annotations

import pytest

from sim.base.errors import Faults, InputError
from sim.inputs.home import Home
from sim.ledger.edits import edits_of
from sim.simulate import opening

HEAD = "name: {zh: 测试, en: Test}\nextends: baseline\n"
CONTRADICTORY = (
    ("{use: [all], cancel: [p0_tr_nanheng], delay: {p0_tr_nanheng: 2}}", "", "delayed"),
    ("{use: [all], cancel: ['class:expressway'], accelerate: {p0_tr_nanheng: 1}}", "", "brought forward"),
    ("{use: [all], cancel: [p0_tr_nanheng], priority: {p0_tr_nanheng: 1}}", "", "ranked"),
    ("{use: [all], delay: {p0_tr_nanheng: 2}, accelerate: {p0_tr_nanheng: 1}}", "", "both delayed"),
    ("{use: [p0_tr_nanheng], cancel: [p0_tr_nanheng]}", "", "both used"),
    ("{use: [all], cancel: [p0_tr_nanheng], restore: [p0_tr_nanheng]}", "", "restored"),
    ("{use: [all], delay: {p0_tr_nanheng: 2}}", "{cancel: [p0_tr_nanheng]}", "both delayed"),
    ("{use: [all], cancel: [p0_tr_nanheng]}", "{delay: {p0_tr_nanheng: 2}}", "both cancelled"),
)
CONSISTENT = (
    ("{use: [all], cancel: [p0_tr_nanheng], delay: {p0_hub_transport: 2}}", ""),
    ("{use: [all], delay: {p0_hub_transport: 2}, accelerate: {p0_tr_nanheng: 1}}", ""),
    ("{use: [p0_tr_nanheng]}", "{cancel: [p0_tr_nanheng], use: [all]}"),
    ("{use: [all], delay: {p0_tr_nanheng: 2}}", "{delay: {p0_tr_nanheng: 0}, cancel: [p0_tr_nanheng]}"),
    ("{use: [all], cancel: [p0_tr_nanheng]}", "{restore: [p0_tr_nanheng], delay: {p0_tr_nanheng: 2}}"),
)


def _layered(home: Home, below: str, above: str) -> opening.Case:
    """A scenario, and one that extends it where there is one."""
    file = home.scenarios / "below.yaml"
    file.write_text(HEAD + f"ledger: {below}\n", encoding="utf-8")
    if above:
        file = home.scenarios / "above.yaml"
        file.write_text(f"name: {{zh: 上, en: Above}}\nextends: below\nledger: {above}\n", encoding="utf-8")
    return opening.open_cases(home, [file], None, (), ())[0]


@pytest.mark.parametrize(("below", "above", "word"), CONTRADICTORY)
def test_contradictory_orders_to_one_project_are_a_fault_with_both_places(
    below: str, above: str, word: str, copied: Home
) -> None:
    with pytest.raises(InputError) as caught:
        _layered(copied, below, above)
    (fault,) = caught.value.faults
    assert "p0_tr_nanheng" in fault.message.en
    assert word in fault.message.en
    assert "below.yaml" in f"{fault.message.en}"
    assert fault.place.file == copied.scenarios / ("above.yaml" if above else "below.yaml")
    assert fault.place.line
    assert fault.advice is not None


@pytest.mark.parametrize(("below", "above"), CONSISTENT)
def test_an_order_for_what_is_left_and_one_that_lifts_another_are_no_contradiction(
    below: str, above: str, copied: Home
) -> None:
    _layered(copied, below, above)


def test_a_restored_project_is_built_again(copied: Home) -> None:
    case = _layered(copied, "{use: [all], cancel: ['class:expressway']}", "{restore: [p0_tr_nanheng]}")
    edits = edits_of(case.scenario.ledger, case.city.ledger, Faults())
    assert "p0_tr_nanheng" not in edits.cancelled
    assert "p0_tr_hengyong" in edits.cancelled
