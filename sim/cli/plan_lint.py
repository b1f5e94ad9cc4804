"""`plan lint`: what does not fit together in the plan itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text
from sim.city.city import World, open_world
from sim.cli.console import Speaker
from sim.cli.numbers import year_of
from sim.inputs.home import default_city, find_home
from sim.inputs.plan_files import Review, read_reviews
from sim.inputs.targets import changed_sentence
from sim.plan.lint.finding import SEVERITY_NAMES, Finding
from sim.plan.lint.rules import RULE_NAMES, RULES, plan_of
from sim.plan.lint.rules import lint as findings_of
from sim.report.lint_page import lint_markdown, review_of, reviewed, summary, unused


def lint(city: str | None, as_of: str | None, home_folder: Path | None, speaker: Speaker, *, markdown: bool) -> None:
    """Print every finding, conflicts first, with what a person has said of it.

    Raises
    ------
    SimError
        when the city has no plan, or its files are faulty.
    """
    year = None if as_of is None else year_of(as_of, "--as-of")
    home = find_home(home_folder)
    world = open_world(home, city or default_city(home))
    catalogue = world.catalogue
    if not catalogue.targets:
        message = Text(f"{world.city.key} 没有录入规划，无从检查", f"no plan of {world.city.key} has been entered")
        raise UsageError(Fault(message, Place(key="--city")))
    reviews = read_reviews(catalogue.file.with_name("reviews.yaml"), RULES, catalogue.printed)
    findings = findings_of(plan_of(world.city, catalogue, year))
    speaker.mind(_remarks(world, findings, reviews if year is None else ()))
    if speaker.as_json:
        speaker.json([_record(item, reviews, speaker) for item in findings])
    elif markdown:
        sys.stdout.write(lint_markdown(findings, reviews, catalogue.documents, speaker.language) + "\n")
    else:
        _print(findings, reviews, world, speaker)


def _remarks(world: World, findings: list[Finding], reviews: tuple[Review, ...]) -> Iterator[Text]:
    """Documents that have changed, and reviews whose finding is gone."""
    yield from (changed_sentence(document) for document in world.catalogue.changed)
    for review in unused(findings, reviews):
        ids = ", ".join(sorted(review.of))
        yield Text(
            f"注意：reviews.yaml 中 {review.rule}（{ids}）的复核已没有对应的发现，请删去或改正。",
            f"Mind: the review of {review.rule} ({ids}) in reviews.yaml speaks of no finding any more: mend or remove it.",
        )


def _record(finding: Finding, reviews: tuple[Review, ...], speaker: Speaker) -> dict[str, Any]:
    review = review_of(finding, reviews)
    judged = {"judgement": None if review is None else review.judgement}
    return (
        finding.as_record(speaker.language)
        | judged
        | {"review": None if review is None else speaker.say(review.because.text())}
    )


def _print(findings: list[Finding], reviews: tuple[Review, ...], world: World, speaker: Speaker) -> None:
    documents, colon = world.catalogue.documents, speaker.word("：", ": ")
    for number, item in enumerate(findings, 1):
        head = f"{number}. [{speaker.say(SEVERITY_NAMES[item.severity])}] {speaker.say(RULE_NAMES[item.rule])}"
        speaker.line(Text(head, head))
        speaker.line(Text(f"   {item.message.zh}", f"   {item.message.en}"))
        data = f"  ({', '.join(item.data)})" if item.data else ""
        speaker.line(Text(f"   {item.arithmetic}{data}", f"   {item.arithmetic}{data}"))
        for quote in item.quotes:
            line = f"   {quote.id}{colon}“{quote.text}” {speaker.say(documents[quote.document].title)}"
            speaker.line(Text(line, line))
        remark = reviewed(review_of(item, reviews))
        speaker.line(Text(f"   {remark.zh}", f"   {remark.en}"))
    speaker.line(summary(findings, reviews))
