"""Figure: the age pyramid of the base year and of the last year."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import FuncFormatter

from sim.base.text import Language, Text
from sim.report import style
from sim.report.figures import Figure

MEN, WOMEN, AGE = Text("男", "men"), Text("女", "women"), Text("年龄（岁）", "age")
_CHILDREN, _OLD = 15, 65


@dataclass(frozen=True)
class People:
    """Men and women of single ages from nought, at the end of a year."""

    label: Text
    men: tuple[float, ...]
    women: tuple[float, ...]


@dataclass(frozen=True)
class Pyramid(Figure):
    """`base` is filled, `later` are lines, one per scenario."""

    base: People
    later: tuple[People, ...]

    def draw(self, language: Language) -> Drawing:
        """Men on the left, women on the right."""
        figure = self.canvas(language, 5.4)
        axes = figure.add_subplot()
        ages, label = range(len(self.base.men)), self.base.label.in_language(language)
        for sign, values in ((-1, self.base.men), (1, self.base.women)):
            axes.barh(ages, [sign * v for v in values], height=1.0, color="#cbd2d9", label=label)
        for index, people in enumerate(self.later):
            for sign, values in ((-1, people.men), (1, people.women)):
                label, line = people.label.in_language(language), style.line(index)
                axes.plot([sign * v for v in values], ages, color=style.colour(index), lw=1.8, ls=line, label=label)
        axes.axvline(0, color="white", lw=1.2)
        axes.set_ylabel(AGE.in_language(language))
        axes.set_ylim(0, len(ages) - 1)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):g}"))
        for text, x in ((MEN, 0.04), (WOMEN, 0.93)):
            axes.text(x, 0.94, text.in_language(language), transform=axes.transAxes, fontsize=12)
        style.one_legend(figure, axes)
        return figure

    def said(self) -> list[Text]:
        """The three broad age groups, then and now."""
        return [_said(people) for people in (self.base, *self.later)]


def _said(people: People) -> Text:
    both = [one + other for one, other in zip(people.men, people.women, strict=True)]
    total = sum(both) or 1.0
    young, old = 100.0 * sum(both[:_CHILDREN]) / total, 100.0 * sum(both[_OLD:]) / total
    rest = 100.0 - young - old
    return people.label + Text(
        f" 0–14 岁 {young:.1f}%、15–64 岁 {rest:.1f}%、65 岁及以上 {old:.1f}%",
        f" aged 0-14 {young:.1f} %, 15-64 {rest:.1f} %, 65 and over {old:.1f} %",
    )
