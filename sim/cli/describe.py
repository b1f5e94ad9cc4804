"""Describe a model: its equations, its feedback loops with measured signs."""

from __future__ import annotations

import sys
from pathlib import Path

from sim.base.text import Text
from sim.city import describing
from sim.city.city import World, open_world
from sim.cli.console import Speaker
from sim.cli.kernel_text import kernel_head, kernel_record
from sim.inputs.home import default_city, find_home
from sim.report.equations import equation_records, equations_markdown
from sim.report.parameter_page import parameters_markdown
from sim.report.parameter_rows import parameter_rows
from sim.report.systems import system_records, systems_markdown
from sim.studies.systems import system_rows, view_of


def describe(
    city: str | None,
    home_folder: Path | None,
    speaker: Speaker,
    *,
    equations: bool,
    loops: bool,
    kernel: bool,
    systems: bool,
    parameters: bool,
) -> None:
    """Print the equation reference, the parameters, the loops, the kernel of a city's model, or the systems of its plan."""
    home = find_home(home_folder)
    world = open_world(home, city or default_city(home))
    if equations:
        records = equation_records(world.graph, world.labels, describing.declarations(world), world.loops)
        if speaker.as_json:
            speaker.json(records)
        else:
            sys.stdout.write(equations_markdown(records, speaker.language) + "\n")
    if loops:
        _loops(world, speaker)
    if kernel:
        _kernel(world, speaker)
    if systems:
        _systems(world, speaker)
    if parameters:
        _parameters(world, speaker)


def _parameters(world: World, speaker: Speaker) -> None:
    rows = parameter_rows(world)
    if speaker.as_json:
        speaker.json([row.as_record() for row in rows])
    else:
        sys.stdout.write(parameters_markdown(rows, speaker.language) + "\n")


def _kernel(world: World, speaker: Speaker) -> None:
    """The kernel of everything the model reports, with the city's own paths, as the default run compiles it."""
    found = describing.kernel_of(world)
    if speaker.as_json:
        speaker.json(kernel_record(found))
    else:
        sys.stdout.write(kernel_head(found) + found.source)


def _systems(world: World, speaker: Speaker) -> None:
    views = [view_of(row, world) for row in system_rows(world)]
    if speaker.as_json:
        speaker.json(system_records(views))
    else:
        sys.stdout.write(systems_markdown(views, speaker.language) + "\n")


def _loops(world: World, speaker: Speaker) -> None:
    found = describing.measured_loops(world)
    if speaker.as_json:
        speaker.json([item.as_record() for item in found])
        return
    for item in found:
        polarity = speaker.say(item.polarity)
        speaker.line(
            Text(f"{item.loop.name} {item.loop.label.zh}：{polarity}", f"{item.loop.name} {item.loop.label.en}: {polarity}")
        )
        for link in item.links:
            speaker.line(Text(f"    {link}", f"    {link}"))
