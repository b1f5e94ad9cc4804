"""Faults and errors: a fault names its place and the mend; an error carries all faults that were found, never just the first.

One base error, one class per kind of fault. Only the command line catches them; there they become a report and an exit status.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from sim.base.text import Language, Text, alike, joined, odd_in, system_language


@dataclass(frozen=True)
class Place:
    """The place of a fault: a file, a line and column counted from one, and the path of the key."""

    file: Path | None = None
    line: int | None = None
    column: int | None = None
    key: str = ""

    def __str__(self) -> str:
        position = [str(self.file)] if self.file else []
        position += [str(number) for number in (self.line, self.column) if number is not None]
        return " ".join(part for part in (":".join(position), self.key) if part)


@dataclass(frozen=True)
class Fault:
    """One fault: what is wrong, where, and what to do about it."""

    message: Text
    place: Place = Place()
    advice: Text | None = None

    def in_language(self, language: Language) -> str:
        """Return the fault as one line for a person."""
        parts = [str(self.place), self.message.in_language(language)]
        line = ("：" if language == "zh" else ": ").join(part for part in parts if part)
        return line if self.advice is None else f"{line}  → {self.advice.in_language(language)}"


_MOST_FAULTS = 100


class SimError(Exception):
    """Base of all errors that the user can mend. `faults` holds every fault that was found."""

    exit_status: ClassVar[int] = 2

    def __init__(self, faults: Iterable[Fault] | Fault) -> None:
        self.faults = (faults,) if isinstance(faults, Fault) else tuple(dict.fromkeys(faults))
        super().__init__("\n".join(fault.in_language("en") for fault in self.faults))

    def _render_traceback_(self) -> list[str]:
        """Return the lines a notebook shows of this error: its faults, and no traceback."""
        return self.lines(system_language())

    def lines(self, language: Language) -> list[str]:
        """Every fault as a line below their number; of very many the first hundred."""
        count = len(self.faults)
        lines = [Text(f"发现 {count} 处错误：", f"{count} fault{'s' if count > 1 else ''}:").in_language(language)]
        lines += [f"  {fault.in_language(language)}" for fault in self.faults[:_MOST_FAULTS]]
        if count > _MOST_FAULTS:
            rest = count - _MOST_FAULTS
            lines.append(Text(f"  另有 {rest} 处", f"  and {rest} more").in_language(language))
        return lines

    def __reduce__(self) -> tuple[type[SimError], tuple[tuple[Fault, ...]]]:
        """An error of a worker process reaches its parent with all faults."""
        return type(self), (self.faults,)


class InputError(SimError):
    """A scenario, city, plan or data file is wrong."""


class ModelError(SimError):
    """The equations are wrong: a cycle, a missing name, a wrong unit, a forbidden expression."""


class UsageError(SimError):
    """The call is wrong: an unknown run, city, verb or option value."""


class RunError(SimError):
    """The run itself failed: a number became infinite, a file could not be written."""

    exit_status: ClassVar[int] = 1


@contextmanager
def os_faults(place: Path, what: Text, advice: Text | None = None) -> Iterator[None]:
    """Raise what the system refuses inside the block as one clear fault of what cannot be done, with the reason."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError(Fault(what + Text(f"：{reason}", f": {reason}"), Place(place), advice)) from error


@dataclass
class Faults:
    """Collects faults, so that a user sees all of them at once."""

    found: list[Fault] = field(default_factory=list)

    def add(self, message: Text, place: Place = Place(), advice: Text | None = None) -> None:
        """Note one fault."""
        self.found.append(Fault(message, place, advice))

    @contextmanager
    def gathering(self, kind: type[SimError] = InputError) -> Iterator[None]:
        """Take the faults of an error of `kind` raised inside the block, and go on."""
        try:
            yield
        except kind as error:
            self.found.extend(error.faults)

    def raise_if_any(self, kind: type[SimError] = InputError) -> None:
        """Raise `kind` with everything found so far; do nothing when there is none."""
        if self.found:
            raise kind(self.found)


@contextmanager
def all_faults(kind: type[SimError] = InputError) -> Iterator[Faults]:
    """Collect the faults of a block, and raise all of them at its end."""
    faults = Faults()
    yield faults
    faults.raise_if_any(kind)


_SLIP, _CLOSE, _AKIN = 0.8, 0.55, 0.25
_SUGGESTED, _LISTED = 3, 8


def nearest(name: str, known: Iterable[str], labels: Mapping[str, Text] | None = None) -> Text | None:
    """Advice that names what is nearest in writing or, by its label, in meaning; where nothing is near, lists a few names."""
    names = sorted(set(known))
    odd = next((advice for item in names if (advice := odd_in(name, item)) is not None), None)
    if odd is not None:
        return odd
    slips = difflib.get_close_matches(name, names, n=1, cutoff=_SLIP)
    if slips:
        return Text(f"是否想写“{slips[0]}”？", f"did you mean '{slips[0]}'?")
    shown = {item: labels[item] if labels and item in labels else None for item in names}
    # How near a text is to a name in meaning: the pairs of characters in common with the name or its labels.
    texts = {item: (item, *((label.zh, label.en) if label else ())) for item, label in shown.items()}
    kinship = {item: max(alike(name, text) for text in texts[item]) for item in names}
    akin = sorted((item for item in names if kinship[item] >= _AKIN), key=lambda item: -kinship[item])
    found = list(dict.fromkeys((*difflib.get_close_matches(name, names, n=1, cutoff=_CLOSE), *akin)))
    if found:
        found = found[: _SUGGESTED if labels else 1]
        return _listed(found, shown, Text("是否想写", "did you mean ")) + Text("？", "?")
    if not names:
        return None
    tail = Text("……", " ...") if len(names) > _LISTED else Text("", "")
    return _listed(names[:_LISTED], shown, Text("可用：", "known: "), quoted=False) + tail


def _listed(names: list[str], labels: Mapping[str, Text | None], head: Text, *, quoted: bool = True) -> Text:
    """Names with their labels, in quotation marks where one of them is meant."""
    parts = list[Text]()
    for name in names:
        label = labels[name]
        zh, en = (f"“{name}”", f"'{name}'") if quoted else (name, name)
        parts.append(Text(zh, en) if label is None else Text(f"{zh}（{label.zh}）", f"{en} ({label.en})"))
    return head + joined(parts, Text("或" if quoted else "、", " or " if quoted else ", "))


def reason_of(error: BaseException) -> Text:
    """Say in words what went wrong: a key that is not there by its name, else what the error says of itself."""
    if isinstance(error, KeyError):
        return Text(f"缺少 {error.args[0] if error.args else ''}", f"{error.args[0] if error.args else ''} is missing")
    said = str(error) or type(error).__name__
    return Text(said, said)


# What code that a user wrote (a model file) may raise by mistake; such a mistake is reported, never shown as a traceback.
MISTAKES_IN_CODE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    NameError,
    OSError,
    RuntimeError,
    StopIteration,
    SyntaxError,
    TypeError,
    ValueError,
)
