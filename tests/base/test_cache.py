"""The cache: a hit traces and compiles nothing, a damaged entry is made again, a folder of others is not used."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest

from sim.base import cache
from sim.city import city
from sim.engine import kernel as kernel_module
from sim.inputs.city import read_city_file
from sim.inputs.home import Home
from sim.result.compare import Provenance
from sim.simulate import opening, pipeline


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SIM_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept"


def _refuse(*_: object) -> NoReturn:
    raise AssertionError("made again")


def test_an_entry_is_made_once(folder: Path) -> None:
    assert cache.kept("thing", "key", lambda: [1, 2]) == [1, 2]
    assert cache.kept("thing", "key", _refuse) == [1, 2]
    assert cache.kept("thing", "other", lambda: None) is None
    assert cache.kept("thing", "other", _refuse) is None
    assert folder.stat().st_mode & 0o777 == 0o700


def test_without_a_key_nothing_is_kept(folder: Path) -> None:
    cache.kept("thing", "", lambda: 1)
    assert not folder.exists()


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 500])
def test_a_damaged_entry_is_made_again(folder: Path, damage: bytes) -> None:
    cache.kept("thing", "key", lambda: 1)
    [file] = folder.glob("*.bin")
    file.write_bytes(damage)
    assert cache.kept("thing", "key", lambda: 2) == 2
    assert cache.kept("thing", "key", _refuse) == 2


def test_one_flipped_bit_is_damage(folder: Path) -> None:
    cache.kept("thing", "key", lambda: 1)
    [file] = folder.glob("*.bin")
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(bytes(content))
    assert cache.kept("thing", "key", lambda: 2) == 2


def test_a_folder_that_others_may_write_to_is_not_used(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    cache.kept("thing", "key", lambda: 1)
    assert list(folder.iterdir()) == []


def test_a_place_that_cannot_be_made_only_means_that_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("SIM_CACHE", str(blocked / "inside"))
    assert cache.kept("thing", "key", lambda: 3) == 3


def test_old_entries_are_forgotten(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_MOST_ENTRIES", 3)
    for number in range(6):
        cache.kept("thing", str(number), lambda: 1)
        for age, file in enumerate(sorted(folder.glob("*.bin"), key=lambda item: item.stat().st_mtime_ns)):
            os.utime(file, (1000 + age, 1000 + age))
    assert len(list(folder.glob("*.bin"))) == 3


def test_the_second_start_traces_and_compiles_nothing(folder: Path, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def run() -> tuple[pipeline.Outcome, Provenance]:
        [case] = opening.open_cases(home, [home.scenarios / "baseline.yaml"], None, (), ())
        outcome = pipeline.run(case)
        return outcome, outcome.provenance

    monkeypatch.setattr(kernel_module, "_at_hand", {})  # what an earlier test compiled is not written anew
    first, _ = run()
    assert list(folder.glob("graph-*.bin"))
    assert list(folder.glob("base-*.bin"))
    assert list(folder.glob("kernel-*.bin"))
    for module, name in (
        (city, "load_model"),
        (city, "load_base_year"),
        (city, "build_graph"),
        (kernel_module, "compile_kernel"),
    ):
        monkeypatch.setattr(module, name, _refuse)
    second, _ = run()
    assert second.results.equals(first.results)


def test_a_changed_model_file_is_traced_again(folder: Path, home: Home, tmp_path: Path) -> None:
    settings = read_city_file(home.city_folder("hengyang"))
    model = tmp_path / "prefecture"
    model.mkdir()
    for file in (home.models / "prefecture").glob("*.*"):
        (model / file.name).write_bytes(file.read_bytes())
    before = city.model_key(model, settings)
    production = model / "production.py"
    production.write_text(production.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert city.model_key(model, settings) != before
    assert not folder.exists()


def test_files_of_the_user_stay(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_MOST_ENTRIES", 1)
    folder.mkdir(mode=0o700)
    (folder / "mine.bin").write_bytes(b"mine")
    for number in range(4):
        cache.kept("thing", str(number), lambda: 1)
    assert (folder / "mine.bin").exists()
    assert len(list(folder.iterdir())) == 2


def test_an_entry_under_the_name_of_another_is_damage(folder: Path) -> None:
    cache.kept("thing", "one", lambda: 1)
    [one] = folder.glob("*.bin")
    cache.kept("thing", "two", lambda: 2)
    [two] = set(folder.glob("*.bin")) - {one}
    two.write_bytes(one.read_bytes())
    assert cache.kept("thing", "two", lambda: 3) == 3


@pytest.mark.parametrize("place", ["", "relative"])
def test_no_absolute_place_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SIM_CACHE", "XDG_CACHE_HOME", "HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, place)
    assert cache.kept("thing", "key", lambda: 1) == 1
    assert list(tmp_path.iterdir()) == []


def test_what_is_too_deep_to_be_written_is_only_not_kept(folder: Path) -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert cache.kept("thing", "key", lambda: deep) is deep
    assert list(folder.iterdir()) == []
