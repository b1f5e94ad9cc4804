"""`python -m sim plan`: verbs that take the plan itself as their object."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.numbers import LEAST_DRAWS, as_of_year, is_nought, read_draws
from sim.cli.options import (
    RESULTS,
    AsJson,
    AsOf,
    City,
    DrawCount,
    HomeFolder,
    Language,
    ManyDraws,
    OutFolder,
    PriorOnly,
    Quiet,
    Seed,
    SetValues,
    Use,
    Workers,
    pairs_of,
    voice_of,
)

plan = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="规划本身：矛盾、来源、可行性、所需路径、评估、归因 / the plan as an object",
)


@plan.command()
def lint(
    city: City = None,
    as_of: AsOf = None,
    lang: Language = None,
    *,
    markdown: Annotated[bool, typer.Option("--markdown", help="写成 docs/plan_lint.md / as a page")] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
    home: HomeFolder = None,
) -> None:
    """检查规划自身的矛盾：目标、事实与历史数据互相核对 / contradictions of the plan with itself."""
    from sim.cli import plan_lint as verb

    verb.lint(city, as_of, home, voice_of(lang, quiet=quiet, as_json=as_json), markdown=markdown)


Scenario = Annotated[str | None, typer.Option("--scenario", help="情景文件或名称 / scenario file or name")]
Named = Annotated[str | None, typer.Argument(help="情景文件或名称 / scenario file or name")]
Targets = Annotated[list[str] | None, typer.Option("--target", help="只看这些目标 / these targets only")]


@plan.command()
def trace(
    target: Annotated[str, typer.Argument(help="目标编号 / id of a target")],
    scenario: Scenario = None,
    year: Annotated[str | None, typer.Option("--year", help="在哪一年看，默认目标年 / year; the target's by default")] = None,
    depth: Annotated[str, typer.Option("--depth", help="往回几层 / how many links back")] = "4",
    city: City = None,
    set_values: SetValues = None,
    use: Use = None,
    lang: Language = None,
    *,
    quiet: Quiet = False,
    as_json: AsJson = False,
    home: HomeFolder = None,
) -> None:
    """目标的出处与驱动：文件、原句、变量、驱动因素及方向 / the sentence behind a target and what drives it."""
    from sim.cli import plan_trace as verb
    from sim.cli.plan_case import Chosen

    chosen = Chosen(scenario, city, pairs_of(set_values), tuple(use or ()), home, usual="catalogue")
    verb.trace(target, year, depth, chosen, voice_of(lang, quiet=quiet, as_json=as_json))


@plan.command()
def evaluate(
    as_of: AsOf = None,
    scenario: Scenario = None,
    draws: DrawCount = None,
    seed: Seed = None,
    workers: Workers = None,
    city: City = None,
    set_values: SetValues = None,
    use: Use = None,
    lang: Language = None,
    *,
    prior: PriorOnly = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
    home: HomeFolder = None,
) -> None:
    """中期或终期评估：进度、时序、判定；未来年份给出各档概率 / mid-term or final evaluation in the bureau's classes."""
    from sim.cli import plan_evaluate as verb
    from sim.cli.plan_case import Chosen

    asked = read_draws(draws, seed, workers, prior=prior, least=0 if is_nought(draws) else LEAST_DRAWS)
    chosen = Chosen(scenario, city, pairs_of(set_values), tuple(use or ()), home, asked.seed, "catalogue", as_of_year(as_of))
    verb.evaluate(chosen, asked, voice_of(lang, quiet=quiet, as_json=as_json))


@plan.command()
def feasibility(
    scenario: Named = None,
    reach: Annotated[str, typer.Option("--reach", help="其余目标要达到的概率 / probability that the rest is to reach")] = "50%",
    target: Targets = None,
    draws: ManyDraws = None,
    seed: Seed = None,
    workers: Workers = None,
    city: City = None,
    set_values: SetValues = None,
    use: Use = None,
    as_of: AsOf = None,
    out: OutFolder = RESULTS,
    lang: Language = None,
    *,
    prior: PriorOnly = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
    home: HomeFolder = None,
) -> None:
    """可行性：各目标及同时实现的概率、冲突、放宽方案、关键未知数 / probabilities, conflicts, what must give."""
    from sim.cli import plan_feasibility as verb
    from sim.cli.plan_case import Chosen

    asked = read_draws(draws, seed, workers, prior=prior, least=LEAST_DRAWS)
    chosen = Chosen(scenario, city, pairs_of(set_values), tuple(use or ()), home, asked.seed, as_of=as_of_year(as_of))
    verb.feasibility(chosen, tuple(target or ()), reach, asked, out, voice_of(lang, quiet=quiet, as_json=as_json))


@plan.command()
def attribute(
    one: Annotated[str, typer.Argument(help="起点情景 / scenario to start from")],
    other: Annotated[str, typer.Argument(help="终点情景 / scenario to end at")],
    target: Targets = None,
    seed: Seed = None,
    city: City = None,
    set_values: SetValues = None,
    lang: Language = None,
    *,
    quiet: Quiet = False,
    as_json: AsJson = False,
    home: HomeFolder = None,
) -> None:
    """把两个情景的差额归因到各项改动（Shapley 值） / which change between two scenarios does how much."""
    from sim.cli import plan_attribute as verb
    from sim.cli.plan_case import Chosen

    settings, number = pairs_of(set_values), read_draws(None, seed, None).seed
    first, second = (Chosen(name, city, settings, (), home, number) for name in (one, other))
    verb.attribute(first, second, tuple(target or ()), voice_of(lang, quiet=quiet, as_json=as_json))


@plan.command()
def path(
    scenario: Named = None,
    target: Targets = None,
    chance: Annotated[list[str] | None, typer.Option("--chance", help="概率，默认 50% 和 80% / 50% and 80% by default")] = None,
    lever: Annotated[list[str] | None, typer.Option("--lever", help="只动这些杠杆 / these levers only")] = None,
    levers: Annotated[str, typer.Option("--levers", help="最多动几个杠杆 / how many levers at most")] = "10",
    draws: ManyDraws = None,
    seed: Seed = None,
    workers: Workers = None,
    city: City = None,
    set_values: SetValues = None,
    use: Use = None,
    as_of: AsOf = None,
    out: OutFolder = RESULTS,
    lang: Language = None,
    *,
    prior: PriorOnly = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
    home: HomeFolder = None,
) -> None:
    """所需路径：最少动哪些杠杆、动多少，才能达到目标；写成可运行的情景 / the least that would reach the targets."""
    from sim.cli import plan_path as verb
    from sim.cli.plan_case import Chosen

    asked = read_draws(draws, seed, workers, prior=prior, least=LEAST_DRAWS)
    chosen = Chosen(scenario, city, pairs_of(set_values), tuple(use or ()), home, asked.seed, as_of=as_of_year(as_of))
    request = verb.Request(tuple(target or ()), tuple(chance or ()), tuple(lever or ()), levers, asked, out)
    verb.path(chosen, request, voice_of(lang, quiet=quiet, as_json=as_json))
