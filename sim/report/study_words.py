"""The verdicts of a feasibility study and of an attribution in words, written from their datasets alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import xarray as xr

from sim.base.text import Text, joined, same
from sim.base.words import all_of, amounts, capital, chance, computed, exact, goal_words, plain, signed, spaced_text, undecided
from sim.plan.feasibility import is_clear
from sim.report.cells import NOTES

_BANDS = (
    (0.9, Text("很可能实现", "very likely")),
    (0.67, Text("较有可能实现", "likely")),
    (0.33, Text("实现与否各有可能", "about as likely as not")),
    (0.1, Text("可能性较小", "unlikely")),
    (0.0, Text("很难实现", "very unlikely")),
)
_MOST_PAIRS, _MOST_PROMISES, _MOST_UNKNOWNS, _LEAST_EXPLAINED = 5, 2, 3, 0.02


def verdict(probability: float) -> Text:
    """A probability in words."""
    return next(words for least, words in _BANDS if probability >= least)


def text_in(row: xr.Dataset, name: str) -> Text:
    """A text of a study, which holds it as a variable for each language."""
    return Text(str(row[f"{name}_zh"].item()), str(row[f"{name}_en"].item()))


def name_in(row: xr.Dataset) -> Text:
    """Name of the target that a row of a study is about."""
    return text_in(row, "name")


def target_sentence(study: xr.Dataset, target: str) -> Text:
    """Probability, verdict and implied promise of a target."""
    row = study.sel(target=target)
    probability, points = float(row["probability"]), f"{100.0 * float(row['probability_error']):.1f}"
    share, words, name, year = chance(probability), verdict(probability), name_in(row), int(row["year"])
    goal = goal_words(str(row["operator"].item()), float(row["goal"]), str(row["unit"].item()))
    head = Text(
        f"{name.zh}（{year} 年 {goal.zh}）：概率为 {share}（抽样误差 {points} 个百分点），{words.zh}",
        f"{name.en} ({goal.en} in {year}): probability {share} (sampling error {points} points), {words.en}",
    )
    return head + Text("。", ".") + _alone(study, row) + _beside(study, row)


def _alone(study: xr.Dataset, row: xr.Dataset) -> Text:
    """The implied promise: how much of it alone the target would take."""
    found = _NOTHING
    for place in np.flatnonzero(~np.isnan(row["taken"].to_numpy())):
        item = study.isel(promise=place)
        name, taken = text_in(item, "promise"), float(row["taken"][place])
        if not np.isfinite(taken):
            end = _AT_ENDS[taken > 0]
            found += Text(f"仅靠{name.zh}，在参数范围内{end.zh}。", f" By itself, {name.en} {end.en}.")
            continue
        needed, known = amounts(plain(taken), str(item["promise_unit"].item())), _benchmark(item)
        central = plain(float(item["promise_central"]))
        found += Text(
            f"其他参数取中心值、仅靠{name.zh}，须为 {needed.zh}（中心情景 {central}{known.zh}）。",
            f" All else at the centre, it takes {name.en} of {needed.en} (central run {central}{known.en}).",
        )
    return found


_NOTHING = Text("", "")
_AT_ENDS = {
    True: Text("达不到目标", "cannot do it within its range"),
    False: Text("取何值都能达到", "may be anything within its range"),
}


def _beside(study: xr.Dataset, row: xr.Dataset) -> Text:
    """The unknowns that go with the target in the draws, the closest relation first."""
    implied, taken = row["implied"].to_numpy(), row["taken"].to_numpy()
    order = np.argsort(-np.abs(row["related"].to_numpy()))
    kept = [place for place in order if np.isfinite(implied[place]) and np.isnan(taken[place])]
    promises = [_promise(study.isel(promise=place), float(implied[place])) for place in kept[:_MOST_PROMISES]]
    if not promises:
        return _NOTHING
    head = Text("按抽样中的线性关系，达到目标时", " By the linear relation in the draws, meeting it goes with ")
    return head + joined(promises, Text("；", "; ")) + (_NOTHING if bool(row["goal_within_draws"]) else _FAR) + Text("。", ".")


def _promise(item: xr.Dataset, implied: float) -> Text:
    """The value of something else that the target implies."""
    needed, usual = amounts(plain(implied), str(item["promise_unit"].item())), plain(float(item["promise_mean"]))
    beside = Text(f"为 {needed.zh}（全部抽样平均 {usual}", f" of {needed.en} (mean of all draws {usual}")
    return text_in(item, "promise") + beside + _benchmark(item) + Text("）", ")")


def _benchmark(item: xr.Dataset) -> Text:
    """A benchmark known from elsewhere, after a comma."""
    if not np.isfinite(float(item["benchmark"])):
        return _NOTHING
    return Text("，", ", ") + text_in(item, "benchmark") + same(f" {plain(float(item['benchmark']))}")


_FAR = Text("（目标在全部抽样之外，为外推）", " (beyond all draws: extrapolated)")


def joint_sentence(study: xr.Dataset) -> Text:
    """All targets together, beside what independent ones would give."""
    joint, error, alone = (float(study[name]) for name in ("joint", "joint_error", "independent"))
    count, points = study.sizes["target"], f"{100.0 * error:.2f}"
    still = undecided(int(study.attrs["left_out"]) > 0)
    if joint <= 0.0:
        draws = f"{int(study.attrs['draws']):,}"
        return Text(
            f"{draws} 次抽样中没有一次同时实现全部 {count} 项{still.zh}目标。",
            f"None of {draws} draws meets {all_of(count, still.en)} together.",
        )
    both, apart, are = chance(joint), chance(alone), "is" if count == 1 else "are"
    return Text(
        f"{count} 项{still.zh}目标同时实现的概率为 {both}（抽样误差 {points} 个百分点）；",
        f"{capital(all_of(count, still.en))} {are} met together in {both} (sampling error {points} points); ",
    ) + Text(f"若互不相关则为 {apart.replace('<', '不到 ')}。", f"were they independent, in {apart}.")


def left_out_sentences(study: xr.Dataset) -> list[Text]:
    """Targets of the scenario that draws say nothing of, and why."""
    zh, en = str(study.attrs["left_out_zh"]), str(study.attrs["left_out_en"])
    return [Text(f"不能由抽样判断、未计入的目标：{zh}。", f"Targets that draws cannot judge, left out: {en}.")] if zh else []


def left_out_sentence(study: xr.Dataset) -> list[Text]:
    """The same in short, for a report whose appendix says why."""
    count = int(study.attrs["left_out"])
    zh, en = f"另有 {count} 项不能由抽样判断，未计入；原因见附录。", "more targets cannot be judged by draws and are left out"
    return [Text(zh, f"{count} {en}; the appendix says why.")] if count else []


def pair_sentences(study: xr.Dataset) -> list[Text]:
    """The pairs that fight most, and those that support each other most, where that is clear."""
    names = [name_in(study.isel(target=place)) for place in range(study.sizes["target"])]
    lifts = study["lift"].to_numpy()
    clear = is_clear(lifts, study["lift_error"].to_numpy())
    ids = study["target"].to_numpy()
    pairs = [(float(lifts[i, j]), str(ids[i]), str(ids[j]), i, j) for i, j in combinations(range(len(ids)), 2) if clear[i, j]]
    found = []
    for word, chosen in (
        (Text("相互冲突", "In conflict"), sorted(pair for pair in pairs if pair[0] < 1.0)),
        (Text("相互支持", "In support of each other"), sorted((pair for pair in pairs if pair[0] > 1.0), reverse=True)),
    ):
        for ratio, _, _, i, j in chosen[:_MOST_PAIRS]:
            both, times = names[i] + Text("与", " and ") + names[j], plain(ratio)
            found.append(
                Text(
                    f"{word.zh}：{both.zh}，同时实现的概率是互不相关时的 {times} 倍。",
                    f"{word.en}: {both.en}; both are met {times} times as often as if independent.",
                )
            )
    return found


def relaxation_sentences(study: xr.Dataset) -> list[Text]:
    """The targets that must give, and by how much."""
    given = []
    for row in (study.isel(target=place) for place in relaxed_places(study)):
        before, after = (amounts(exact(float(row[name])), str(row["unit"].item())) for name in ("goal", "relaxed_goal"))
        given.append(name_in(row) + Text(f"：由 {before.zh} 放宽到 {after.zh}。", f": from {before.en} to {after.en}."))
    return [relaxation_head(study), *given, *relaxation_end(study)]


def relaxed_places(study: xr.Dataset) -> list[int]:
    """The targets that must give, by their place."""
    return [int(place) for place in np.flatnonzero(np.isfinite(study["relaxed_goal"].to_numpy()))]


def relaxation_head(study: xr.Dataset) -> Text:
    """The number of targets that must give."""
    required, count = chance(float(study.attrs["required"])), len(relaxed_places(study))
    if not count:
        done = f"全部目标同时实现的概率已不低于 {required}，无须放宽。"
        return Text(done, f"All are met in {required} or more: nothing must give.")
    rest, least = chance(float(study["rest_joint"])), _LEAST[bool(study["relaxed_exactly"])]
    kept = study.sizes["target"] - count
    return Text(
        f"要使未放宽的目标同时实现的概率不低于 {required}，{least.zh}须放宽 {count} 项；"
        f"未放宽的 {kept} 项同时实现的概率为 {rest}。",
        f"For the targets that are kept to be met together in {required} of the draws, {least.en} {count} must be relaxed; the "
        f"{kept} kept are then met together in {rest}.",
    )


def relaxation_end(study: xr.Dataset) -> list[Text]:
    """The effect of giving; nothing where nothing gives."""
    if not relaxed_places(study):
        return []
    done = chance(float(study["relaxed_joint"]))
    return [Text(f"按放宽后的数，全部目标同时实现的概率为 {done}。", f"With these, all targets are met together in {done}.")]


_LEAST = {True: Text("至少", "at least"), False: Text("大约（未穷尽搜索）", "about (not searched to the end)")}


VARIANCE_EXPLAINED = Text("主要不确定因素（方差解释度）", "The main unknowns (share of variance explained)")


def unknown_sentences(study: xr.Dataset) -> list[Text]:
    """For each target, the unknowns that explain most of its variance; those without any together."""
    found, without = [NOTES["unknowns"]], []
    for target in study["target"].to_numpy():
        row = study.sel(target=target)
        explained = row["variance_explained"].to_numpy()
        best = [place for place in np.argsort(-explained)[:_MOST_UNKNOWNS] if explained[place] >= _LEAST_EXPLAINED]
        parts, name = [_unknown(study, row, place) for place in best], name_in(row)
        if parts:
            found.append(name + Text("：", ": ") + joined(parts, Text("、", ", ")) + Text("。", "."))
        else:
            without.append(name)
    head = Text("无单一主导因素的目标：", "Targets without a single leading unknown: ")
    return [*found, head + joined(without, Text("、", ", ")) + Text("。", ".")] if without else found


def _unknown(study: xr.Dataset, row: xr.Dataset, place: int) -> Text:
    """An unknown with the chances at its ends and the share of variance that it explains."""
    low, high = (chance(float(row[name][place])) or "0%" for name in ("met_when_low", "met_when_high"))
    part = f"{100.0 * float(row['variance_explained'][place]):.0f}"
    zh, en = (study[f"input_{language}"].to_numpy()[place] for language in ("zh", "en"))
    return Text(f"{zh}（{low} – {high}，方差解释度 {part}%）", f"{en} ({low} to {high}, {part} % of variance explained)")


def sentences(study: xr.Dataset) -> list[tuple[Text, list[Text]]]:
    """Everything that the study says, by heading."""
    targets = [target_sentence(study, str(name)) for name in study["target"].to_numpy()]
    parts = [
        (Text("各目标", "Each target"), targets),
        (Text("同时实现", "All together"), [joint_sentence(study), *left_out_sentences(study), *pair_sentences(study)]),
        (Text("目标调整空间", "Relaxing targets"), relaxation_sentences(study)),
        (VARIANCE_EXPLAINED, unknown_sentences(study)),
    ]
    return [(head, [spaced_text(line) for line in lines]) for head, lines in parts]


SMALL = 0.002
"""Part of a target's value from which on what a measure adds is shown."""
_MOST_CAUSES = 2


def change_labels(study: xr.Dataset) -> list[Text]:
    """The names of the measures."""
    return [Text(*pair) for pair in zip(study["change_zh"].to_numpy(), study["change_en"].to_numpy(), strict=True)]


def cause_sentences(study: xr.Dataset, order: list[str]) -> Iterator[Text]:
    """For each missed target: where it would be without measures, what they add together, the largest of them, what is left."""
    labels = change_labels(study)
    known = {str(name) for name in study["target"].to_numpy()}
    for name in (name for name in order if name in known):
        row = study.sel(target=name)
        unit, parts = str(row["unit"].item()), row["shapley"].to_numpy()
        start, end, goal = (float(row[key]) for key in ("start", "end", "goal"))
        best = [int(place) for place in np.argsort(-np.abs(parts))[:_MOST_CAUSES] if abs(parts[place]) > SMALL * abs(goal)]
        pairs = [labels[place] + same(f" {signed(float(parts[place]), unit=unit)}") for place in best]
        largest = Text("（其中", " (") + joined(pairs, Text("、", ", ")) + Text("）", ")") if pairs else Text("", "")
        first, added, left = computed(start, unit), signed(end - start, unit=unit), plain(abs(goal - end), unit)
        yield (
            name_in(row)
            + Text(
                f"（中心情景）：不加措施为 {first.zh}，各项措施共 {added}",
                f" (central run): without measures {first.en}, all measures together {added}",
            )
            + largest
            + Text(f"，与目标仍差 {left}。", f"; {left} remain to the target.")
        )
