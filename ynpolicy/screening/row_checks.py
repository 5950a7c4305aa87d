"""What a row says beside its facts: its as-of date, and the level, which must be the one that is screened."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from ynpolicy.cases import ADDS_UP, LEVEL_WORDS
from ynpolicy.engines.lowering import Layout
from ynpolicy.errors import nearest
from ynpolicy.ir import LEVELS
from ynpolicy.screening.mapping import ColumnMap
from ynpolicy.screening.readers import PROBLEM, Distinct, Problems
from ynpolicy.screening.statements import Wrong, day_question


class Days:
    """The as-of dates of rows."""

    def __init__(self, source: str, layout: Layout, texts: Mapping[str, pl.Expr]) -> None:
        self._source = source
        self._days = Distinct(day_question(source), layout, texts)

    def read(self, frame: pl.DataFrame) -> tuple[list[pl.Series], Problems | None]:
        (days, _), problems = self._days.read(frame)
        numbers, wrong = problems or (pl.Series([None], dtype=pl.UInt32).new_from_index(0, frame.height), ())
        absent = days.is_null() & numbers.is_null()
        if not absent.any():
            return [days], problems
        help = "give the day on which the application was accepted"
        without = (Wrong(self._source, "", "the case has no as-of date", help),)
        last = pl.Series([len(wrong)], dtype=pl.UInt32).new_from_index(0, frame.height)
        return [days], (last.zip_with(absent, numbers), [*wrong, without])


class Words:
    """Texts of one column of which some are wrong, as `wrong` says of each; there are few different ones."""

    def __init__(self, text: pl.Expr, wrong: Callable[[str], Wrong | None]) -> None:
        self._text = text.alias("text")
        self._wrong = wrong

    def read(self, frame: pl.DataFrame) -> tuple[list[pl.Series], Problems | None]:
        texts = frame.select(self._text)
        distinct = texts.unique().to_series().to_list()
        wrong = [(found,) for text in distinct if text and (found := self._wrong(text)) is not None]
        if not wrong:
            return [], None
        places = pl.DataFrame(
            {"text": [found.found for (found,) in wrong], PROBLEM: range(len(wrong))},
            schema={"text": pl.String(), PROBLEM: pl.UInt32()},
        )
        numbers = texts.join(places, on="text", how="left", maintain_order="left")[PROBLEM]
        return [], (numbers, wrong)


def levels(column: ColumnMap, level: str, texts: Mapping[str, pl.Expr]) -> Words:
    """The levels of rows: each must be the one that is screened."""
    words = {word: name for name, aliases in LEVEL_WORDS.items() for word in (name, *aliases)}

    def wrong(text: str) -> Wrong | None:
        if words.get(text) == level:
            return None
        if text in words:
            help = f"screen each level by itself: this is a table of the level {level}"
            return Wrong(column.source, text, f"the row is of the level `{text}`", help)
        help = nearest(text, words) or f"write one of {', '.join(LEVELS)}"
        return Wrong(column.source, text, f"unknown level `{text}`", help)

    return Words(texts[column.source].str.strip_chars(), wrong)


def sums(key: str, texts: Mapping[str, pl.Expr]) -> Words:
    """Rows whose key says that they add up others: none of them is a case."""
    text = texts[key].str.strip_chars()

    def wrong(text: str) -> Wrong:
        return Wrong(key, text, f"`{text}` adds up other rows, and is no case", "delete the row")

    return Words(pl.when(text.str.contains(ADDS_UP)).then(text), wrong)
