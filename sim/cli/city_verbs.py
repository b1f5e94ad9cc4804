"""The verbs that make and fit cities, and the schema of their scenario files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.numbers import read_draws
from sim.cli.options import AsJson, City, HomeFolder, Language, Quiet, Seed, Workers, voice_of

cities = typer.Typer()


@cities.command(name="new-city")
def new_city(
    name: Annotated[str, typer.Argument(help="文件夹名（拼音） / name of the folder")],
    data: Annotated[Path, typer.Option("--data", help="统计数据长表 CSV / tidy long table of statistics")],
    city: Annotated[str | None, typer.Option("--city", help="表中的城市名，默认同文件夹名 / its name in the table")] = None,
    province: Annotated[str, typer.Option("--province", help="省份资料文件夹 / folder of the province")] = "",
    base_year: Annotated[int | None, typer.Option("--base-year", help="基年，默认最近一年 / the last year by default")] = None,
    lang: Language = None,
    *,
    quiet: Quiet = False,
    as_json: AsJson = False,
    home: HomeFolder = None,
) -> None:
    """由统计长表建立一个城市 / build a city from a table of statistics."""
    from sim.cli import new_city as verb
    from sim.studies.new_city import Request

    request = Request(name, data, city or name, province, base_year)
    verb.new_city(request, home, voice_of(lang, quiet=quiet, as_json=as_json))


CityName = Annotated[str, typer.Argument(help="城市 / city")]
Fit = Annotated[str, typer.Option("--fit", help="拟合的年份 / years that are fitted")]


@cities.command()
def calibrate(
    city: CityName,
    fit: Fit = "2005:2023",
    seed: Seed = None,
    workers: Workers = None,
    lang: Language = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="同一模型的所有城市 / all cities of the model")] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
    home: HomeFolder = None,
) -> None:
    """按历史校准参数，后验集合存入城市文件夹 / fit the parameters to history; store the posterior ensemble."""
    from sim.cli import studies as verb

    asked = read_draws(None, seed, workers)
    verb.calibrate(city, fit, asked.workers, asked.seed, home, voice_of(lang, quiet=quiet, as_json=as_json), every=every)


@cities.command()
def backtest(
    city: CityName,
    fit: Fit = "2005:2016",
    gap: Annotated[str, typer.Option("--break", help="断点年份，不评分 / years of the break, not judged")] = "2017:2018",
    test: Annotated[list[str] | None, typer.Option("--test", help="检验年份 / years of the test")] = None,
    seed: Seed = None,
    workers: Workers = None,
    lang: Language = None,
    *,
    quiet: Quiet = False,
    as_json: AsJson = False,
    home: HomeFolder = None,
) -> None:
    """站在当时预测，与公布数据和朴素预测相比 / forecast from what was known then, beside naive forecasts."""
    from sim.cli import studies as verb

    asked, voice = read_draws(None, seed, workers), voice_of(lang, quiet=quiet, as_json=as_json)
    verb.backtest(city, (fit, gap, test or ["2019:2023"]), asked.workers, asked.seed, home, voice)


@cities.command()
def schema(
    city: City = None,
    write: Annotated[Path | None, typer.Option("--write", help="写入文件 / write to a file")] = None,
    lang: Language = None,
    *,
    home: HomeFolder = None,
) -> None:
    """情景文件的 JSON Schema，供编辑器使用 / JSON schema of scenario files, for editors."""
    from sim.cli import schema as verb

    verb.schema(city, write, home, voice_of(lang))
