"""Every code block and command of README and docs is run, as a reader would run them, page by page in a folder of its own."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sim.inputs.home import find_home
from sim.simulate import opening
from tests.blocks import CodeBlock, blocks_of
from tests.cli.calling import Done, sim
from tests.explore.test_serving import free_port

ROOT = Path(__file__).resolve().parent.parent
GENERATED = {"calibration", "equations", "parameters", "systems", "plan_lint", "commands"}
PAGES = [
    ROOT / "README.md",
    ROOT / "README.zh-CN.md",
    ROOT / "scenarios" / "README.md",
    ROOT / "CONTRIBUTING.md",
    *(file for file in sorted((ROOT / "benchmarks").rglob("README.md"))),
    *(
        file
        for file in sorted((ROOT / "docs").glob("*.md"))
        if file.stem.removesuffix("_en") not in GENERATED and not file.stem.endswith("_en")
    ),
]
"""Of a page in two languages the Chinese one: tests/test_translations.py holds that the English one has the same blocks."""
_FRAGMENT = "name: {zh: 片段, en: Fragment}\nextends: baseline\n"


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_block_of_a_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    for block in blocks_of(page):
        reader.follow(block)


def test_a_block_that_nobody_would_run_is_noticed(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    for line, block in enumerate((("rust", "fn main() {}\n", ""), ("", "ls\n", ""), ("", "ls\n", "not run: "))):
        with pytest.raises(AssertionError, match=f"line {line}"):
            reader.follow(CodeBlock(*block, line))


class Reader:
    """Somebody who follows a page in a copy of the project's models and scenarios."""

    def __init__(self, folder: Path) -> None:
        for name in ("models", "scenarios"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        self.folder = folder

    def follow(self, block: CodeBlock) -> None:
        """Do what the block says, or fail where nothing can be done with it."""
        kind, _, name = block.comment.partition(": ")
        if kind in ("not run", "output") or block.comment == "commands":
            assert kind == "output" or name or block.comment == "commands", f"line {block.line}: say why it is not run"
        elif kind == "output of":
            self._compare(name, block)
        elif kind == "edit":
            self._edit(name, block)
        elif kind in ("file", "append"):
            self._take_source(name)
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            with (self.folder / name).open("a" if kind == "append" else "w", encoding="utf-8") as file:
                file.write(block.text)
        elif kind.startswith("served"):
            self._serve(block)
        elif block.language == "yaml":
            self._check(block)
        elif block.language == "python":
            self._run(["-c", block.text], block)
        else:
            self._commands(block)

    def _take_source(self, name: str) -> None:
        """Who writes a file of the program works in a copy of the source folder."""
        if name.startswith(("sim/", "tests/")) and not (self.folder / "sim").exists():
            for part in ("sim", "tests"):
                shutil.copytree(ROOT / part, self.folder / part, ignore=shutil.ignore_patterns("__pycache__"))
            shutil.copy(ROOT / "pyproject.toml", self.folder)

    def _edit(self, name: str, block: CodeBlock) -> None:
        """Change the one place of a file that a difference shows: its lines begin with a blank, a plus or a minus."""
        file, lines = self.folder / name, block.text.splitlines()
        before, after = ("\n".join(line[1:] for line in lines if line[0] != sign) + "\n" for sign in "+-")
        text = file.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"line {block.line}: {name} has {text.count(before)} such places"
        file.write_text(text.replace(before, after), encoding="utf-8")

    def _commands(self, block: CodeBlock) -> None:
        assert block.language in ("", "bash"), f"line {block.line}: what is to be done with {block.language}?"
        for line in block.text.splitlines():
            words = shlex.split(line, comments=True)
            if not words:
                continue
            if words[0] == "cd":
                self.folder = self.folder / words[1]
                continue
            assert words[:3] in (["python", "-m", "sim"], ["python", "-m", "pytest"]), f"line {block.line}: {line}"
            self._run(words[1:], block)

    def _run(self, words: list[str], block: CodeBlock) -> Done:
        """Call Python; a verb of the program in this process, unless the page has changed the program."""
        if words[:2] == ["-m", "sim"] and not (self.folder / "sim").exists():
            done = sim(*words[2:], folder=self.folder)
        else:
            command = [sys.executable, *words]
            done = subprocess.run(
                command, cwd=self.folder, env=self._environment, capture_output=True, encoding="utf-8", timeout=900, check=False
            )
        assert done.returncode == 0, f"line {block.line}: {words}\n{done.stderr[-2000:]}"
        return done

    def _compare(self, command: str, block: CodeBlock) -> None:
        """What a page shows of a command is what it prints today, but for how it is spaced."""
        done = self._run(shlex.split(command)[1:], block)
        printed = {"".join(line.split()) for line in done.stdout.splitlines()}
        for line in block.text.splitlines():
            assert "".join(line.split()) in printed, f"line {block.line}: {line}"

    def _serve(self, block: CodeBlock) -> None:
        """Start the page, wait for its address, and end it as a person would."""
        (line,) = block.text.splitlines()
        words = [*shlex.split(line, comments=True)[1:], "--no-browser", "--port", str(free_port())]
        program = subprocess.Popen(
            [sys.executable, *words], cwd=self.folder, env=self._environment, stdout=subprocess.PIPE, encoding="utf-8"
        )
        assert program.stdout is not None
        found = next((said for said in program.stdout if re.search(r"http://\S+", said)), None)
        program.send_signal(signal.SIGINT)
        program.communicate(timeout=60)
        assert found is not None, f"line {block.line}"
        assert program.returncode == 0

    def _check(self, block: CodeBlock) -> None:
        """A scenario, or sections of one."""
        file = self.folder / "scenarios" / f"block_{block.line}.yaml"
        file.write_text(block.text if "name:" in block.text.splitlines()[0] else _FRAGMENT + block.text, encoding="utf-8")
        opening.open_cases(find_home(self.folder), [file], None, (), ())

    @property
    def _environment(self) -> dict[str, str]:
        source = self.folder if (self.folder / "sim").exists() else ROOT
        return {**os.environ, "PYTHONPATH": str(source), "PYTHONIOENCODING": "utf-8", "MPLBACKEND": "agg"}
