"""Widths of columns follow from what stands in them; Chinese is wrapped where an office would wrap it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.report.lettering import Content, content, letters, shares, size_of, wrapped_chinese

_CONTENTS = st.lists(
    st.tuples(st.floats(2.0, 40.0), st.floats(0.0, 60.0)).map(lambda pair: Content(pair[0], pair[0] + pair[1])),
    min_size=1,
    max_size=14,
)


@given(_CONTENTS)
def test_shares_fill_the_page_and_follow_the_contents(contents: list[Content]) -> None:
    found = shares(contents)
    assert sum(found) == pytest.approx(1.0)
    assert all(share > 0.0 for share in found)
    room = 456.0 / (size_of(len(contents)) / 2.0)
    if sum(item.least for item in contents) < room < sum(item.whole for item in contents):
        for item, share in zip(contents, found, strict=True):
            assert item.least - 1e-6 <= share * room <= item.whole + 1e-6
        # All that are cut are cut to one width.
        cut = [
            share * room for item, share in zip(contents, found, strict=True) if item.least + 1e-6 < share * room < item.whole
        ]
        assert not cut or max(cut) == pytest.approx(min(cut), abs=1e-6)


def test_a_column_of_numbers_keeps_them_on_one_line_and_wraps_its_head() -> None:
    found = content("Whole investment (CNY 100m, mean)", ["775", "1,234"], is_number=True)
    assert found.least >= letters("investment") + 1
    assert found.whole < letters("Whole investment (CNY 100m, mean)")
    assert content("Year", ["2021–2025"], is_number=True).least >= letters("2021–2025") + 1


def test_words_are_torn_behind_a_stroke_and_chinese_anywhere() -> None:
    assert content("Target", ["construction/qualified"]).least < letters("construction/qualified")
    assert content("Target", ["hy_four_above_firms_2025"]).least >= letters("hy_four_above_firms_2025")
    assert content("目标", ["制造业增加值占地区生产总值比重"]).least < 14.0
    noted = content("来源", ["公布数据"], ["序列有断点：第五次全国经济普查（2023 年）后修订"])
    assert content("来源", ["公布数据"]).whole < noted.whole < 30.0


def test_more_columns_have_smaller_letters() -> None:
    assert [size_of(count) for count in (2, 8, 9, 11, 12, 20)] == [8.0, 8.0, 7.0, 7.0, 6.5, 6.5]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("增加值（2020 年价）", 13, ["增加值", "（2020 年价）"]),
        ("增加值（现价）", 13, ["增加值", "（现价）"]),
        ("增加值（现价）", 14, ["增加值（现价）"]),
        ("地区生产总值", 8, ["地区生产", "总值"]),
        ("甲，乙，丙", 7, ["甲，", "乙，丙"]),
        ("“四上企业”总数", 12, ["“四上企业”", "总数"]),
        ("在 2025 年", 5, ["在", "2025", "年"]),
    ],
)
def test_chinese_is_wrapped_at_brackets_and_never_before_what_closes(text: str, width: int, lines: list[str]) -> None:
    assert wrapped_chinese(text, width) == lines


@given(st.text("甲乙丙（），。 2025abc“”", min_size=1, max_size=40), st.integers(4, 30))
def test_wrapping_loses_no_letter(text: str, width: int) -> None:
    assert "".join(wrapped_chinese(text, width)).replace(" ", "") == text.replace(" ", "")
