"""The page in a real browser: sliders, numbers, languages, files that are saved and loaded; two people at once; the token."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.base.words import plain
from sim.explore.levers import DRAWS, levers_of
from sim.inputs.home import Home
from sim.simulate import opening, pipeline
from sim.simulate.design import Design
from sim.simulate.draws import with_draws
from tests.cli.calling import ROOT
from tests.explore.test_serving import TOKEN, free_port

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.slow
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PICTURES = os.environ.get("SIM_PICTURES")
"""A folder into which every state is photographed, for people to look at."""
MOVES = {"rd_policy": 0.012, "talent_spend": 5.0, "nurture_effort": 0.95}
LABELS = {"rd_policy": "研发投入政策", "talent_spend": "人才专项支出", "nurture_effort": "“小升规”培育力度"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    assert CHROMIUM is not None, "install Debian's chromium"
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield found
        found.close()


def started(*words: str) -> tuple[subprocess.Popen[str], str]:
    """The program and the address that it prints."""
    command = [sys.executable, "-m", "sim", "explore", "--no-browser", "--port", str(free_port()), *words]
    program = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8")
    assert program.stdout is not None
    for line in program.stdout:
        found = re.search(r"http://\S+", line)
        if found:
            return program, found[0]
    raise AssertionError("no address was printed")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    program, found = started("--lang", "zh")
    yield found
    end(program)


def end(program: subprocess.Popen[str]) -> None:
    """End the program as Ctrl-C does."""
    program.send_signal(signal.SIGINT)
    said, _ = program.communicate(timeout=30)
    assert "已结束" in said
    assert program.returncode == 0


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """A person's page, with the addresses it asked for."""
    made = browser.new_page(viewport={"width": 1500, "height": 1100})
    asked: list[str] = []
    made.on("request", lambda request: asked.append(request.url))
    made.goto(address)
    settled(made)
    yield made
    made.close()
    assert {url.split("/")[2] for url in asked if url.startswith("http")} == {address.split("/")[2]}


def settled(page: Any) -> None:
    """Wait until the draws of the last move are shown."""
    page.wait_for_selector("p.joint", timeout=60_000)


def photograph(page: Any, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))


def shown(page: Any) -> dict[str, str]:
    """The projected number of each target."""
    return {
        row.get_attribute("data-target"): row.locator("td").nth(4).inner_text() for row in page.locator("tr[data-target]").all()
    }


def type_into(page: Any, label: str, value: float) -> None:
    """By the keyboard alone: into the box of a slider, and enter."""
    box = page.get_by_label(re.compile(re.escape(label))).first
    box.fill(str(value))
    box.press("Enter")


def expected(home: Home, moves: dict[str, float], since: int | None = None) -> dict[str, str]:
    """What the library gives."""
    (case,) = opening.open_cases(home, [home.scenarios / "plan_2025.yaml"], None, (), ())
    return projected(levers_of(case).moved(moves, since))


def projected(case: opening.Case) -> dict[str, str]:
    """The median of the draws of each target, as a run prints it."""
    outcome = with_draws(pipeline.run(case), Design(DRAWS, 0, 1))
    return {score.target.id: plain(score.projected) for score in outcome.scores if score.projected is not None}


def wait_for(page: Any, wanted: dict[str, str]) -> None:
    until = time.monotonic() + 30.0
    while shown(page) != wanted and time.monotonic() < until:
        page.wait_for_timeout(50)
    assert shown(page) == wanted


def test_three_sliders_another_language_a_saved_and_a_loaded_file(page: Any, home: Home, tmp_path: Path) -> None:
    start = expected(home, {})
    assert shown(page) == start
    photograph(page, "1_opened")
    for key, value in MOVES.items():
        type_into(page, LABELS[key], value)
    moved = expected(home, MOVES)
    assert moved != start
    wait_for(page, moved)
    settled(page)
    photograph(page, "2_moved")
    with page.expect_download() as told:
        page.get_by_text("保存为情景文件").click()
    told.value.save_as(tmp_path / "mine.yaml")
    text = (tmp_path / "mine.yaml").read_text(encoding="utf-8")
    assert "extends: plan_2025" in text
    assert "rd_policy: 0.012" in text
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("text=As opened")
    wait_for(page, moved)
    photograph(page, "3_english")
    page.get_by_role("button", name="Undo").click()
    wait_for(page, expected(home, {key: MOVES[key] for key in list(MOVES)[:2]}))
    page.get_by_role("button", name="Reset").click()
    wait_for(page, start)
    page.locator("input[type=file]").set_input_files(tmp_path / "mine.yaml")
    wait_for(page, moved)
    page.wait_for_selector("h1:has-text('changed')")
    settled(page)
    photograph(page, "4_loaded")
    (tmp_path / "wrong.yaml").write_text("name: {zh: a, en: a}\nextends: plan_2025\nlevers:\n  rd_polcy: 1\n", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(tmp_path / "wrong.yaml")
    page.wait_for_selector(".faults")
    assert "did you mean 'rd_policy'" in page.locator(".faults").inner_text()
    assert "/wrong.yaml" not in page.locator(".faults").inner_text()
    assert "wrong.yaml:4:3" in page.locator(".faults").inner_text()
    assert shown(page) == moved
    photograph(page, "5_faults")


def test_moves_act_from_the_year_that_is_chosen(page: Any, home: Home, tmp_path: Path) -> None:
    type_into(page, LABELS["nurture_effort"], 0.95)
    wait_for(page, expected(home, {"nurture_effort": 0.95}))
    page.get_by_label("拖动自哪一年起生效").select_option("2024")
    later = expected(home, {"nurture_effort": 0.95}, 2024)
    assert later != expected(home, {"nurture_effort": 0.95})
    wait_for(page, later)
    with page.expect_download() as told:
        page.get_by_text("保存为情景文件").click()
    told.value.save_as(tmp_path / "later.yaml")
    (case,) = opening.open_cases(home, [tmp_path / "later.yaml"], None, (), ())
    assert projected(case) == later
    page.get_by_role("button", name="撤销").click()
    wait_for(page, expected(home, {"nurture_effort": 0.95}))


def test_two_people_do_not_see_what_the_other_moves(page: Any, browser: Any, address: str, home: Home) -> None:
    other = browser.new_page()
    other.goto(address)
    settled(other)
    type_into(page, LABELS["rd_policy"], 0.015)
    wait_for(page, expected(home, {"rd_policy": 0.015}))
    other.wait_for_timeout(1500)
    assert shown(other) == expected(home, {})
    other.close()


def test_a_slider_moves_by_the_arrow_keys(page: Any, home: Home) -> None:
    handle = page.locator(".noUi-handle").first
    handle.focus()
    before = shown(page)
    for _ in range(4):
        handle.press("ArrowRight")
    until = time.monotonic() + 20.0
    while shown(page) == before and time.monotonic() < until:
        page.wait_for_timeout(50)
    assert shown(page) != before


@pytest.mark.parametrize("place", [(), ("--address", "0.0.0.0")])
def test_without_the_token_there_is_no_page(place: tuple[str, ...], browser: Any) -> None:
    program, found = started("--token", TOKEN, "--lang", "zh", *place)
    try:
        page = browser.new_page()
        page.goto(found.partition("?")[0])
        page.wait_for_selector("text=需要令牌")
        assert page.locator("tr[data-target]").count() == 0
        page.goto(found)
        settled(page)
        page.close()
    finally:
        end(program)
