"""Facts about reading an official text in whatever shape its extraction left it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ynpolicy.wording import plain

SENTENCE = "到2025年，重点行业重金属排放量下降7%；其中2016-2020年已完成12家（见表1）——详见附件。"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("不得\u3000新建 冶炼\n\n项目。\f", "不得新建冶炼项目。"),
        ("\ufeff不得新\u200b建", "不得新建"),
        ("积极开\n\n— 22 — \n\n展清洁生产", "积极开展清洁生产"),
        ("积极开\r\n- 22 -\r\n展清洁生产", "积极开展清洁生产"),
        ("积极开—22—展清洁生产", "积极开展清洁生产"),
        ("1 \n个旧市 \n2 蒙自市", "1个旧市2蒙自市"),
        ("——2025年——到期", "——2025年——到期"),
        ("完成2016-2020-年", "完成2016-2020-年"),
        ("\n \u3000\n", ""),
    ],
)
def test_only_space_and_page_numbers_go(text: str, words: str) -> None:
    """White space of every width, invisible marks and numbers between dashes go; numbers of tables and years stay."""
    assert plain(text) == words


@given(st.data())
def test_lines_pages_and_spaces_change_nothing(data: st.DataObject) -> None:
    """Breaking the lines at random and printing page numbers between them leaves the words as they were."""
    text = ""
    for character in SENTENCE:
        text += character + data.draw(
            st.sampled_from(["", "", "", "\n", " ", "\u3000\n", "\n\n— 7 —\n", "\n － 12 － \n\f", "\r\n-103-\r\n"])
        )
    assert plain(text) == plain(SENTENCE) == SENTENCE
