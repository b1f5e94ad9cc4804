"""What lint found, as a page in Markdown: every finding with its sentence, arithmetic, quotes and what a person says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.base.text import Language, Text, markdown_text
from sim.base.words import capital
from sim.inputs.printed import PlanDocument
from sim.inputs.targets import JUDGEMENTS, Review
from sim.plan.findings import SEVERITIES, SEVERITY_NAMES, Finding, review_of
from sim.plan.lint import RULES

_TITLE = Text("规划自检：发现与复核", "The plan against itself: findings and reviews")
_INTRODUCTION = Text(
    "由 `python -m sim plan lint --markdown` 生成，测试保证不过期。规则只看目标、事实和历史数据，不认得具体指标；"
    "默认只用各文件发布时已知的资料。“矛盾”：数字不能同时成立；“存疑”：须有不寻常的条件才能成立；“提示”：阅读时须知道。"
    "每条之下是人工复核的结论，写在 `plan/reviews.yaml`。",
    "Made by `python -m sim plan lint --markdown`; a test keeps it fresh. The rules see targets, facts and history and know no "
    "indicator by name; by default only what was known when each document came out. Conflict: the figures cannot all hold; "
    "doubt: they hold only if something unusual does; note: what a reader must know. Below each finding stands what a person "
    "who read the sentences says of it, from `plan/reviews.yaml`.",
)


def lint_markdown(
    findings: Sequence[Finding], reviews: Sequence[Review], documents: Mapping[str, PlanDocument], language: Language
) -> str:
    """The page."""
    lines = [f"# {_TITLE.in_language(language)}", "", _INTRODUCTION.in_language(language), ""]
    lines += [summary(findings, reviews).in_language(language)]
    for severity in SEVERITIES:
        of_it = [item for item in findings if item.severity == severity]
        if of_it:
            lines += ["", f"## {capital(SEVERITY_NAMES[severity].in_language(language))}"]
        for item in of_it:
            lines += ["", *_entry(item, review_of(item, reviews), documents, language)]
    return "\n".join(lines)


def summary(findings: Sequence[Finding], reviews: Sequence[Review]) -> Text:
    """How many findings there are of each kind, and how many have been reviewed with which result."""
    counts = {severity: sum(item.severity == severity for item in findings) for severity in SEVERITIES}
    judged = [review.judgement for item in findings if (review := review_of(item, reviews)) is not None]
    kinds = [(SEVERITY_NAMES[key], count) for key, count in counts.items() if count]
    said = [(name, judged.count(key)) for key, name in JUDGEMENTS.items() if key in judged]
    zh, en = ("、".join(f"{name.zh} {n} 条" for name, n in kinds), ", ".join(f"{name.en} {n}" for name, n in kinds))
    head = Text(f"共 {len(findings)} 条：{zh}。", f"{len(findings)} findings: {en}.") if findings else _NOTHING
    if not said:
        return head
    zh, en = ("、".join(f"{name.zh} {n}" for name, n in said), ", ".join(f"{name.en} {n}" for name, n in said))
    return head + Text(f"已复核 {len(judged)} 条：{zh}。", f" {len(judged)} reviewed: {en}.")


_NOTHING = Text("没有发现矛盾。", "No contradiction was found.")


def _entry(finding: Finding, review: Review | None, documents: Mapping[str, PlanDocument], language: Language) -> list[str]:
    rule = RULES[finding.rule].title.in_language(language)
    ids = ", ".join(f"`{key}`" for key in (*finding.targets, *finding.facts))
    colon = "：" if language == "zh" else ": "
    data = f" · {', '.join(finding.data)}" if finding.data else ""
    lines = [
        f"### {capital(rule)}{colon}{ids}",
        "",
        markdown_text(finding.message.in_language(language)),
        "",
        f"`{finding.arithmetic}`{data}",
        "",
    ]
    sentences = dict.fromkeys((item.document, item.text) for item in finding.quotes)
    lines += [
        f"- {markdown_text(documents[name].title.in_language(language))}{colon}“{markdown_text(text)}”"
        for name, text in sentences
    ]
    return [*lines, "", f"**{markdown_text(reviewed(review).in_language(language))}**"]


def reviewed(review: Review | None) -> Text:
    """What a person says of a finding, or that nobody has."""
    if review is None:
        return Text("尚未复核", "not reviewed yet")
    name = JUDGEMENTS[review.judgement]
    return Text(f"复核（{name.zh}）：{review.because.zh}", f"Review ({name.en}): {review.because.en}")
