"""Draws on disk: what is complete stays, what is not is run again, other people's files are left alone."""

from __future__ import annotations

import json
import platform
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from sim.base.errors import UsageError
from sim.result.draw_store import DONE, ZARR, damage_is_a_fault, open_store, read_draws
from tests.result.stores import VALUES, fill, plan


def test_what_is_written_chunk_by_chunk_is_read_as_a_whole(tmp_path: Path) -> None:
    folder = tmp_path / "sweep"
    with open_store(folder, plan()) as store:
        assert store.missing() == [(0, 1024), (1024, 2048), (2048, 2500)]
        fill(folder, store.missing()[::-1])
        assert store.missing() == []
        assert [note["lost"] for note in store.present()] == [[0], [1024], [2048]]
    draws = read_draws(folder)
    for name, values in VALUES.items():
        np.testing.assert_array_equal(draws[name].values, values)
    assert draws["target"].values.tolist() == ["甲", "long name of a target"]
    assert draws["gdp"].attrs["units"] == "亿元"
    assert xr.open_zarr(folder / ZARR, chunks=None, consolidated=False)["gdp"].dims == ("year", "draw")


def test_nothing_is_read_before_it_is_used(tmp_path: Path) -> None:
    with open_store(tmp_path, plan()) as store:
        fill(tmp_path, store.missing())
    draws = read_draws(tmp_path)
    assert not draws["gdp"].variable._in_memory


def test_a_chunk_without_its_mark_is_run_again_and_leavings_are_swept(tmp_path: Path) -> None:
    with open_store(tmp_path, plan()) as store:
        fill(tmp_path, store.missing()[:2])
        left = tmp_path / ZARR / "gdp" / "c" / "0" / "x.partial"
        left.parent.mkdir(parents=True, exist_ok=True)
        left.write_bytes(b"half")
        (tmp_path / DONE / "0000001024.json").unlink()
    with open_store(tmp_path, plan()) as store:
        assert store.missing() == [(1024, 2048), (2048, 2500)]
        assert not left.exists()


def test_a_store_that_was_never_finished_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / f".{ZARR}-12ab.partial").mkdir()
    (tmp_path / DONE).mkdir()
    (tmp_path / DONE / "0000000000.json").write_text("{}", encoding="utf-8")
    with open_store(tmp_path, plan()) as store:
        assert len(store.missing()) == 3  # the mark belonged to nothing
    assert not list(tmp_path.glob(".*.partial"))


def test_two_programs_do_not_write_to_one_folder(tmp_path: Path) -> None:
    with open_store(tmp_path, plan()), pytest.raises(UsageError, match="another program"), open_store(tmp_path, plan()):
        pass
    with open_store(tmp_path, plan()) as store:
        assert store.missing()


def test_another_sweep_is_not_gone_on_with_and_what_differs_is_named(tmp_path: Path) -> None:
    with open_store(tmp_path, plan()) as store:
        fill(tmp_path, store.missing())
    before = sorted((file, file.stat().st_mtime_ns) for file in tmp_path.rglob("*") if file.is_file() and file.name != ".lock")
    with pytest.raises(UsageError, match=r"another sweep: seed 1 ≠ 2"), open_store(tmp_path, plan(seed="2")):
        pass
    other = replace(plan(), identity={**plan().identity, "simulator": "9"})
    with pytest.raises(UsageError, match=r"simulator — ≠ 9"), open_store(tmp_path, other):
        pass
    after = sorted((file, file.stat().st_mtime_ns) for file in tmp_path.rglob("*") if file.is_file() and file.name != ".lock")
    assert after == before


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="other things"), open_store(tmp_path, plan()):
        pass
    assert [item.name for item in tmp_path.iterdir()] == ["thesis.docx"]
    file = tmp_path / "thesis.docx"
    with pytest.raises(UsageError, match="other things"), open_store(file, plan()):
        pass
    assert file.read_text(encoding="utf-8") == "mine"


def test_a_chunk_that_is_gone_is_noticed(tmp_path: Path) -> None:
    with open_store(tmp_path, plan()) as store:
        fill(tmp_path, store.missing())
    next(file for file in (tmp_path / ZARR / "lost" / "c").rglob("*") if file.is_file()).unlink()
    with pytest.raises(UsageError, match="missing"):
        read_draws(tmp_path)
    with open_store(tmp_path, plan()) as store:
        assert len(store.missing()) == 1  # and is made again


@pytest.mark.parametrize("mark", ["", "{", "{}", "[]", "null", '{"lost": [], "sweep": "another"}', '{"lost": 3}'])
def test_a_mark_that_cannot_be_read_is_none(tmp_path: Path, mark: str) -> None:
    with open_store(tmp_path, plan()) as store:
        fill(tmp_path, store.missing())
        (tmp_path / DONE / "0000001024.json").write_text(mark, encoding="utf-8")
        assert store.missing() == [(1024, 2048)]
        assert len(store.present()) == 2


def test_a_machine_that_does_not_see_the_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"{re.escape(platform.node())} does not see this folder"):
        fill(tmp_path / "elsewhere", plan().chunks)
    assert not list(tmp_path.iterdir())


def test_a_chunk_of_a_store_that_is_gone_is_not_written_into_the_next(tmp_path: Path) -> None:
    with open_store(tmp_path, plan(seed="2")), pytest.raises(UsageError, match="another sweep"):
        fill(tmp_path, plan().chunks)


@pytest.mark.parametrize("mine", ["done/my.txt", "my.partial", "draws.zarr/zarr.json"])
def test_what_only_looks_like_ours_is_left_alone(tmp_path: Path, mine: str) -> None:
    (tmp_path / mine).parent.mkdir(exist_ok=True)
    (tmp_path / mine).write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="other things"), open_store(tmp_path, plan()):
        pass
    assert [file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*") if file.is_file()] == [mine]


def test_files_of_others_in_a_folder_of_ours_stay(tmp_path: Path) -> None:
    with open_store(tmp_path, plan()):
        pass
    (tmp_path / "data.partial").write_text("mine", encoding="utf-8")
    (tmp_path / "summary.nc-12ab.partial").write_text("left", encoding="utf-8")
    with open_store(tmp_path, plan()):
        pass
    assert [file.name for file in tmp_path.glob("*.partial")] == ["data.partial"]


def test_another_error_is_not_taken_for_damage() -> None:
    with pytest.raises(ValueError, match="something else"), damage_is_a_fault(xr.Dataset()):
        raise ValueError("something else")


def test_no_folder_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no results of a sweep"):
        read_draws(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("count", "chunk", "chunks"), [(5, 1024, 1), (10_000, 1024, 10), (1_000_000, 4096, 245), (10**9, 16384, 61036)]
)
def test_chunks_are_few_and_small_enough_to_hold(count: int, chunk: int, chunks: int) -> None:
    sized = plan(count)
    assert (sized.chunk, len(sized.chunks)) == (chunk, chunks)
    assert json.dumps(sized.chunks[-1][1]) == str(count)
