"""YAML that may come by mail: plain data, bounded, every fault with its place."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.base.errors import InputError
from sim.inputs.yaml_file import MAX_BYTES, parse_yaml, read_yaml

FILE = Path("x.yaml")


def fault_of(text: str) -> str:
    with pytest.raises(InputError) as caught:
        parse_yaml(text, FILE)
    return str(caught.value)


def test_a_full_width_colon_after_a_key_is_read_and_what_else_is_wrong_is_named() -> None:
    assert parse_yaml("a: 1\nlevers：\n  b: 2\n", FILE).data == {"a": 1, "levers": {"b": 2}}
    assert "x.yaml:1:7" in fault_of("a: {zh：甲, en: [b}\n")
    assert "found '<stream end>'" in fault_of("- 甲：1\n- a: [\n")


def test_a_full_width_colon_in_a_sentence_is_no_fault() -> None:
    assert parse_yaml("note: 说明：很好\n", FILE).data == {"note": "说明：很好"}
    assert "full-width" not in fault_of("note: 说明：很好\nlist: [1\n")


def test_plain_data_with_places() -> None:
    document = parse_yaml("a: 1\nb:\n  - 2.5\n  - {c: true, d: ~, e: '1'}\n2022: 1e-3\n", FILE)
    assert document.data == {"a": 1, "b": [2.5, {"c": True, "d": None, "e": "1"}], 2022: 0.001}
    assert document.places[("b", 1, "c")] == (4, 6)
    assert str(document.place(("b", 1, "c"))) == "x.yaml:4:6 b.1.c"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the file is empty"),
        ("# only a comment\n", "the file is empty"),
        ("- 1\n- 2\n", "keys and values"),
        ("just text", "keys and values"),
        ("a: 1\na: 2\n", "x.yaml:2:1 a: this key stands twice, first in line 1"),
        ("a: &x 1\nb: *x\n", "anchors and aliases"),
        ("a: !!python/object:os.system x\n", "tags such as"),
        ("a: 1\n---\nb: 2\n", "only one document"),
        ("a: .nan\n", "x.yaml:1:4 a: must be a finite number"),
        ("a: -.inf\n", "must be a finite number"),
        ("a: 1e999\n", "must be a finite number"),
        ("a: [1, 2\nb: 3\n", "not valid YAML"),
        ("a: 'unclosed\n", "not valid YAML"),
        ("? [1, 2]\n: 3\n", "a key must be a word or a number"),
        ("a: " + "[" * 100 + "]" * 100, "nested deeper"),
        ("a: \x00", "not valid YAML"),
        ("a:\n\tb: 1\n", "there is a tab"),
    ],
)
def test_faults(text: str, expected: str) -> None:
    assert expected in fault_of(text)


def test_a_billion_laughs_are_refused_in_no_time() -> None:
    lines = ["a0: &a0 [lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    assert "anchors and aliases" in fault_of("\n".join(lines))


def test_files_that_are_no_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_yaml(tmp_path / "absent.yaml")
    with pytest.raises(InputError, match="folder"):
        read_yaml(tmp_path)
    gbk = tmp_path / "gbk.yaml"
    gbk.write_bytes("name: 衡阳".encode("gbk"))
    with pytest.raises(InputError, match="not UTF-8"):
        read_yaml(gbk)
    large = tmp_path / "large.yaml"
    large.write_bytes(b"a: 1\n" + b"#" * MAX_BYTES)
    with pytest.raises(InputError, match="too large"):
        read_yaml(large)
    marked = tmp_path / "bom.yaml"
    marked.write_bytes("\ufeffname: 衡阳\n".encode())
    assert read_yaml(marked).data == {"name": "衡阳"}


@given(st.text(max_size=60))
def test_any_text_is_data_or_an_input_error(text: str) -> None:
    found: object = {}
    with contextlib.suppress(InputError):
        found = parse_yaml(text, FILE).data
    assert isinstance(found, dict)
