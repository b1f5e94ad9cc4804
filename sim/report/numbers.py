"""Numbers as people read them: thousands separated, as many digits as mean something."""

from __future__ import annotations

from sim.plan.scorecard import Verdict
from sim.text import Text

NONE = "—"
VERDICTS: dict[Verdict, Text] = {
    "met": Text("实现", "met"),
    "near": Text("接近", "near"),
    "missed": Text("未实现", "missed"),
    "not_judged": Text("暂不评估", "not judged"),
}
_MANY, _SOME = 1000.0, 20.0
_RARE = 0.001


def plain(value: float | None) -> str:
    """A number with a sensible number of decimals, or a dash for none."""
    if value is None:
        return NONE
    size = abs(value)
    if size >= _MANY:
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= _SOME else f"{value:.2f}"


def signed(value: float | None, suffix: str = "") -> str:
    """A number with its sign, for differences."""
    if value is None:
        return NONE
    text = plain(abs(value))
    return f"{'−' if value < 0 else '+'}{text}{suffix}"


def rate(value: float | None, suffix: str) -> str:
    """A yearly rate with two decimals."""
    return NONE if value is None else f"{value:.2f}{suffix}".replace("-", "−")


def chance(probability: float | None) -> str:
    """A probability in per cent, nothing for none."""
    if probability is None:
        return ""
    if 0.0 < probability < _RARE:
        return "<0.1%"
    return f"{100.0 * probability:.1f}%"


def exact(value: float) -> str:
    """A plan's own number, as printed."""
    return f"{value:,.10g}"
