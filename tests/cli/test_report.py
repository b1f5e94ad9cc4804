"""The verb `report`: from a stored run to files that an office sends, and what it says when that cannot be."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sim.base.errors import UsageError
from sim.base.text import Text
from sim.cli import report as verb
from sim.report.writing import reports_of
from sim.result.tree import packed, read_tree
from sim.simulate.result import packed_result, read_result, sealed_file
from tests.cli.calling import ROOT, sim


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of one scenario with one target, which is still ahead in the year in which it stands, in a home of its own."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "models", home / "models", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "scenarios", home / "scenarios")
    text = (
        "name: {zh: 高企, en: High-tech}\nextends: baseline\ntargets: [hy_hightech_firms_2025]\nlevers:\n  hightech_push: 1.2\n"
    )
    (home / "scenarios" / "mine.yaml").write_text(text, encoding="utf-8")
    done = sim("run", "mine", "--as-of", "2021", "--prior", "--draws", "60", "--workers", "1", "--quiet", folder=home)
    assert done.returncode == 0, done.stderr
    return next((home / "results").iterdir())


def home_of(run: Path) -> Path:
    return run.parent.parent


@pytest.mark.slow
def test_every_form_in_both_languages(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "results" / run.name
    shutil.copytree(run, folder)
    for language, middle in (("zh", ""), ("en", ".en")):
        done = sim("report", folder, "--lang", language, "--json", folder=home_of(run))
        assert done.returncode == 0, done.stderr
        names = {Path(name).name for name in json.loads(done.stdout)}
        assert names == {f"report{middle}.html", f"report{middle}.docx", f"table{middle}.xlsx", f"report{middle}.pdf"}
        assert all((folder / "mine" / name).stat().st_size > 10_000 for name in names)
    result = read_result(folder / "mine" / "run.nc")
    assert not result.studies.pending
    (record,) = reports_of([result])
    assert {"path_1", "tornado", "loops_balancing"} <= set(record.figures)
    assert (folder / "mine" / "figures" / "path_1.png").exists()
    assert not list(folder.rglob(".*")), "no mark of the program's own stays in the user's folder"
    assert not list(folder.rglob(".partial*"))


def test_a_stored_report_is_written_without_running_again(run: Path) -> None:
    done = sim("report", "latest", "--stored", "--format", "html", "--lang", "en", folder=home_of(run))
    assert done.returncode == 0, done.stderr
    page = (run / "mine" / "report.en.html").read_text(encoding="utf-8")
    assert "python -m sim report" in page


@pytest.mark.usefixtures("no_pictures")
def test_a_run_whose_inputs_have_changed_is_reported_as_it_was_recorded(run: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(home_of(run), home)
    with (home / "scenarios" / "mine.yaml").open("a", encoding="utf-8") as file:
        file.write("# a remark\n")
    done = sim("report", run.name, "--format", "html", "--lang", "en", folder=home)
    assert done.returncode == 0
    assert "inputs have changed since the run: scenarios/mine.yaml" in done.stderr
    assert "as it was recorded" in done.stderr
    (home / "scenarios" / "mine.yaml").unlink()
    done = sim("report", run.name, "--format", "html", "--lang", "en", folder=home)
    assert done.returncode == 0
    assert "as it was recorded" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing",), "no run nothing"),
        (("latest", "--format", "odt,docz"), "no format odt"),
        (("latest", "--scenario", "yours"), "no scenario yours"),
        (("latest", "--as-of", "2023"), "--as-of"),  # a run stands in its year, a report does not move it
        (("latest", "--format", ","), "no format is named"),
    ],
)
def test_a_wrong_call_says_what_to_do(words: tuple[str, ...], said: str, run: Path) -> None:
    done = sim("report", *words, "--lang", "en", folder=home_of(run))
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_run_of_another_version_says_so(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "results" / "20200101-000000-00000000"
    shutil.copytree(run, folder)
    file = folder / "mine" / "run.nc"
    tree = read_tree(file.read_bytes())
    changes: tuple[tuple[dict[str, object], str], ...] = (
        ({"format": tree.attrs["format"] + 1, "simulator": "9.0"}, "written by version 9.0"),
        ({"format": None, "simulator": "0.0.9"}, "written by version 0.0.9"),
        ({"steps_per_year": "many"}, "the file of the run is damaged"),
    )
    for attributes, said in changes:
        other = tree.copy()
        known: dict[str, object] = {str(name): value for name, value in tree.attrs.items()}
        other.attrs = {name: value for name, value in (known | attributes).items() if value is not None}
        file.write_bytes(sealed_file(packed(other)))
        done = sim("report", folder, "--lang", "en", folder=home_of(run))
        assert (done.returncode, said in done.stderr, "Traceback" in done.stderr) == (2, True, False)


@pytest.mark.usefixtures("no_pictures")
def test_a_scenario_is_reported_from_within_its_folder_and_under_another_name(run: Path, tmp_path: Path) -> None:
    call = ("--stored", "--format", "html", "--lang", "en")
    folder = tmp_path / "another_name"
    shutil.copytree(run, folder, ignore=shutil.ignore_patterns("report*"))
    done = sim("report", ".", *call, folder=folder / "mine")
    assert (done.returncode, done.stderr) == (0, "")
    page = (folder / "mine" / "report.en.html").read_text(encoding="utf-8")
    assert run.name in page  # the run that it belongs to, whatever its folder is called now
    (folder / "mine").rename(folder / "yours")
    (folder / "yours" / "report.en.html").unlink()
    done = sim("report", folder, *call, "--scenario", "yours", folder=home_of(run))
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "yours" / "report.en.html").is_file()


@pytest.mark.usefixtures("no_pictures")
def test_two_folders_of_one_scenario_are_not_written_over_each_other(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / run.name
    shutil.copytree(run, folder)
    shutil.copytree(folder / "mine", folder / "copy")
    done = sim("report", folder, "--stored", "--format", "html", "--lang", "en", folder=home_of(run))
    assert done.returncode == 2
    assert done.stderr.count("more than one folder holds results of the scenario mine") == 2
    done = sim("report", folder, "--stored", "--format", "html", "--scenario", "copy", folder=home_of(run))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.usefixtures("no_pictures")
def test_a_damaged_scenario_costs_itself_alone(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / run.name
    shutil.copytree(run, folder)
    shutil.copytree(folder / "mine", folder / "other")
    content = bytearray((folder / "other" / "run.nc").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "other" / "run.nc").write_bytes(content)
    call = ("--stored", "--format", "html", "--lang", "en")
    done = sim("report", folder, *call, folder=home_of(run))
    assert done.returncode == 2
    assert "run.nc: the file of the run is damaged" in done.stderr
    done = sim("report", folder, *call, "--scenario", "mine", folder=home_of(run))
    assert done.returncode == 0
    assert "a scenario is left out of the comparison: the file of the run is damaged" in done.stderr


def test_a_wrong_home_is_a_fault_of_the_call(run: Path, tmp_path: Path) -> None:
    done = sim("report", run, "--format", "html", "--home", tmp_path, "--lang", "en", folder=home_of(run))
    assert done.returncode == 2
    assert "not a home folder" in done.stderr


def test_a_missing_extra_costs_its_own_form_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "find_spec", lambda name: None if name == "typst" else object())
    verb.fail_if_forms_are_wrong(("html", "pdf", "docx"))
    assert verb.forms_without_extra(("html", "pdf", "docx")) == ["pdf"]
    with pytest.raises(UsageError) as error:
        verb.fail_if_forms_are_wrong(("pdf",))
    (fault,) = error.value.faults
    assert fault.advice is not None
    assert '".[report]"' in fault.advice.en


def test_a_character_that_the_pdf_lacks_costs_the_pdf_alone(run: Path, tmp_path: Path) -> None:
    """The other forms are written, and what was not is said in one sentence each."""
    folder = tmp_path / run.name
    shutil.copytree(run, folder)
    file = folder / "mine" / "run.nc"
    result = read_result(file)
    file.write_bytes(packed_result(replace(result, name=Text("高企\U0001f35c", "High-tech"))))
    done = sim("report", folder, "--stored", "--lang", "zh", "--quiet", folder=home_of(run))
    assert done.returncode == 1
    assert (folder / "mine" / "report.docx").is_file()
    assert not (folder / "mine" / "report.pdf").exists()
    assert "没有写出 report.pdf：PDF 的字体没有 \U0001f35c（U+1F35C）" in done.stderr
    assert "Warning" not in done.stderr
    assert done.stderr.count("\n") <= 2


@pytest.mark.usefixtures("no_pictures")
def test_a_file_that_cannot_be_replaced_costs_its_own_form(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "results" / run.name
    shutil.copytree(run, folder)
    (folder / "mine" / "report.en.html").unlink(missing_ok=True)
    (folder / "mine" / "report.en.html" / "open").mkdir(parents=True)
    done = sim("report", folder, "--stored", "--format", "html,docx,xlsx", "--lang", "en", folder=home_of(run))
    assert done.returncode == 1
    assert "report.en.html was not written: results cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert (folder / "mine" / "report.en.docx").is_file()
    assert (folder / "mine" / "table.en.xlsx").is_file()
    assert not list(folder.rglob(".partial*"))
