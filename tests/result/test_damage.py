"""Damage to a store of draws: any byte of any file is noticed, and made again the same by the next program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim.base.errors import UsageError
from sim.result.draw_store import DONE, LAYOUT, ZARR, damage_is_a_fault, open_store, read_draws
from tests.result.stores import VALUES, fill, plan

FILES = (
    "done/layout.json",
    "done/0000000000.json",
    "done/0000002048.json",
    "draws.zarr/zarr.json",
    *(f"draws.zarr/{name}/zarr.json" for name in ("gdp", "met", "lost", "year", "target")),
    *(f"draws.zarr/{name}/c/0" for name in ("year", "target")),
    *(f"draws.zarr/{name}" for name in ("gdp/c/0/0", "gdp/c/0/2", "met/c/0/1", "lost/c/2")),
)


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A store that is complete."""
    with open_store(tmp_path, plan()) as store:
        fill(tmp_path, store.missing())
    assert {name for name in FILES if not (tmp_path / name).is_file()} == set()
    return tmp_path


def gone_on_with(folder: Path) -> int:
    """Draws that the next program runs again, after which all numbers and names are as they were."""
    with open_store(folder, plan()) as store:
        missing = store.missing()
        fill(folder, missing)
    draws = read_draws(folder)
    for name, values in VALUES.items():
        np.testing.assert_array_equal(draws[name].values, values)
    assert draws["target"].values.tolist() == ["甲", "long name of a target"]
    assert draws["year"].values.tolist() == [2020, 2021]
    assert draws["gdp"].attrs["units"] == "亿元"
    assert draws.attrs["title"] == "a"
    return sum(stop - start for start, stop in missing)


def flipped(place: Callable[[int], int]) -> Callable[[Path], None]:
    def spoil(file: Path) -> None:
        content = bytearray(file.read_bytes())
        content[place(len(content))] ^= 0x01
        file.write_bytes(bytes(content))

    return spoil


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


DAMAGE: dict[str, Callable[[Path], object]] = {
    "first byte": flipped(lambda size: 0),
    "a third": flipped(lambda size: size // 3),
    "two thirds": flipped(lambda size: 2 * size // 3),
    "last byte": flipped(lambda size: size - 1),
    "empty": lambda file: file.write_bytes(b""),
    "cut": cut,
    "gone": lambda file: file.unlink(),
}


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize("name", FILES)
def test_damage_is_found_and_made_again(name: str, how: str, whole: Path) -> None:
    DAMAGE[how](whole / name)
    again = gone_on_with(whole)
    assert (again > 0) == (("/c/" in name and "/year/" not in name and "/target/" not in name) or name[5:9].isdigit())
    assert again <= 1024
    assert gone_on_with(whole) == 0


def test_every_byte_of_a_mark_and_of_a_chunk_counts(whole: Path) -> None:
    for name in ("done/0000000000.json", "draws.zarr/lost/c/2"):
        file = whole / name
        content = file.read_bytes()
        for place in range(len(content)):
            file.write_bytes(content[:place] + bytes([content[place] ^ 0x20]) + content[place + 1 :])
            with open_store(whole, plan()) as store:
                assert len(store.missing()) == 1, (name, place)
        file.write_bytes(content)


def test_another_sweep_with_a_damaged_record_is_still_another(whole: Path) -> None:
    for name in (f"{DONE}/{LAYOUT}", f"{ZARR}/zarr.json"):
        (whole / name).write_bytes(b"")
    with pytest.raises(UsageError, match="another sweep"), open_store(whole, plan(seed="2")):
        pass
    assert gone_on_with(whole) == 0


def test_who_only_reads_is_told_what_to_do(whole: Path) -> None:
    chunk = whole / ZARR / "gdp" / "c" / "0" / "1"
    flipped(lambda size: size // 2)(chunk)
    draws = read_draws(whole)
    with pytest.raises(UsageError, match="damaged") as caught, damage_is_a_fault(draws):
        draws["gdp"].values  # noqa: B018
    assert caught.value.faults[0].place.file == whole / ZARR
    assert "run the same command" in str(caught.value)
    assert "delete" not in str(caught.value)
    (whole / ZARR / "gdp" / "zarr.json").write_bytes(b"")
    with pytest.raises(UsageError, match="damaged"):
        read_draws(whole)
