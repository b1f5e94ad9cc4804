"""How the page looks: its style, the scorecard and the conflict map as HTML; every text is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from sim.base.text import Language, Text
from sim.base.words import NONE, OPERATORS, chance, plain, signed, undecided, unit_text
from sim.explore.bench import Spread
from sim.plan.rule import VERDICTS
from sim.plan.scorecard import Score
from sim.report.score_words import VERDICT_TONES, score_cells

PAGE_CSS = """
:host { font-family: "Noto Sans SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif; padding: 10px 16px; }
"""

CSS = """
:host { font: 14px/1.5 "Noto Sans SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif; color: #1f2933; }
h1 { font-size: 22px; margin: 2px 0; } h2 { font-size: 14px; font-weight: 600; margin: 12px 0 2px; }
table.sim { border-collapse: collapse; width: 100%; font-size: 13.5px; }
table.sim th { text-align: left; font-weight: 600; border-bottom: 1.5px solid #1f2933; padding: 4px 8px; }
table.sim td { padding: 4px 8px; border-bottom: 1px solid #d9dee3; font-variant-numeric: tabular-nums; }
table.sim td:not(:first-child) { white-space: nowrap; }
table.sim small { color: #52606d; } table.map { width: auto; }
table.old { opacity: 0.35; } table.map td { text-align: center; min-width: 46px; }
table.map th[scope=row] { border-bottom: 1px solid #d9dee3; font-weight: 400; }
.good, .fair, .bad { color: #fff; border-radius: 9px; padding: 0 9px; white-space: nowrap; }
.good { background: #00664a; } .fair { background: #7a5200; } .bad { background: #9c2f1d; } .quiet { color: #52606d; }
p.joint { font-weight: 600; margin: 6px 0; } details { color: #52606d; font-size: 12.5px; margin: -4px 0 6px; }
summary { cursor: pointer; } ul { margin: 2px 0 4px; padding-left: 18px; } label { line-height: 32px; }
.faults { border-left: 4px solid #9c2f1d; background: #fbeeeb; padding: 8px 12px; white-space: pre-wrap; }
"""


_HEADS = (
    Text("目标", "Target"),
    Text("年份", "Year"),
    Text("目标值", "Plan"),
    Text("变化", "Change"),
    Text("判定", "Verdict"),
    Text("概率", "Probability"),
)
_OPENED, _NOW = Text("打开时", "As opened"), Text("现在", "Now")
_MEDIAN, _CENTRAL = Text("（中位数）", " (median)"), Text("（中心情景）", " (central run)")
_DEEP, _STRONG = 3.0, 0.75


def scorecard(now: Sequence[Score], first: Sequence[Score], spread: Spread | None, language: Language) -> str:
    """A row for every target that is judged: as opened, now, and how likely; both by their draws once these are made."""
    before = {score.target.id: score for score in first}
    rows = [_row(score, before.get(score.target.id), language) for score in now if score.projected is not None]
    if not rows:
        return f"<p>{escape(Text('本情景没有可评分的目标。', 'No target to score.').in_language(language))}</p>"
    kind = _CENTRAL if spread is None else _MEDIAN
    titles = (*_HEADS[:3], _OPENED + kind, _NOW + kind, *_HEADS[3:])
    heads = "".join(f'<th scope="col">{escape(head.in_language(language))}</th>' for head in titles)
    table = f'<table class="sim"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    return table + _joint(now, spread, language)


def _row(score: Score, before: Score | None, language: Language) -> str:
    cells, then = score_cells(score, language), None if before is None else before.projected
    moved = None if then is None or score.projected is None else score.projected - then
    said = VERDICTS[score.verdict] + (_PUBLISHED if score.judged_by == "data" else Text("", ""))
    verdict = escape(said.in_language(language))
    unit = unit_text(score.target.unit, language)
    was, now = plain(then, score.target.unit), plain(score.projected, score.target.unit)
    return (
        f'<tr data-target="{escape(score.target.id)}"><td>{escape(cells["name"])}<small> {escape(unit)}</small></td>'
        f"<td>{escape(cells['year'])}</td><td>{escape(OPERATORS[score.operator])} {escape(cells['plan'])}</td>"
        f"<td>{was}</td><td><b>{now}</b></td><td>{_change(moved)}</td>"
        f'<td><span class="{VERDICT_TONES[score.verdict]}">{verdict}</span></td>'
        f"<td>{escape(cells['probability'])}</td></tr>"
    )


_PUBLISHED = Text("（据公布数）", " (published)")


def _change(moved: float | None) -> str:
    return NONE if moved is None or abs(moved) < 5e-13 else signed(moved)  # noqa: PLR2004  what rounding leaves is none


def _joint(scores: Sequence[Score], spread: Spread | None, language: Language) -> str:
    if spread is None or spread.joint is None:
        return ""
    still = undecided(any(score.judged_by == "data" and score.projected is not None for score in scores))
    share, count = chance(spread.joint.probability), f"{spread.count:,}"
    text = Text(
        f"{still.zh}目标全部同时实现的概率 {share}（{count} 次抽样）",
        f"All {still.en}targets together: {share} ({count} draws)",
    )
    return f'<p class="joint">{escape(text.in_language(language))}</p>'


def conflict_map(spread: Spread | None, names: Sequence[str], labels: Mapping[str, Text], language: Language) -> str:
    """How much more often both targets of a pair are met than if they were independent; orange below one, purple above."""
    if spread is None or len(names) < 2:  # noqa: PLR2004  a pair takes two
        return ""
    heads = "".join(f'<th scope="col">{place}</th>' for place in range(1, len(names) + 1))
    rows = []
    for row, name in enumerate(names):
        cells = "".join(_pair(spread, row, column) for column in range(len(names)))
        rows.append(f'<tr><th scope="row">{row + 1} {escape(labels[name].in_language(language))}</th>{cells}</tr>')
    return f'<table class="sim map"><thead><tr><th></th>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _pair(spread: Spread, row: int, column: int) -> str:
    value = float(spread.lift[row, column])
    if row == column or not np.isfinite(value):
        return "<td></td>"
    if not spread.clear[row, column]:
        return f'<td class="quiet">{value:.2f}</td>'
    part = min(abs(np.log(max(value, 1e-6))) / np.log(_DEEP), 1.0) * _STRONG
    tint = f"rgba(179,88,6,{part:.2f})" if value < 1.0 else f"rgba(84,39,136,{part:.2f})"
    return f'<td style="background:{tint}">{value:.2f}</td>'
