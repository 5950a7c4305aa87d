"""Draws cells by hand: `python -m tests.draw_cells --cells 60000`.

Texts that people write in tables, changed a little at random, are read by whole columns and one by one; the two must
say the same. What CI draws is a part of this.
"""

from __future__ import annotations

import argparse
import random
import time
from typing import Final

from tests.small_pack import LABEL_WITH_SEPARATOR
from tests.test_screening_cells import BY_NAME, READABLE, assert_read
from ynpolicy.ir import Kind
from ynpolicy.screening.mapping import ColumnMap
from ynpolicy.screening.statements import Question
from ynpolicy.units import UnitError, conversion

SEEDS: Final = {
    Kind.NUMBER: (
        *("1040", "-3", "+7.25", "0.000001", "9007199254.740992", "1,040.5", "1.5公里", "3 kg/a", "97%", "1040±60"),
        *("980~1100米", "1e3", ".5", "5.", "12,345,678", "１２", "2㎞", "0.1吨/年", "1 000", "≥5", "约3", "10²"),
    ),
    Kind.DATE: ("2022-05-01", "2022/5/1", "2022.5.1", "20220501", "2022年5月1日", "2022-05-01 00:00:00", "44682"),
    Kind.BOOLEAN: ("是", "否", "true", "No", "√", "×", "1", "0", "有", "无", "Y"),
    Kind.SYMBOL: ("第1县", "county 2", "530103", "第４县（简）", "云南省"),
    Kind.SYMBOLS: (
        "新建、扩建",
        "new;expansion",
        LABEL_WITH_SEPARATOR,
        "锡冶炼/其他",
        "无",
        "其他不详",
        "other，锡冶炼",
    ),
}
COMMON: Final = ("", " ", "不详", "不适用", "/", "—", "N/A", "nan", "=A1", "#N/A", "unknown")
LETTERS: Final = " \t\u3000\xa0.,，;、/|-+~～±%％eE年月日米mkgt/a0123456789１٣²①是否不无县"
UNITS: Final = ("", "", "km", "亩", "t/a", "g/a", "‰", "m")


def drawn(draw: random.Random, kind: Kind) -> str:
    """A text of a column, changed up to three times."""
    text = draw.choice((*SEEDS[kind] * 2, *COMMON))
    for _ in range(draw.choice((0, 0, 1, 1, 2, 3))):
        at = draw.randint(0, len(text))
        cut = draw.choice((0, 0, 1, 2))
        text = text[:at] + draw.choice((*LETTERS, "")) + text[at + cut :]
    return text


def converts(unit: str, wanted: str) -> bool:
    try:
        return not unit or bool(conversion(unit, wanted))
    except UnitError:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    draw = random.Random(given.seed)
    began, done, read = time.monotonic(), 0, 0
    while done < given.cells:
        name = draw.choice(READABLE)
        fact = BY_NAME[name]
        unit = draw.choice(UNITS) if fact.kind is Kind.NUMBER else ""
        if not converts(unit, fact.unit):
            continue
        words = draw.choice(((), (), (("3", "unknown"), ("无", "0"))))
        question = Question(fact, (ColumnMap("列", name, unit=unit, words=words),))
        rows = [(drawn(draw, fact.kind),) for _ in range(2000)]
        assert_read(question, rows)
        done += len(rows)
        read += sum(not question.read(row).wrong for row in rows)
    seconds = time.monotonic() - began
    print(f"{done:,} cells, {read:,} of them read, in {seconds:.0f} s: whole columns and single cells agree")


if __name__ == "__main__":
    main()
