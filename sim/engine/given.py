"""What a scenario gives in place of the model: held against the bounds of its variable, and named where a run fails with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sim.base.errors import Fault, Faults, RunError
from sim.base.text import Text
from sim.inputs.model_files import Checks
from sim.model.binding import Bound, Resolved


def fail_if_outside(bound: Bound, checks: Checks, faults: Faults) -> None:
    """Add a fault for every given value outside the bounds that checks.yaml states for its variable."""
    for item in (item for item in bound.resolved if item.section == "given"):
        for limit in (limit for limit in checks.bounds if limit.variable == item.name):
            values = [float(value) for array in item.after.everything() for value in array.ravel()]
            low, high = limit.at_least, limit.at_most
            wrong = [value for value in values if (low is not None and value < low) or (high is not None and value > high)]
            if wrong:
                label, worst = limit.label.text(), f"{wrong[0]:g}"
                message = Text(f"{worst}（{item.unit}）不可能：{label.zh}", f"{worst} ({item.unit}) cannot be: {label.en}")
                faults.add(message, item.change.place, _percent(wrong[0], item))


def _percent(value: float, item: Resolved) -> Text | None:
    """A share above one may be a percentage without its sign, or with one too many."""
    if item.unit != "ratio" or value <= 1.0:
        return None
    return Text(f"写成小数或百分数，例如“{_EXAMPLE}”", f"write a number below one or a percentage, such as '{_EXAMPLE}'")


_EXAMPLE = "62.4 %"


@contextmanager
def blaming_what_is_given(bound: Bound) -> Iterator[None]:
    """A run that fails with given variables fails with them: their lines come first, and the equations are not blamed.

    Raises
    ------
    RunError
        with the lines of everything that is given, and what broke.
    """
    try:
        yield
    except RunError as error:
        given = [item for item in bound.resolved if item.section == "given"]
        if not given:
            raise
        raise RunError((*map(_blamed, given), *(replace(fault, advice=None) for fault in error.faults))) from error


def _blamed(item: Resolved) -> Fault:
    message = Text(
        f"情景在此给定了{item.label.zh}，推演因此不成立", f"the scenario gives {item.label.en} here, and the run fails"
    )
    advice = Text("请改数值，或删去这一行", "change the values, or leave this line out")
    return Fault(message, item.change.place, advice)
