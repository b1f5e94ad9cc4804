"""Build a city from a table of statistics, and say line by line what it holds and what was taken from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.base.text import Text
from sim.cli.console import Speaker
from sim.inputs.home import find_home
from sim.inputs.parameters import ParameterRecord
from sim.inputs.tidy import SourceChoice
from sim.studies.new_city import NewCity, Request, make_city

_MOST_SHOWN = 20


def new_city(request: Request, home_folder: Path | None, speaker: Speaker) -> None:
    """Make the folder and report; what was chosen among sources stands in full in --json."""
    made = make_city(find_home(home_folder), request)
    if speaker.as_json:
        speaker.json(document(made))
        return
    settings, tidy = made.world.city.settings, made.tidy
    zh = f"已建立 {made.folder}：{tidy.name.zh}，基年 {settings.base_year}，{len(tidy.rows)} 个数据（{tidy.encoding}）。"
    en = f"made {made.folder}: {tidy.name.en}, base year {settings.base_year}, {len(tidy.rows)} data ({tidy.encoding})."
    speaker.line(Text(zh, en))
    if speaker.quiet:
        return
    _say_choices(made, speaker)
    _say_unknown(tidy.unknown, speaker)
    heading = "本市统计没有、由别处代替的参数："
    speaker.line(Text(heading, "parameters that this city's statistics do not give, and what stands in:"))
    for record in made.taken_from_elsewhere:
        speaker.line(_line(record))
    if made.of_near_years:
        speaker.line(Text("取本市邻近年份数据的参数：", "parameters that rest on this city's figures of other years:"))
    for record in made.of_near_years:
        speaker.line(_line(record))
    key = made.world.city.key
    speaker.line(
        Text(
            f"下一步：写一个情景（city: {key}），运行 python -m sim run；补充的数据写入 {made.folder / 'history.csv'}",
            f"next: write a scenario (city: {key}) and run python -m sim run; add data to {made.folder / 'history.csv'}",
        )
    )


def _line(record: ParameterRecord) -> Text:
    """One parameter: where its base comes from, and its source."""
    label, origin = record.label, record.base_origin.text if record.base_origin else Text("", "")
    zh = f"  {label.zh}（{record.name}）：{origin.zh}；{record.source}"
    return Text(zh, f"  {label.en} ({record.name}): {origin.en}; {record.source}")


def _say_unknown(unknown: tuple[str, ...], speaker: Speaker) -> None:
    if not unknown:
        return
    names = ", ".join(unknown[:_MOST_SHOWN]) + (" …" if len(unknown) > _MOST_SHOWN else "")
    zh, en = f"模型不用的指标 {len(unknown)} 个", f"{len(unknown)} indicators that the model does not use"
    speaker.line(Text(f"{zh}：{names}", f"{en}: {names}"))


def _say_choices(made: NewCity, speaker: Speaker) -> None:
    total, differing = len(made.choices), made.disagreements
    zh = f"{total} 处有几个来源，按 sources.yaml 的次序取用，其中 {len(differing)} 处相差超过 1%"
    en = f"several sources in {total} places, used in the order of sources.yaml; {len(differing)} differ by more than 1 %"
    speaker.line(Text(zh + ("：" if differing else "。"), en + (":" if differing else ".")))
    for choice in differing:
        used, other = choice.used, choice.other
        figures = f"{used.source} {used.value:g} | {other.source} {other.value:g} ({100 * choice.difference:.1f} %)"
        speaker.line(Text(f"  {used.indicator} {used.year}：{figures}", f"  {used.indicator} {used.year}: {figures}"))


def document(made: NewCity) -> dict[str, Any]:
    """Plain values for JSON."""
    return {
        "folder": str(made.folder),
        "base_year": made.world.city.settings.base_year,
        "encoding": made.tidy.encoding,
        "data": len(made.tidy.rows),
        "unknown": list(made.tidy.unknown),
        "choices": [_choice(choice) for choice in made.choices],
        "taken_from_elsewhere": [_record(item) for item in made.taken_from_elsewhere],
        "of_near_years": [_record(item) for item in made.of_near_years],
    }


def _record(item: ParameterRecord) -> dict[str, str]:
    return {"parameter": item.name, "source": item.source, "origin": item.base_origin.text.en if item.base_origin else ""}


def _choice(choice: SourceChoice) -> dict[str, Any]:
    used, other = choice.used, choice.other
    place = {"indicator": used.indicator, "year": used.year, "difference": choice.difference}
    return {**place, "used": used.source, "value": used.value, "other": other.source, "other_value": other.value}
