"""Records as trees: whatever a record holds is read back equal, also from a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.base.text import Text
from sim.result.tree import packed, read_tree, record_of, tree_of

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6)
WORDS = st.builds(Text, TEXTS, TEXTS)
NUMBERS = st.floats(allow_nan=False)


@dataclass(frozen=True)
class Inner:
    name: Text
    size: float


@dataclass(frozen=True)
class Row:
    inner: Inner
    maybe: Inner | None
    number: float | None
    whole: int
    truth: bool
    kind: Literal["a", "b"]
    names: tuple[str, ...]
    by_name: Mapping[str, float]


@dataclass(frozen=True)
class Branch:
    data: xr.Dataset | None = None
    rows: tuple[Inner, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Whole:
    name: Text
    seed: int
    as_of: int | None
    title: str | None
    rows: tuple[Row, ...]
    years: frozenset[int] = frozenset()
    branch: Branch = field(default_factory=Branch)


INNERS = st.builds(Inner, WORDS, NUMBERS)
ROWS = st.builds(
    Row,
    INNERS,
    st.none() | INNERS,
    st.none() | NUMBERS,
    st.integers(-(2**50), 2**50),
    st.booleans(),
    st.sampled_from(["a", "b"]),
    st.lists(TEXTS, max_size=3).map(tuple),
    st.dictionaries(TEXTS, NUMBERS, max_size=2),
)
WHOLES = st.builds(
    Whole,
    WORDS,
    st.integers(0, 2**80),
    st.none() | st.integers(0, 3000),
    st.none() | TEXTS,
    st.lists(ROWS, max_size=4).map(tuple),
    st.frozensets(st.integers(2000, 2040), max_size=3),
    st.builds(Branch, st.none(), st.lists(INNERS, max_size=2).map(tuple), TEXTS),
)


@settings(deadline=None, max_examples=50)
@given(WHOLES)
def test_every_record_is_read_back_from_its_tree(whole: Whole) -> None:
    assert record_of(tree_of(whole), Whole) == whole


@settings(deadline=None, max_examples=25)
@given(WHOLES)
def test_every_record_is_read_back_from_a_file(tmp_path_factory: pytest.TempPathFactory, whole: Whole) -> None:
    file = tmp_path_factory.mktemp("tree") / "record.nc"
    file.write_bytes(packed(tree_of(whole)))
    assert record_of(read_tree(file.read_bytes()), Whole) == whole


def test_datasets_keep_numbers_truths_and_attributes(tmp_path: Path) -> None:
    data = xr.Dataset(
        {"a": ("x", [1.0, np.nan, np.inf]), "b": ("x", [True, False, True]), "c": ("x", ["甲", "", "c"])},
        coords={"x": [3, 1, 2]},
        attrs={"units": "亿元"},
    )
    whole = Whole(Text("甲", "a"), 1, None, None, (), branch=Branch(data))
    file = tmp_path / "record.nc"
    file.write_bytes(packed(tree_of(whole)))
    read = record_of(read_tree(file.read_bytes()), Whole).branch.data
    assert read is not None
    assert read["b"].dtype == bool
    xr.testing.assert_equal(read, data)
    assert read.attrs == data.attrs


def test_numbers_that_are_none_and_those_that_are_undefined_are_told_apart() -> None:
    rows = tuple(Row(Inner(Text("", ""), 0.0), None, number, 0, False, "a", (), {}) for number in (None, float("nan"), 1.0))
    read = record_of(tree_of(Whole(Text("", ""), 0, None, None, rows)), Whole).rows
    assert read[0].number is None
    assert read[1].number is not None
    assert np.isnan(read[1].number)
    assert read[2].number == 1.0


def test_a_tree_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="no tree of a Whole"):
        record_of(xr.DataTree.from_dict({"/": xr.Dataset(attrs={"seed": 1})}), Whole)


def test_what_is_missing_or_cut_short_is_refused() -> None:
    rows = (Row(Inner(Text("甲", "a"), 1.0), None, None, 0, False, "a", (), {}),)
    nodes = {node.path: node.to_dataset() for node in tree_of(Whole(Text("", ""), 0, None, None, rows)).subtree}
    assert record_of(xr.DataTree.from_dict(nodes), Whole).branch.data is None  # it may be
    more, less = nodes["/rows"].assign_attrs(rows=2), nodes["/rows"].assign_attrs(rows=0)
    fewer = nodes["/rows"].drop_vars("inner.size")
    wrong = nodes["/rows"].assign_attrs(rows=float("inf"))
    without = [{path: node for path, node in nodes.items() if not path.startswith(gone)} for gone in ("/rows", "/branch")]
    for damaged in (*without, *({**nodes, "/rows": table} for table in (more, less, fewer, wrong))):
        with pytest.raises(ValueError, match="no tree of a Whole"):
            record_of(xr.DataTree.from_dict(damaged), Whole)


@pytest.mark.parametrize(
    "data",
    [
        xr.Dataset({"a": ("x", ["b", "c\0d"])}),
        xr.Dataset({"a": ("x", [1.0], {"units": "\0"})}),
        xr.Dataset(attrs={"names": ["a", "b\0c"]}),
    ],
)
def test_a_text_that_would_be_cut_off_is_not_written(data: xr.Dataset) -> None:
    with pytest.raises(ValueError, match="holds a NUL"):
        packed(xr.DataTree.from_dict({"/": data}))


def test_texts_of_every_kind_are_written(tmp_path: Path) -> None:
    """Stores of draws give texts of variable length, in a type of numpy's own."""
    names = np.array(["甲", "b"], dtype=np.dtypes.StringDType())
    file = tmp_path / "record.nc"
    file.write_bytes(packed(xr.DataTree.from_dict({"/": xr.Dataset({"names": ("x", names)})})))
    assert list(read_tree(file.read_bytes()).to_dataset()["names"].values) == ["甲", "b"]
