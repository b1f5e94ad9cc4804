"""Show what there is: all that a scenario file can name, the model, the schema of scenario files, differences of runs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Column

from sim.base.durable import put_text
from sim.base.errors import Fault, Faults, Place, UsageError, os_faults, reason_of
from sim.base.text import Text
from sim.base.words import several, unit_text
from sim.city.city import City
from sim.city.describing import declarations, kernel_of, measured_loops, schema_of
from sim.cli import cases, options
from sim.cli.console import Speaker
from sim.engine.kernel import SECTIONS
from sim.inputs.city import read_city_file
from sim.inputs.scenario import read_scenario, scenario_files
from sim.model.binding import shown
from sim.report import reference
from sim.result.compare import RunDifference, differences
from sim.result.store import find_run
from sim.studies.systems import system_rows

_SECTIONS = {"levers": "lever", "assumptions": "assumption", "behaviour": "behaviour"}
_TITLES = {
    "scenarios": Text("情景", "Scenarios"),
    "targets": Text("目标与判定依据", "Targets and what judges them"),
    "levers": Text("levers：政策杠杆（政府决定）", "levers: what the bureau decides"),
    "assumptions": Text("assumptions：外部假设", "assumptions: what happens to the city"),
    "behaviour": Text("behaviour：行为参数", "behaviour: what we believe"),
    "variables": Text("变量（可写入 given，可作 --output）", "variables: for given and --output"),
}
_HEADS = {
    "name": Text("名称", "name"),
    "label": Text("含义", "meaning"),
    "city": Text("城市", "city"),
    "value": Text("数值", "value"),
    "unit": Text("单位", "unit"),
    "year": Text("年份", "year"),
    "entered": Text("录入", "entered"),
    "binding": Text("判定依据", "judged by"),
    "range": Text("范围", "range"),
    "dims": Text("维度", "dimensions"),
}
_BY_HAND = Text("人工", "by hand")
_JUDGED_BY = {
    "ledger": Text("（项目台账）", "(project ledger)"),
    "history": Text("（已公布数据）", "(published data)"),
    "outside": Text("（不判定）", "(not judged)"),
}


def list_all(opened: cases.Opened, *, speaker: options.WithJson) -> None:
    """列出模型、城市、情景、目标和杠杆 / list models, cities, scenarios, targets and levers."""
    city = opened()
    place, cities = city.home, city.home.cities()
    document: dict[str, Any] = {
        "home": str(place.folder),
        "models": sorted(f.parent.name for f in place.models.glob("*/parameters.yaml") if any(f.parent.glob("*.py"))),
        "cities": cities,
        "city_names": {name: speaker.say(read_city_file(place.city_folder(name)).name) for name in cities},
        "scenarios": _scenarios(place.scenarios, speaker),
        "targets": _targets(city, speaker),
        **{section: _parameters(city, kind, speaker) for section, kind in _SECTIONS.items()},
        "variables": _variables(city, speaker),
    }
    if speaker.as_json:
        speaker.json(document)
        return
    speaker.line(f"模型：{'、'.join(document['models'])}", f"models: {', '.join(document['models'])}")
    names = [f"{label} ({name})" for name, label in document["city_names"].items()]
    speaker.line(f"城市：{'、'.join(names)}", f"cities: {', '.join(names)}")
    speaker.line("每个城市另有与它同名的基准情景。", "Every city has a baseline scenario besides, called like the city.")
    for key, title in _TITLES.items():
        speaker.line()
        speaker.line(title)
        rows = document[key]
        cells = (("" if value is None else str(value) for value in row.values()) for row in rows)
        speaker.table([_column(head, speaker) for head in (rows[0] if rows else ())], cells)


def _column(key: str, speaker: Speaker) -> Column:
    is_copied = key in ("name", "binding")
    return Column(speaker.say(_HEADS[key]), overflow="fold", no_wrap=is_copied, max_width=None if is_copied else 44)


def _scenarios(folder: Path, speaker: Speaker) -> list[dict[str, Any]]:
    rows, faults = [], Faults()
    for file in scenario_files(folder):
        with faults.gathering():
            scenario = read_scenario(file)
            rows.append({"name": scenario.key, "label": speaker.say(scenario.name), "city": scenario.city})
    for fault in faults.found:
        speaker.err.print(fault.in_language(speaker.language), markup=False, soft_wrap=True)
    return rows


def _targets(city: City, speaker: Speaker) -> list[dict[str, Any]]:
    entered = ("as_quoted", "by_hand") if speaker.as_json else ("", speaker.say(_BY_HAND))
    return [
        {
            "name": key,
            "label": speaker.say(target.name),
            "value": f"{target.operator} {target.value:g}",
            "unit": _unit(target.unit, speaker),
            "year": target.year,
            "entered": entered[target.by_hand],
            "binding": _binding(city.catalogue.by_kind.of(key), speaker),
        }
        for key, target in city.catalogue.targets.items()
    ]


def _unit(unit: str, speaker: Speaker) -> str:
    """Return a unit as reports print it; a script gets the unit itself."""
    return unit if speaker.as_json else unit_text(unit, speaker.language)


def _binding(binding: Any, speaker: Speaker) -> str:
    """Return the variable that judges a target, or the kind of what else does."""
    if binding is None:
        return ""
    if binding.binding not in _JUDGED_BY:
        return str(binding.variable)
    return str(binding.binding) if speaker.as_json else speaker.say(_JUDGED_BY[binding.binding])


def _variables(city: City, speaker: Speaker) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "label": speaker.say(city.labels.variables[name]),
            "unit": _unit(city.labels.unit(name, city.graph.unit_of(name)), speaker),
            "dims": ", ".join(city.graph.dims_of(name)),
        }
        for name in sorted(city.graph.quantities)
    ]


def _parameters(city: City, kind: str, speaker: Speaker) -> list[dict[str, Any]]:
    rows = []
    for name, record in city.data.parameters.items():
        if record.kind == kind:
            note = record.note
            noted = Text("", "") if note is None else Text(f"（{note.zh}）", f" ({note.en})")
            row = {
                "name": name,
                "label": speaker.say(record.label + noted),
                "value": shown(record.value, city.data.settings.base_year),
                "unit": _unit(record.unit, speaker),
                "range": None if record.range is None else f"{record.range[0]:g} … {record.range[1]:g}",
                "dims": ", ".join(record.dims),
            }
            rows.append(row)
    return rows


def describe(
    opened: cases.Opened,
    *,
    equations: Annotated[bool, typer.Option("--equations", help="全部方程 / all equations")] = False,
    loops: Annotated[bool, typer.Option("--loops", help="反馈回路 / feedback loops")] = False,
    kernel: Annotated[bool, typer.Option("--kernel", help="生成的计算程序 / the generated kernel")] = False,
    systems: Annotated[bool, typer.Option("--systems", help="文件中的各个系统 / systems of the documents")] = False,
    parameters: Annotated[bool, typer.Option("--parameters", help="全部参数 / all parameters")] = False,
    speaker: options.WithJson,
) -> None:
    """说明模型 / describe the model."""
    asked = {_equations: equations, _loops: loops, _kernel: kernel, _systems: systems, _all_parameters: parameters}
    if not any(asked.values()):
        zh = "请加 --equations、--parameters、--loops、--systems 或 --kernel"
        advice = Text(zh, "add --equations, --parameters, --loops, --systems or --kernel")
        raise UsageError(Fault(Text("没有说明要描述什么", "nothing to describe"), Place(), advice))
    city = opened()
    for part in (part for part, is_asked in asked.items() if is_asked):
        records, page = part(city, speaker)
        if speaker.as_json:
            speaker.json(records)
        else:
            sys.stdout.write(page)


def _equations(city: City, speaker: Speaker) -> tuple[Any, str]:
    records = reference.equation_records(city.graph, city.labels, declarations(city), city.loops)
    return records, reference.equations_markdown(records, speaker.language) + "\n"


def _all_parameters(world: City, speaker: Speaker) -> tuple[Any, str]:
    rows = reference.parameter_rows(world)
    return [reference.in_both(row) for row in rows], reference.parameters_markdown(rows, speaker.language) + "\n"


def _systems(city: City, speaker: Speaker) -> tuple[Any, str]:
    rows = system_rows(city)
    return reference.system_records(rows), reference.systems_markdown(rows, speaker.language) + "\n"


def _loops(city: City, speaker: Speaker) -> tuple[Any, str]:
    """Return the feedback loops with their measured signs."""
    found, colon = measured_loops(city), speaker.word("：", ": ")
    lines = list[str]()
    for item in found:
        lines.append(f"{item.loop.name} {speaker.say(item.loop.label)}{colon}{speaker.say(item.polarity)}")
        lines += [f"    {link}" for link in item.links]
    return [item.as_record() for item in found], "".join(f"{line}\n" for line in lines)


def _kernel(city: City, _: Speaker) -> tuple[Any, str]:
    """Return the kernel of everything the model reports, with the city's own paths, as the default run compiles it."""
    kernel = kernel_of(city)
    plan = kernel.plan
    record: dict[str, Any] = {
        "outputs": len(kernel.request.outputs),
        "method": kernel.request.method.name,
        "steps_per_year": kernel.request.steps_per_year,
        "operations": {SECTIONS[phase][0]: len(values) for phase, values in plan.sections.items()},
        "state_rows": plan.n_states,
        "total_rows": plan.n_rows - plan.n_states,
        "source": kernel.source,
    }
    counts = ", ".join(f"{name} {count}" for name, count in record["operations"].items())
    lines = (
        f"Compiled for {record['outputs']} outputs; {record['method']}, {record['steps_per_year']} steps a year.",
        f"Operations: {counts}.",
        f"Integrated rows: {record['state_rows']} of states, {record['total_rows']} of totals over the year.",
        "Arrays are [dims..., draw]. Every name is written once; names that are never needed together share memory.",
        "What no drawn parameter reaches is computed once for all draws.",
    )
    return record, "".join(f"# {line}\n" for line in lines) + "\n" + kernel.source


def schema(
    opened: cases.Opened,
    write: Annotated[Path | None, typer.Option("--write", help="写入文件 / write to a file")] = None,
    *,
    speaker: options.Plain,
) -> None:
    """情景文件的 JSON Schema，供编辑器使用 / JSON schema of scenario files, for editors."""
    document = schema_of(opened())
    if write is None:
        speaker.json(document)
        return
    with os_faults(write, Text("无法写入", "cannot be written")):
        put_text(write, json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    speaker.line(f"已写入 {write}", f"wrote {write}")


_DIFFERENCE_HEADS = Text("类别|名称|含义|单位|第一次|第二次", "kind|name|meaning|unit|first|second")
_UNBROKEN = 2
_KINDS = {
    "run": Text("运行", "run"),
    "input": Text("输入", "input"),
    "result": Text("结果", "result"),
    "versions": Text("版本", "version"),
    "input_hashes": Text("文件", "file"),
}


def compare(first: options.Run, second: options.Run, out: options.Out = options.RESULTS, *, speaker: options.WithJson) -> None:
    """比较两次运行的输入和结果 / what differs between two runs, inputs and outputs."""
    ones, twos = find_run(first, out), find_run(second, out)
    pairs = _pairs(ones, twos)
    try:
        found = {name: differences(one, two) for name, one, two in pairs}
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError) as error:
        message = Text("不是有效的运行文件：", "not a valid run file: ") + reason_of(error)
        raise UsageError(Fault(message, Place(), Text("请重新运行情景", "run the scenario again"))) from error
    if speaker.as_json:
        speaker.json([{"scenario": name, **vars(item)} for name, items in found.items() for item in items])
        return
    titles = speaker.say(_DIFFERENCE_HEADS).split("|")
    heads = [Column(title, overflow="fold", no_wrap=place < _UNBROKEN) for place, title in enumerate(titles)]
    for name, items in found.items():
        speaker.line(f"{name}：{len(items)} 处不同", f"{name}: {several(len(items), 'difference')}")
        if items:
            speaker.table(heads, (_cells(item, speaker) for item in items))
    alone = sorted(set(ones) ^ set(twos)) if len(pairs) < max(len(ones), len(twos)) else []
    if alone:
        speaker.line(
            f"只在一次运行中、未比较：{'、'.join(alone)}；比较两个情景请写到情景文件夹，如 RUN/{alone[0]}",
            f"in one run only, not compared: {', '.join(alone)}; to compare two of them, name folders: RUN/{alone[0]}",
        )


def _cells(item: RunDifference, speaker: Speaker) -> tuple[str, ...]:
    kind = speaker.say(_KINDS[item.kind]) if item.kind in _KINDS else item.kind
    label = speaker.word(item.label_zh, item.label_en)
    return kind, item.name, label, unit_text(item.units, speaker.language), item.first, item.second


def _pairs(first: dict[str, Path], second: dict[str, Path]) -> list[tuple[str, Path, Path]]:
    """Return the files of two scenarios, or of every scenario that two runs share."""
    if len(first) == 1 and len(second) == 1:
        (one, one_file), (two, two_file) = next(iter(first.items())), next(iter(second.items()))
        return [(one if one == two else f"{one} / {two}", one_file, two_file)]
    shared = [name for name in first if name in second]
    if not shared:
        known = f"{', '.join(first)} / {', '.join(second)}"
        message = Text(f"两次运行没有同名情景（{known}）", f"the runs share no scenario ({known})")
        advice = Text("请写到情景文件夹，如 RUN/baseline", "name a scenario folder, such as RUN/baseline")
        raise UsageError(Fault(message, Place(), advice))
    return [(name, first[name], second[name]) for name in shared]
