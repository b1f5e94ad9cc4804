"""`python -m sim plan`: verbs that take the plan itself as their object."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.options import AsJson, City, HomeFolder, Language, Quiet, voice_of

plan = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="规划本身：矛盾、来源、可行性、所需路径、评估、归因 / the plan as an object",
)
AsOf = Annotated[str | None, typer.Option("--as-of", help="按这一年公报以前的资料 / with what was known as of a year")]


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
