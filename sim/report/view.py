"""What figures and pages are drawn from: scenario results, scores and published history; records and arrays, never a study."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, replace

import xarray as xr

from sim.inputs.history import History
from sim.inputs.published import PublishedCheck
from sim.ledger.summary import ProgrammeTimes
from sim.model.labels import Labels
from sim.outputs.published import published_series
from sim.plan.scorecard import Score
from sim.text import Language, Text

_MARGIN = 36
MOST_DRAWN = 6


@dataclass(frozen=True)
class CaseView:
    """One scenario as it is shown."""

    key: str
    name: Text
    results: xr.Dataset
    scores: tuple[Score, ...]
    ledger: LedgerView | None = None


@dataclass(frozen=True)
class LedgerView:
    """What the project ledger does in a scenario: its programmes in time, and how many projects wait for what, by year."""

    programmes: tuple[ProgrammeTimes, ...]
    waiting: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class View:
    """All scenarios of a run beside the published history, and the language of the reader."""

    cases: tuple[CaseView, ...]
    city: Text
    region: str
    base_year: int
    last_year: int
    history: History
    labels: Labels
    checks: tuple[PublishedCheck, ...]
    language: Language

    @property
    def drawn(self) -> tuple[CaseView, ...]:
        """The scenarios that share one picture of lines or bars: the first few, as many as there are colours."""
        return self.cases[:MOST_DRAWN]

    def say(self, text: Text) -> str:
        """A text in the reader's language."""
        return text.in_language(self.language)

    def wrapped(self, text: Text, width: int = _MARGIN) -> str:
        """A long name on several lines, for the margin of a figure; `width` in letters, of which a Chinese one takes two."""
        return wrapped(text, self.language, width)

    def word(self, zh: str, en: str) -> str:
        """The wording in the reader's language."""
        return zh if self.language == "zh" else en

    def in_language(self, language: Language) -> View:
        """The same view for a reader of another language."""
        return replace(self, language=language)

    def published(self, indicator: str, first: int = 2005, region: str | None = None) -> dict[int, float]:
        """Published values of an indicator by year, the best source of each year."""
        series = self.history.series(indicator, region or self.region, first)
        return {year: datum.value for year, datum in series.items()}

    def published_check(self, history: str) -> dict[int, float]:
        """Published values of a check (which may be a ratio of two series)."""
        check = next(item for item in self.checks if item.history == history)
        return {year: datum.value for year, datum in published_series(check, self.history, self.region).items()}

    def score_of(self, variable: str) -> Score | None:
        """The first score of a target that is bound to a variable."""
        return next((score for case in self.cases for score in case.scores if score.variable == variable), None)

    def member(self, dim: str, name: str) -> str:
        """Name of a member of a dimension."""
        return self.say(self.labels.member(dim, name))


def wrapped(text: Text, language: Language, width: int = _MARGIN) -> str:
    """A long name on several lines; `width` in letters, of which a Chinese one takes two."""
    return "\n".join(textwrap.wrap(text.in_language(language), width if language == "en" else width // 2))


def yearly(case: CaseView, variable: str, region: str, **members: str | list[str]) -> dict[int, float]:
    """A variable of a case by year, for one region, at or summed over the given members."""
    array = case.results[variable]
    if "region" in array.dims:
        array = array.sel(region=region)
    for dim, chosen in members.items():
        array = array.sel({dim: chosen}).sum(dim) if isinstance(chosen, list) else array.sel({dim: chosen})
    return {int(year): float(value) for year, value in zip(array["year"].values, array.values, strict=True)}
