"""Files and folders are put in place in an order that a power cut cannot spoil."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from sim.base.durable import put, put_folder, put_text, sync_tree
from sim.result.draw_store import open_store
from sim.result.store import new_files, results_folder
from tests.result.stores import fill, plan


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is synced and renamed, in order, by its name."""
    seen: list[tuple[str, str]] = []
    sync, rename, replace = os.fsync, Path.rename, Path.replace

    def synced(handle: int) -> None:
        seen.append(("sync", Path(f"/proc/self/fd/{handle}").readlink().name))
        sync(handle)

    def renamed(self: Path, target: Path) -> Path:
        seen.append(("rename", target.name))
        return rename(self, target)

    def replaced(self: Path, target: Path) -> Path:
        seen.append(("rename", target.name))
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    monkeypatch.setattr(Path, "replace", replaced)
    return seen


def test_a_file_is_synced_before_it_has_its_name_and_its_folder_after(order: list[tuple[str, str]], tmp_path: Path) -> None:
    put(tmp_path / "folder" / "file.csv", b"content")
    assert (tmp_path / "folder" / "file.csv").read_bytes() == b"content"
    assert [what for what, _ in order] == ["sync", "rename", "sync"]
    assert order[0][1].startswith("file.csv-")
    assert order[1:] == [("rename", "file.csv"), ("sync", "folder")]


def test_what_stood_there_stays_when_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = put_text(tmp_path / "file", "old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        put_text(file, "new")
    assert file.read_text(encoding="utf-8") == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["file"]


def test_a_folder_is_synced_to_its_last_file_before_it_has_its_name(order: list[tuple[str, str]], tmp_path: Path) -> None:
    (tmp_path / "aside" / "part").mkdir(parents=True)
    (tmp_path / "aside" / "part" / "file").write_text("x", encoding="utf-8")
    put_folder(tmp_path / "aside", tmp_path / "run")
    assert order == [("sync", "file"), ("sync", "part"), ("sync", "aside"), ("rename", "run"), ("sync", tmp_path.name)]


def test_a_run_and_a_report_are_synced_before_they_have_their_names(order: list[tuple[str, str]], tmp_path: Path) -> None:
    with results_folder(tmp_path, "run") as pending:
        (pending.folder / "run.nc").write_text("x", encoding="utf-8")
    assert order.index(("sync", "run.nc")) < order.index(("rename", "run")) < order.index(("sync", tmp_path.name))
    order.clear()
    with new_files(tmp_path / "run") as aside:
        (aside / "report.html").write_text("x", encoding="utf-8")
    assert order.index(("sync", "report.html")) < order.index(("rename", "report.html")) < order.index(("sync", "run"))


def test_a_chunk_is_synced_before_its_mark_says_that_it_is_whole(order: list[tuple[str, str]], tmp_path: Path) -> None:
    with open_store(tmp_path, plan()) as store:
        order.clear()
        fill(tmp_path, store.missing()[:1])
    mark = order.index(("rename", "0000000000.json"))
    arrays = [("sync", "0"), ("sync", "0"), ("sync", "0")]  # gdp/c/0/0, met/c/0/0, lost/c/0
    assert [item for item in order[:mark] if item == ("sync", "0")][:3] == arrays
    assert ("sync", "c") in order[:mark]
    assert ("sync", "done") in order[mark:]


def test_a_system_that_syncs_no_folders_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sync = os.fsync

    def files_only(handle: int) -> None:
        if Path(f"/proc/self/fd/{handle}").readlink().is_dir():
            raise OSError(22, "Invalid argument")
        sync(handle)

    monkeypatch.setattr(os, "fsync", files_only)
    assert put(tmp_path / "file", np.arange(3).tobytes()).is_file()
    sync_tree(tmp_path)
