"""Read a model folder: every Python file in it, each under a private module name, and collect what it declares.

The package `base_year` beside the equations builds the tables that a city's base year needs.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from sim.base.dimensions import Dimension
from sim.base.errors import MISTAKES_IN_CODE, Fault, ModelError, Place, reason_of
from sim.base.text import Text
from sim.inputs.base_year import BaseYear, Row
from sim.inputs.files import is_file
from sim.model.declarations import Declaration


@dataclass(frozen=True)
class ModelSource:
    """The declarations of a model folder, in file and line order, and its dimensions."""

    folder: Path
    declarations: tuple[Declaration, ...]
    dimensions: tuple[Dimension, ...]


def load_model(folder: Path) -> ModelSource:
    """Import the model files of `folder`. They are code, and trusted as code.

    Raises
    ------
    ModelError
        when the folder holds no model file, or a file cannot be imported.
    """
    files = sorted(folder.glob("*.py"))
    if not files:
        message = Text("文件夹中没有模型文件", "no model files in this folder")
        raise ModelError(Fault(message, Place(folder)))
    modules = [_import(file) for file in files]
    found = [value for module in modules for value in vars(module).values()]
    declared = {id(item): item for item in found if isinstance(item, Declaration)}
    dims = {item.name: item for item in found if isinstance(item, Dimension)}
    ordered = sorted(declared.values(), key=lambda item: (item.file, item.line))
    return ModelSource(folder, tuple(ordered), tuple(dims.values()))


def load_base_year(folder: Path) -> Callable[[BaseYear], list[Row]]:
    """What builds the base-year tables of the model in `folder`.

    Raises
    ------
    ModelError
        when the package is missing or cannot be imported.
    """
    build: Callable[[BaseYear], list[Row]] = _import(folder / "base_year" / "__init__.py").build_rows
    return build


def _import(file: Path) -> ModuleType:
    if not is_file(file):
        raise ModelError(Fault(Text("不是普通文件", "not a regular file"), Place(file)))
    digest = hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:12]
    name = f"_sim_model_{digest}_{file.stem}"
    inside = [str(file.parent)] if file.name == "__init__.py" else None  # only a package has modules inside
    specification = importlib.util.spec_from_file_location(name, file, submodule_search_locations=inside)
    if specification is None or specification.loader is None:
        raise ModelError(Fault(Text("无法载入", "cannot be loaded"), Place(file)))
    module = importlib.util.module_from_spec(specification)
    for inside_it in [key for key in sys.modules if key.startswith(f"{name}.")]:
        del sys.modules[inside_it]  # a package read anew reads its modules anew
    sys.modules[name] = module
    try:
        specification.loader.exec_module(module)
    except MISTAKES_IN_CODE as error:
        line = getattr(error, "lineno", None)
        message = Text("模型文件有误：", "the model file is faulty: ") + reason_of(error)
        raise ModelError(Fault(message, Place(file, line))) from error
    return module
