"""What a row says beside its facts: its as-of date, and the level, which must be the one that is screened."""

from __future__ import annotations

from collections.abc import Mapping

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


class _Words:
    """Texts of one column of which some are wrong; there are few different ones."""

    def __init__(self, source: str, text: pl.Expr) -> None:
        self._source = source
        self._text = text.alias("text")

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

    def _wrong(self, text: str) -> Wrong | None:
        raise NotImplementedError


class Levels(_Words):
    """The levels of rows: each must be the one that is screened."""

    def __init__(self, column: ColumnMap, level: str, texts: Mapping[str, pl.Expr]) -> None:
        super().__init__(column.source, texts[column.source].str.strip_chars())
        self._level = level

    def _wrong(self, text: str) -> Wrong | None:
        words = {word: level for level, aliases in LEVEL_WORDS.items() for word in (level, *aliases)}
        if words.get(text) == self._level:
            return None
        if text in words:
            help = f"screen each level by itself: this is a table of the level {self._level}"
            return Wrong(self._source, text, f"the row is of the level `{text}`", help)
        help = nearest(text, words) or f"write one of {', '.join(LEVELS)}"
        return Wrong(self._source, text, f"unknown level `{text}`", help)


class Sums(_Words):
    """Rows whose key says that they add up others: none of them is a case."""

    def __init__(self, key: str, texts: Mapping[str, pl.Expr]) -> None:
        text = texts[key].str.strip_chars()
        super().__init__(key, pl.when(text.str.contains(ADDS_UP)).then(text))

    def _wrong(self, text: str) -> Wrong | None:
        return Wrong(self._source, text, f"`{text}` adds up other rows, and is no case", "delete the row")
