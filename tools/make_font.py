#!/usr/bin/env python3
"""Make the Simplified Chinese font subset that the reports embed.

Usage::

    python tools/make_font.py /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc
    python tools/make_font.py --check

The first form reads the Noto Sans CJK collection (Debian package fonts-noto-cjk) and writes
sim/report/fonts/NotoSansSC-subset.otf. Characters that the collection lacks are named on stderr.

With --check nothing is written. The exit status is 1 when a wanted character is missing in the
subset, less those that the source font lacks. Without the path to the collection, that list is
read from the subset itself, where the last run recorded it in the name table (entry 256).

The same source font, the same texts and the same fontTools version give the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "sim" / "report" / "fonts" / "NotoSansSC-subset.otf"

SOURCE_FAMILY = "Noto Sans CJK SC"
FAMILY = "Noto Sans SC Subset"
POSTSCRIPT_NAME = "NotoSansSCSubset-Regular"

COPYRIGHT, FAMILY_ID, STYLE, UNIQUE_ID, FULL_NAME, POSTSCRIPT, LICENCE = 0, 1, 2, 3, 4, 6, 13
ABSENT = 256  # the first name table entry that a font may use as it likes
WINDOWS_ENGLISH = (3, 1, 0x409)

TEXT_FOLDERS = ("models", "scenarios", "sim", "docs")
TEXT_SUFFIXES = frozenset({".yaml", ".csv", ".py", ".md", ".txt", ".html", ".j2"})
NAMES = Path(__file__).with_name("characters_of_names.txt")
EXTRA = "\u3007㎡傜廻昇℃‰²³"  # U+3007 is the ideographic zero

# Blocks of which the subset takes whatever the source font has.
BLOCKS = (
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x00FF),  # Latin-1
    (0x0370, 0x03FF),  # Greek
    (0x2000, 0x206F),  # general punctuation
    (0x2070, 0x209F),  # superscripts and subscripts
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematical operators
    (0x3000, 0x303F),  # CJK punctuation
    (0xFF01, 0xFF60),  # fullwidth forms
    (0xFFE0, 0xFFE6),  # fullwidth signs
)
# Controls, the byte order mark and the variation selectors are never drawn.
UNDRAWN = frozenset({*range(0x20), *range(0x7F, 0xA0), *range(0xFE00, 0xFE10), 0xFEFF})

# Tables for vertical setting and kerning, which no report uses.
DROPPED_TABLES = ("BASE", "GPOS", "VORG", "vhea", "vmtx")
# ccmp joins two em dashes into one long dash; no other feature is wanted.
LAYOUT_FEATURES = ("ccmp",)
VARIATION_SEQUENCES = 14  # the cmap format that holds them


def block_characters() -> set[int]:
    """Return the code points of the blocks, whether assigned or not."""
    return {code for first, last in BLOCKS for code in range(first, last + 1)}


def gb2312_characters() -> set[int]:
    """Return the code points of GB2312, read off Python's codec."""
    codes = range(0xA1, 0xFF)
    pairs = (bytes((row, cell)) for row in codes for cell in codes)
    return {ord(char) for pair in pairs for char in pair.decode("gb2312", errors="ignore")}


def name_characters() -> set[int]:
    """Return the code points of names of places and persons that GB2312 lacks."""
    lines = NAMES.read_text(encoding="utf-8").splitlines()
    return {ord(char) for line in lines if not line.startswith("#") for char in line}


def text_files(root: Path) -> list[Path]:
    """Return the text files of the repository whose characters the subset must hold."""
    found = [path for folder in TEXT_FOLDERS for path in (root / folder).rglob("*")]
    texts = [path for path in found if path.suffix in TEXT_SUFFIXES]
    return sorted(path for path in (*texts, *root.glob("README*.md")) if path.is_file())


def file_characters(path: Path) -> set[int]:
    """Return the code points of one text file; a file that is not UTF-8 is reported and left out."""
    try:
        return {ord(char) for char in path.read_text(encoding="utf-8")}
    except UnicodeDecodeError:
        sys.stderr.write(f"not UTF-8, left out: {path}\n")
        return set()


def text_characters(root: Path) -> set[int]:
    """Return every drawn code point that occurs in the text files of the repository."""
    return {code for path in text_files(root) for code in file_characters(path)} - UNDRAWN


def wanted_characters(root: Path) -> set[int]:
    """Return every code point that the subset should hold."""
    names = gb2312_characters() | name_characters()
    return block_characters() | names | text_characters(root) | {ord(char) for char in EXTRA}


def ranges_text(codes: set[int]) -> str:
    """Write code points as ascending ranges, such as ``U+2065 U+21EA-21FF``."""
    runs: list[list[int]] = []
    for code in sorted(codes):
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return " ".join(f"U+{first:04X}" + (f"-{last:04X}" if last > first else "") for first, last in runs)


def parse_ranges(text: str) -> set[int]:
    """Read what ``ranges_text`` wrote."""
    codes: set[int] = set()
    for item in text.split():
        first, _, last = item.removeprefix("U+").partition("-")
        codes.update(range(int(first, 16), int(last or first, 16) + 1))
    return codes


def font_characters(font: TTFont) -> set[int]:
    """Return the code points that a font maps to a glyph."""
    return set(font.getBestCmap())


def is_wanted_face(font: TTFont) -> bool:
    """Say whether a face is the Simplified Chinese one, by its name table."""
    names = font["name"]
    return (names.getDebugName(FAMILY_ID), names.getDebugName(STYLE)) == (SOURCE_FAMILY, "Regular")


def open_source(path: Path) -> TTFont:
    """Open the Simplified Chinese face of the collection."""
    with TTCollection(path, lazy=True) as collection:
        matches = [number for number, font in enumerate(collection) if is_wanted_face(font)]
    if len(matches) != 1:
        message = f"{path} holds {len(matches)} faces named {SOURCE_FAMILY} Regular, not one"
        raise SystemExit(message)
    return TTFont(path, fontNumber=matches[0], lazy=True, recalcTimestamp=False)


def subset_options() -> Options:
    """Return the options of the subsetter: no hints, one layout feature, all names."""
    options = Options()
    options.hinting = False
    options.layout_features = list(LAYOUT_FEATURES)
    options.drop_tables = [*options.drop_tables, *DROPPED_TABLES]
    options.name_IDs = ["*"]
    options.notdef_outline = True
    return options


def drop_variants(font: TTFont) -> None:
    """Take out the variation sequences, which would bring their alternate glyphs along."""
    cmap = font["cmap"]
    cmap.tables = [table for table in cmap.tables if table.format != VARIATION_SEQUENCES]


def cut(font: TTFont, codes: set[int]) -> None:
    """Reduce a font to the glyphs of the given code points."""
    drop_variants(font)
    subsetter = Subsetter(options=subset_options())
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)


def new_names(font: TTFont) -> dict[int, str]:
    """Return the name table entries that change."""
    names = font["name"]
    unique = names.getDebugName(UNIQUE_ID).replace(names.getDebugName(POSTSCRIPT), POSTSCRIPT_NAME)
    return {FAMILY_ID: FAMILY, FULL_NAME: FAMILY, POSTSCRIPT: POSTSCRIPT_NAME, UNIQUE_ID: unique}


def rename(font: TTFont, absent: set[int]) -> None:
    """Give the font its new name and record what its source lacks; copyright and licence stay."""
    names = font["name"]
    names.names = [entry for entry in names.names if entry.langID == WINDOWS_ENGLISH[2]]
    for number, text in new_names(font).items():
        names.setName(text, number, *WINDOWS_ENGLISH)
    names.setName(f"Characters absent in {SOURCE_FAMILY}: {ranges_text(absent)}", ABSENT, *WINDOWS_ENGLISH)
    if not (names.getDebugName(COPYRIGHT) and names.getDebugName(LICENCE)):
        message = "the source font has no copyright or licence entry to keep"
        raise SystemExit(message)


def rename_outlines(font: TTFont) -> None:
    """Give the outline table the new name too; its copyright notice stays."""
    outlines = font["CFF "].cff
    outlines.fontNames = [POSTSCRIPT_NAME]
    outlines[0].FullName = outlines[0].FamilyName = FAMILY


def recorded_absent(font: TTFont) -> set[int]:
    """Return the code points that the subset records as absent in its source."""
    text = font["name"].getDebugName(ABSENT) or ""
    return parse_ranges(text.partition(": ")[2])


def save(font: TTFont, target: Path) -> None:
    """Write a font aside, then move it into place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(target.name + ".part")
    try:
        font.save(aside)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def report_absent(absent: set[int]) -> None:
    """Name on stderr what the source font lacks."""
    if absent:
        sys.stderr.write(f"absent in the source font ({len(absent)}): {ranges_text(absent)}\n")
    named = absent - block_characters()
    if named:
        sys.stderr.write(f"of these outside the blocks: {' '.join(map(chr, sorted(named)))}\n")


def make(source: Path, target: Path, wanted: set[int]) -> int:
    """Write the subset and report what the source lacks."""
    with open_source(source) as font:
        absent = wanted - font_characters(font)
        cut(font, wanted)
        rename(font, absent)
        rename_outlines(font)
        save(font, target)
        glyphs, characters = font["maxp"].numGlyphs, len(font_characters(font))
    report_absent(absent)
    sys.stdout.write(f"{target}: {target.stat().st_size} bytes, {glyphs} glyphs, {characters} characters\n")
    return 0


def source_lacks(source: Path | None, subset: TTFont, wanted: set[int]) -> set[int]:
    """Return the wanted code points that the source lacks, from the source or else the subset's record."""
    if source is None:
        return recorded_absent(subset)
    with open_source(source) as font:
        return wanted - font_characters(font)


def check(source: Path | None, target: Path, wanted: set[int]) -> int:
    """Return 1 and name the characters when the subset misses some that it should hold."""
    if not target.is_file():
        sys.stderr.write(f"no such file: {target}\n")
        return 1
    with TTFont(target, lazy=True) as subset:
        missing = wanted - font_characters(subset) - source_lacks(source, subset, wanted)
    if missing:
        shown = " ".join(map(chr, sorted(missing)))
        sys.stderr.write(f"missing in {target} ({len(missing)}): {ranges_text(missing)}\n{shown}\n")
    return 1 if missing else 0


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Make the Simplified Chinese font subset of the reports.")
    parser.add_argument("source", nargs="?", type=Path, help="path to NotoSansCJK-Regular.ttc")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a character is missing")
    parsed = parser.parse_args(arguments)
    if parsed.source is None and not parsed.check:
        parser.error("the path to NotoSansCJK-Regular.ttc is needed, except with --check")
    return parsed


def main(arguments: list[str] | None = None) -> int:
    """Make or check the subset."""
    parsed = parse_arguments(arguments)
    wanted = wanted_characters(ROOT)
    if parsed.check:
        return check(parsed.source, TARGET, wanted)
    return make(parsed.source, TARGET, wanted)


if __name__ == "__main__":
    sys.exit(main())
