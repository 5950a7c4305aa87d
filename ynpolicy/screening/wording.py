"""A result in words: heads and cells for people, in Chinese or in English, in place of names and codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl
from attrs import frozen

from ynpolicy.engines.lowering.results import DECISION, MISSING, REJECTED
from ynpolicy.errors import Place, Problem
from ynpolicy.ir import Pack, Text
from ynpolicy.messages import in_chinese
from ynpolicy.screening.judging import KEY, PROBLEMS, ROW
from ynpolicy.verdict import Decision
from ynpolicy.words import LABELS, OUTCOMES, decision_word

HEADS: Final[Mapping[str, Text]] = {
    ROW: Text("行号", "row"),
    KEY: Text("编号", "key"),
    REJECTED: Text("有误未判", "rejected"),
    DECISION: Text("结论", "decision"),
    MISSING: LABELS["missing"],
    "column": Text("列", "column"),
    "found": Text("表中内容", "found"),
    "message": Text("问题", "what is wrong"),
    "help": Text("建议", "what would be right"),
}
YES_NO: Final = {True: Text("是", "yes"), False: Text("否", "no")}
_FORMULA: Final = r"^[=+\-@\t\r\n]"
_NUMBER: Final = r"^[+-]?[0-9][0-9,.]*%?$"


@frozen
class ResultWords:
    """The words of a result of one level in one language; `key` is what the table calls the key of its rows."""

    pack: Pack
    level: str
    lang: str
    key: str = ""

    def heads(self, columns: Sequence[str]) -> dict[str, str]:
        """The head of each column: norms by their titles; the name behind a head that two columns share."""
        known = {name: head[self.lang] for name, head in HEADS.items()}
        known |= {norm.id: norm.title[self.lang] for norm in self.pack.norms_at(self.level)}
        known |= {KEY: self.key} if self.key else {}
        heads = {name: known.get(name) or name for name in columns}
        shared = Counter(heads.values())
        return {name: head if shared[head] == 1 else f"{head} [{name}]" for name, head in heads.items()}

    def told(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A part of a result with every cell in words, its columns still by name."""
        norms = {norm.id for norm in self.pack.norms_at(self.level)}
        outcomes = {outcome.value: word[self.lang] for outcome, word in OUTCOMES.items()}
        decisions = {d.value: decision_word(d, self.level, self.lang, self.pack.instrument) for d in Decision}
        yes, no = YES_NO[True][self.lang], YES_NO[False][self.lang]
        labels = {name: fact.label[self.lang] for name, fact in self.pack.facts.items()}
        made, texts = [], []
        for name, dtype in frame.schema.items():
            column = pl.col(name)
            if name in norms:
                made.append(_said(column, outcomes))
            elif name == DECISION:
                made.append(_said(column, decisions))
            elif name == MISSING:
                pause = "；" if self.lang == "zh" else "; "
                made.append(
                    column.list.eval(pl.element().replace(list(labels), list(labels.values()))).list.join(pause)
                )
            elif dtype == pl.Boolean():
                made.append(pl.when(column).then(pl.lit(yes)).when(~column).then(pl.lit(no)).alias(name))
            elif needs_text(dtype):
                texts.append(text_of_each(frame[name]))
            elif isinstance(dtype, (pl.Enum, pl.Categorical)):
                made.append(column.cast(pl.String))
        return frame.with_columns(*made, *texts)

    def told_problems(self, frame: pl.DataFrame) -> pl.DataFrame:
        """What is wrong with rejected rows, in the language."""
        if self.lang != "zh" or not frame.height:
            return frame
        labels = {name: fact.label.zh for name, fact in self.pack.facts.items()}
        texts = frame.select("message", "help").unique(maintain_order=True)
        told = [in_chinese(Problem(Place(""), message, help), labels) for message, help in texts.iter_rows()]
        spoken = texts.with_columns(
            pl.Series("message.zh", [one.message for one in told], dtype=pl.String),
            pl.Series("help.zh", [one.help for one in told], dtype=pl.String),
        )
        joined = frame.join(spoken, on=["message", "help"], how="left", nulls_equal=True, maintain_order="left")
        return joined.with_columns(message="message.zh", help="help.zh").select(list(PROBLEMS))


def _said(column: pl.Expr, words: Mapping[str, str]) -> pl.Expr:
    """Each name by its word; the words of one column are all different."""
    return column.cast(pl.Enum(list(words))).to_physical().cat.to(pl.Enum(list(words.values())))


def needs_text(dtype: pl.DataType) -> bool:
    """Whether a column that is kept has values that a spreadsheet or a database may not have."""
    return dtype.is_nested() or isinstance(dtype, pl.Duration) or dtype in (pl.Binary(), pl.Object())


def text_of_each(column: pl.Series) -> pl.Series:
    """Each value as text: members of a list side by side, anything else as Python shows it."""
    if column.dtype == pl.List(pl.String):
        return column.list.join("; ", ignore_nulls=True)
    shown = [None if value is None else str(value) for value in column.to_list()]
    return pl.Series(column.name, shown, dtype=pl.String)


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """Texts that a spreadsheet would take for formulas, with an apostrophe before them; numbers are none."""
    texts = [pl.col(name) for name, dtype in frame.schema.items() if dtype == pl.String()]
    return frame.with_columns(
        pl.when(text.str.contains(_FORMULA) & ~text.str.contains(_NUMBER)).then("'" + text).otherwise(text).name.keep()
        for text in texts
    )
