"""Make things of one's own: a folder to edit, and a city from a table of statistics."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.base.durable import owned_folder, put_folder
from sim.base.errors import Fault, Place, UsageError, os_faults
from sim.base.text import Text
from sim.cli import options
from sim.cli.console import Speaker

if TYPE_CHECKING:
    from sim.inputs.parameters import ParameterRecord
    from sim.inputs.tidy import SourceChoice
    from sim.studies.new_city import NewCity

_MOST_SHOWN = 20


@options.verb(options.app)
def new(
    folder: Annotated[Path, typer.Argument(help="新文件夹 / new folder")], *, speaker: options.Plain, home: options.Home = None
) -> None:
    """建立可自行编辑的文件夹（模型、城市、情景的副本） / make a folder of your own to edit."""
    from sim.inputs.home import find_home

    if folder.exists():
        message = Text("已存在，不会覆盖", "exists already and is left as it is")
        raise UsageError(Fault(message, Place(folder), Text("请换一个名字", "choose another name")))
    found = find_home(home)
    with os_faults(folder, Text("无法建立", "cannot be made")):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with owned_folder(folder.parent, ".new-") as own:
            aside = own / "content"
            ignored = shutil.ignore_patterns("__pycache__", "*.tmp", "*.partial")
            shutil.copytree(found.models, aside / "models", ignore=ignored)
            shutil.copytree(found.scenarios, aside / "scenarios", ignore=ignored)
            put_folder(aside, folder)
    speaker.line(f"已建立 {folder}。", f"made {folder}.")
    speaker.line(
        f"下一步：编辑 {folder / 'scenarios'} 中的文件，然后在该文件夹运行 python -m sim run",
        f"next: edit the files in {folder / 'scenarios'}, then run python -m sim run in that folder",
    )


@options.verb(options.cities, "new-city")
def new_city(
    name: Annotated[str, typer.Argument(help="文件夹名（拼音） / name of the folder")],
    data: Annotated[Path, typer.Option("--data", help="统计数据长表 CSV / tidy long table of statistics")],
    city: Annotated[str | None, typer.Option("--city", help="表中的城市名，默认同文件夹名 / its name in the table")] = None,
    province: Annotated[str, typer.Option("--province", help="省份资料文件夹 / folder of the province")] = "",
    base_year: Annotated[int | None, typer.Option("--base-year", help="基年，默认最近一年 / the last year by default")] = None,
    *,
    speaker: options.WithQuiet,
    home: options.Home = None,
) -> None:
    """由统计长表建立一个城市 / build a city from a table of statistics."""
    from sim.inputs.home import find_home
    from sim.studies.new_city import NewCityRequest, make_city

    made = make_city(find_home(home), NewCityRequest(name, data, city or name, province, base_year))
    if speaker.as_json:
        speaker.json(_document(made))
        return
    start, tidy = made.world.city.settings.base_year, made.tidy
    zh = f"已建立 {made.folder}：{tidy.name.zh}，基年 {start}，{len(tidy.rows)} 个数据（{tidy.encoding}）。"
    speaker.line(zh, f"made {made.folder}: {tidy.name.en}, base year {start}, {len(tidy.rows)} data ({tidy.encoding}).")
    _print_choices(made, speaker)
    if tidy.unknown:
        names = ", ".join(tidy.unknown[:_MOST_SHOWN]) + (" …" if len(tidy.unknown) > _MOST_SHOWN else "")
        count = len(tidy.unknown)
        speaker.line(f"模型不用的指标 {count} 个：{names}", f"{count} indicators that the model does not use: {names}")
    heading = "本市统计没有、由别处代替的参数："
    speaker.line(heading, "parameters that this city's statistics do not give, and what stands in:")
    for record in made.taken_from_elsewhere:
        _print_parameter(record, speaker)
    if made.of_near_years:
        speaker.line("取本市邻近年份数据的参数：", "parameters that rest on this city's figures of other years:")
    for record in made.of_near_years:
        _print_parameter(record, speaker)
    key, more = made.world.city.key, made.folder / "history.csv"
    speaker.line(
        f"下一步：写一个情景（city: {key}），运行 python -m sim run；补充的数据写入 {more}",
        f"next: write a scenario (city: {key}) and run python -m sim run; add data to {more}",
    )


def _print_parameter(record: ParameterRecord, speaker: Speaker) -> None:
    label, origin = record.label, record.base_origin.text if record.base_origin else Text("", "")
    zh = f"  {label.zh}（{record.name}）：{origin.zh}；{record.source}"
    speaker.line(zh, f"  {label.en} ({record.name}): {origin.en}; {record.source}")


def _print_choices(made: NewCity, speaker: Speaker) -> None:
    total, differing = len(made.choices), made.disagreements
    zh = f"{total} 处有几个来源，按 sources.yaml 的次序取用，其中 {len(differing)} 处相差超过 1%"
    en = f"several sources in {total} places, used in the order of sources.yaml; {len(differing)} differ by more than 1 %"
    speaker.line(zh + ("：" if differing else "。"), en + (":" if differing else "."))
    for choice in differing:
        used, other = choice.used, choice.other
        figures = f"{used.source} {used.value:g} | {other.source} {other.value:g} ({100 * choice.difference:.1f} %)"
        speaker.line(f"  {used.indicator} {used.year}：{figures}", f"  {used.indicator} {used.year}: {figures}")


def _document(made: NewCity) -> dict[str, Any]:
    return {
        "folder": str(made.folder),
        "base_year": made.world.city.settings.base_year,
        "encoding": made.tidy.encoding,
        "data": len(made.tidy.rows),
        "unknown": list(made.tidy.unknown),
        "choices": [_choice(choice) for choice in made.choices],
        "taken_from_elsewhere": [_parameter(item) for item in made.taken_from_elsewhere],
        "of_near_years": [_parameter(item) for item in made.of_near_years],
    }


def _parameter(item: ParameterRecord) -> dict[str, str]:
    return {"parameter": item.name, "source": item.source, "origin": item.base_origin.text.en if item.base_origin else ""}


def _choice(choice: SourceChoice) -> dict[str, Any]:
    used, other = choice.used, choice.other
    place = {"indicator": used.indicator, "year": used.year, "difference": choice.difference}
    return {**place, "used": used.source, "value": used.value, "other": other.source, "other_value": other.value}
