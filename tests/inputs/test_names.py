"""Names of folders and files are names, never paths; texts of files are text in every table and page."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.base.errors import InputError, Place
from sim.city.city import open_city
from sim.inputs.city import read_city_file
from sim.inputs.files import fail_if_no_name
from sim.inputs.home import Home
from sim.plan.scorecard import cell_text, shown_as_text

PATHS = ["../../outside", "..", ".", "", "a/b", "a\\b", "/etc", "C:x", ".hidden", "a\nb", "a\0b"]


@pytest.mark.parametrize("name", PATHS)
def test_a_path_is_no_name(name: str) -> None:
    with pytest.raises(InputError, match="is no name"):
        fail_if_no_name(name, Place())


@pytest.mark.parametrize("name", ["prefecture", "我的情景", "plan_2025.yaml", "a b", "v1.2"])
def test_a_name_is_one(name: str) -> None:
    fail_if_no_name(name, Place())


def test_the_model_of_a_city_never_lies_outside(copied: Home, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "labels.yaml").write_text("", encoding="utf-8")
    (outside / "evil.py").write_text("raise SystemExit('code of another folder ran')\n", encoding="utf-8")
    file = copied.models / "hengyang" / "city.yaml"
    text = file.read_text(encoding="utf-8")
    for path in ("../../outside", str(outside)):
        file.write_text(text.replace("model: prefecture", f"model: {path}"), encoding="utf-8")
        with pytest.raises(InputError, match=r"city\.yaml:3.* is no name"):
            open_city(copied, "hengyang")
    file.write_text(text.replace("model: prefecture", "model: prefectur"), encoding="utf-8")
    with pytest.raises(InputError, match=r"no model prefectur .*did you mean 'prefecture'"):
        read_city_file(file.parent)
    file.write_text(text.replace("province: hunan", "province: ../../outside"), encoding="utf-8")
    with pytest.raises(InputError, match="is no name"):
        read_city_file(file.parent)


@given(st.sampled_from("=+-@\t\r＝＋－＠"), st.text(min_size=1))
def test_a_text_that_a_spreadsheet_would_compute_is_shown(first: str, rest: str) -> None:
    text = first + rest
    shown = cell_text(text)
    try:
        float(text)
        assert shown == text
    except ValueError:
        assert shown == f"'{text}"


@pytest.mark.parametrize("value", ["-593.2", "+1", "-1e-05", "=", "~", "衡阳", "a=b", ""])
def test_numbers_and_signs_stay_as_they_are(value: str) -> None:
    assert shown_as_text(value) == value


@given(st.floats(-1e300, 1e300))
def test_negative_numbers_stay_numbers(value: float) -> None:
    assert float(cell_text(value)) == pytest.approx(value, rel=1e-9)


def test_every_table_that_is_written_goes_through_the_same_cell(tmp_path: Path) -> None:
    from sim.report.sweeps.pages import put_table

    put_table(tmp_path / "table.csv", ["=head"], [["=1+1", -2.0], ["@cmd", None]])
    rows = list(csv.reader(io.StringIO((tmp_path / "table.csv").read_text(encoding="utf-8-sig"))))
    assert rows == [["'=head"], ["'=1+1", "-2"], ["'@cmd", ""]]
    sources = [*Path(__file__).parents[2].joinpath("sim").rglob("*.py")]
    writers = {file.name for file in sources if "csv.writer(" in file.read_text(encoding="utf-8")}
    assert writers == {"scorecard.py", "pages.py", "new_city.py"}, json.dumps(sorted(writers))
