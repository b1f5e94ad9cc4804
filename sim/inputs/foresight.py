"""foresight.yaml of a city: which targets are asked again from what was known in an earlier year."""

from __future__ import annotations

from pathlib import Path

from sim.base.errors import Faults, nearest
from sim.base.text import Text
from sim.inputs.checked import Record, check_against
from sim.inputs.files import is_file
from sim.inputs.targets import Catalogue
from sim.inputs.yaml_file import listed, read_yaml_list


class Question(Record):
    """The probability of reaching a target, seen from the end of a year."""

    target: str
    """A target of targets.csv that is bound to a variable."""
    as_of: int
    """The last year that is known."""


def read_questions(file: Path, catalogue: Catalogue) -> tuple[Question, ...]:
    """Read foresight.yaml; none where there is no such file.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    if not is_file(file):
        return ()
    document, faults, found = read_yaml_list(file), Faults(), list[Question]()
    for place, raw in enumerate(listed(document)):
        question = check_against(Question, raw, document, faults, (place,))
        if question is None:
            continue
        target = catalogue.targets.get(question.target)
        if target is None or question.target not in catalogue.bindings:
            message = Text(f"目标 {question.target} 不在目录中或未绑定变量", f"no bound target {question.target}")
            faults.add(message, document.place((place, "target")), nearest(question.target, catalogue.bindings))
        elif target.year is None or target.year <= question.as_of:
            message = Text(f"as_of 须早于目标年份 {target.year}", f"as_of must lie before the target's year {target.year}")
            faults.add(message, document.place((place, "as_of")))
        else:
            found.append(question)
    faults.raise_if_any()
    return tuple(found)
