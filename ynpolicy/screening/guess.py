"""A mapping guessed from the heads of a table: what is sure, what is only likely, and what is passed over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import polars as pl
from attrs import evolve, frozen

from ynpolicy.cases import KEYS
from ynpolicy.engines.lowering.columns import AS_OF_COLUMN
from ynpolicy.errors import Place, Problem
from ynpolicy.ir import Pack
from ynpolicy.normalise import fact_words
from ynpolicy.screening.columns import text_of
from ynpolicy.screening.heads import Heads
from ynpolicy.screening.mapping import COMPLETE, LEVEL, MEMBER, ColumnMap
from ynpolicy.screening.mapping import Mapping as ColumnMapping
from ynpolicy.screening.mapping_checks import facts_screened, problems_of
from ynpolicy.screening.spellings import loose, plain
from ynpolicy.screening.statements import Question

KEY_WORDS: Final = (
    *(
        "id",
        *KEYS["id"],
        "项目编号",
        "案件编号",
        "企业编号",
        "设施编号",
        "联单编号",
        "转移联单编号",
        "统一社会信用代码",
    ),
    *(
        "排污许可证编号",
        "序号",
        "key",
        "case",
        *KEYS["case"],
        "企业名称",
        "单位名称",
        "设施名称",
        "机构名称",
        "建设项目名称",
    ),
)
"""Heads of columns that name a row, those that tell rows apart best first."""

DAY_WORDS: Final = ("as_of", *KEYS["as_of"])
"""Heads of the column with a row's as-of date."""

LIKELY_DAYS: Final = ("日期", "时间", "date", "受理时间", "受理日", "申请日期", "申报日期", "收件日期", "填报日期")
"""Heads of columns that may hold it."""

SAMPLE: Final = 200
"""How many rows are looked at, to see whether a likely column can be read at all."""


@frozen
class Doubt:
    """A column that is only likely, and why it is thought so. It is not taken before somebody confirms it.

    The fact `as_of` stands for the as-of date; the form `complete` without a source for columns of members that may
    list all there is.
    """

    column: ColumnMap
    why: str


@frozen
class Passed:
    """A column that is not read, and why."""

    source: str
    why: str


@frozen
class Guess:
    """A mapping of the columns that are sure, with the doubts, the columns passed over, and what is wrong with it.

    `why` of doubts and of columns passed over is worded like the message of a problem, and has its Chinese.
    """

    mapping: ColumnMapping
    doubts: tuple[Doubt, ...]
    passed_over: tuple[Passed, ...]
    problems: tuple[Problem, ...]

    def confirmed(self, doubts: Iterable[Doubt]) -> ColumnMapping:
        """The mapping with these doubts taken."""
        mapping = self.mapping
        for doubt in doubts:
            column = doubt.column
            if column.fact == AS_OF_COLUMN:
                mapping = evolve(mapping, as_of=column.source)
            elif not column.source:
                mapping = evolve(mapping, whole=(*mapping.whole, column.fact))
            else:
                mapping = evolve(mapping, columns=(*mapping.columns, column))
        return mapping


def guess(
    pack: Pack, level: str, head: Sequence[str], sample: pl.DataFrame | None = None, table: str = "table"
) -> Guess:
    """How a table with these heads may be read; `sample` are some of its rows.

    Sure is a head that is a fact's name, label or alias, or one with the word of a form, a unit or a member behind it,
    and a head `含镉` where one set alone has such a member. Only likely is a head that looks like one, or that says
    more than is understood.
    """
    return _Guesser(pack, level, sample, table).guess(head)


class _Guesser:
    def __init__(self, pack: Pack, level: str, sample: pl.DataFrame | None, table: str) -> None:
        self._pack, self._level, self._table = pack, level, table
        self._sample = None if sample is None else sample.head(SAMPLE)
        self._facts = facts_screened(pack, level)
        self._words = fact_words(pack, level)
        self._heads = Heads(self._facts, self._words)

    def guess(self, head: Sequence[str]) -> Guess:
        places = {source: Place(self._table, 1, number) for number, source in enumerate(head, 1)}
        labels = {source: _label(source, head) for source in head}
        sure: list[ColumnMap] = []
        doubts: list[Doubt] = []
        left: list[str] = []
        key = _first(KEY_WORDS, labels)
        as_of = _first(DAY_WORDS, labels)
        for source in head:
            meaning = self._heads.read(labels[source])
            if source == as_of:
                continue
            if loose(labels[source]) in {loose(word) for word in (LEVEL, *KEYS[LEVEL])}:
                sure.append(ColumnMap(source, "", LEVEL, place=places[source]))
            elif meaning is None:
                left += [source] if source != key else []
            elif meaning.doubt:
                doubts.append(Doubt(evolve(meaning.column, source=source, place=places[source]), meaning.doubt))
            else:
                sure.append(evolve(meaning.column, source=source, place=places[source]))
        mapping = ColumnMapping(self._level, key, as_of, tuple(sure), place=Place(self._table))
        passed: list[Passed] = []
        for source in left:
            found = self._likely(source, labels[source], mapping, places[source])
            if isinstance(found, Doubt):
                doubts.append(found)
            else:
                passed.append(found)
        doubts += self._wholes(mapping)
        return Guess(mapping, tuple(doubts), tuple(passed), tuple(problems_of(mapping, self._pack)))

    def _likely(self, source: str, label: str, mapping: ColumnMapping, place: Place) -> Doubt | Passed:
        known = self._words.get(label) or self._words.get(plain(label), "")
        if known and not self._pack.facts[known].is_asked_of(self._level):
            namesake = self._namesake(known)
            column = ColumnMap(source, namesake, place=place)
            if namesake and namesake not in {one.fact for one in mapping.columns} and self._reads(column):
                return Doubt(column, f"it looks like `{self._facts[namesake].label.zh}`")
            return Passed(source, f"`{known}` is not asked of a {self._level}")
        if known:
            return Passed(source, f"no norm of a {self._level} reads `{known}`")
        if not mapping.as_of and loose(label) in map(loose, LIKELY_DAYS):
            return Doubt(ColumnMap(source, AS_OF_COLUMN, place=place), "it may be the as-of date")
        taken = {column.fact for column in mapping.columns}
        for word, meant in self._heads.alike(label):
            column = evolve(meant, source=source, place=place)
            if column.fact not in taken and self._reads(column):
                return Doubt(column, f"it looks like `{word}`")
        return Passed(source, "it names no fact")

    def _namesake(self, fact: str) -> str:
        """The one fact of the level that asks the same as a fact of another: `enterprise.county` for `site.county`."""
        own = [name for name in self._facts if name.partition(".")[2] == fact.partition(".")[2]]
        return own[0] if len(own) == 1 else ""

    def _reads(self, column: ColumnMap) -> bool:
        """Whether most of the sample's cells can be read so."""
        if self._sample is None or column.source not in self._sample.columns:
            return True
        text = text_of(column.source, self._sample.schema[column.source])
        if isinstance(text, Problem):
            return False
        cells = [cell for cell in self._sample.select(text).to_series() if cell is not None and cell.strip()]
        question = Question(self._facts[column.fact], (column,))
        return 2 * sum(not question.read((cell,)).wrong for cell in cells) >= len(cells)

    def _wholes(self, mapping: ColumnMapping) -> Iterator[Doubt]:
        """Sets with columns of members, of which nothing says whether they list all there may be."""
        for name in {column.fact: None for column in mapping.columns if column.form == MEMBER}:
            columns = mapping.of(name)
            if not any(column.form == COMPLETE for column in columns):
                names = ", ".join(f"`{column.source}`" for column in columns)
                why = f"{names} may be all that `{name}` can hold: only then a no says that something is not in it"
                yield Doubt(ColumnMap("", name, COMPLETE), why)


def _label(source: str, head: Sequence[str]) -> str:
    """What a column was called before names that repeat had a number put behind them."""
    base, sign, number = source.rpartition("#")
    return base if sign and number.isdigit() and base in head else source


def _first(words: Sequence[str], labels: Mapping[str, str]) -> str:
    """The column whose head is the earliest of the words."""
    wanted = {loose(word): number for number, word in reversed(list(enumerate(words)))}
    found = [(wanted[loose(label)], source) for source, label in labels.items() if loose(label) in wanted]
    return min(found, key=lambda pair: pair[0])[1] if found else ""
