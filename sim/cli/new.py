"""Make a folder of one's own: a copy of models and scenarios to edit."""

from __future__ import annotations

import shutil
from pathlib import Path

from sim.base.durable import owned_folder, put_folder
from sim.base.errors import Fault, Place, RunError, UsageError
from sim.base.text import Text
from sim.cli.console import Speaker
from sim.inputs.home import find_home


def new(folder: Path, home_folder: Path | None, speaker: Speaker) -> None:
    """Copy models and scenarios into a new folder, written aside and renamed."""
    if folder.exists():
        message = Text("已存在，不会覆盖", "exists already and is left as it is")
        raise UsageError(Fault(message, Place(folder), Text("请换一个名字", "choose another name")))
    home = find_home(home_folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with owned_folder(folder.parent, ".new-") as own:
            aside = own / "content"
            ignored = shutil.ignore_patterns("__pycache__", "*.tmp", "*.partial")
            shutil.copytree(home.models, aside / "models", ignore=ignored)
            shutil.copytree(home.scenarios, aside / "scenarios", ignore=ignored)
            put_folder(aside, folder)
    except OSError as error:
        message = Text(f"无法建立：{error.strerror}", f"cannot be made: {error.strerror}")
        raise RunError(Fault(message, Place(folder))) from error
    speaker.line(Text(f"已建立 {folder}。", f"made {folder}."))
    speaker.line(
        Text(
            f"下一步：编辑 {folder / 'scenarios'} 中的文件，然后在该文件夹运行 python -m sim run",
            f"next: edit the files in {folder / 'scenarios'}, then run python -m sim run in that folder",
        )
    )
