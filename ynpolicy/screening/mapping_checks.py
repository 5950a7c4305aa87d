"""What keeps a mapping from being used with a pack: told of all its columns before any row is read."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import evolve

from ynpolicy.engines.lowering import Layout
from ynpolicy.errors import Problem, nearest
from ynpolicy.ir import FactType, Kind, Pack
from ynpolicy.normalise import fact_words
from ynpolicy.screening.mapping import (
    ACCURACY,
    COMPLETE,
    FORMS,
    HIGH,
    LEVEL,
    LOW,
    MEMBER,
    VALUE,
    ColumnMap,
    Mapping,
)
from ynpolicy.screening.statements import Question
from ynpolicy.units import UnitError, conversion


def facts_screened(pack: Pack, level: str) -> dict[str, FactType]:
    """The facts that decide anything on a level: those that its norms read, and those from which they follow."""
    names = {column.fact for column in Layout.of(pack, level).columns.values()}
    return {name: fact for name, fact in pack.facts.items() if name in names}


def problems_of(mapping: Mapping, pack: Pack) -> Iterator[Problem]:
    """What keeps a mapping from being used with a pack. Each problem has the place of its column."""
    screened = facts_screened(pack, mapping.level)
    if not any(column.fact for column in mapping.columns):
        help = "name columns by facts, their labels or aliases: `ynpolicy facts` lists them"
        yield Problem(mapping.place, "no column names a fact", help)
    for column in mapping.columns:
        if column.form != LEVEL:
            yield from _column_problems(column, pack, mapping.level, screened)
    yield from _doubles(mapping)
    for name, fact in screened.items():
        columns = mapping.of(name)
        if all(fact.kind in FORMS[column.form] for column in columns):
            yield from _group_problems(fact, columns)
    for name in mapping.whole:
        if not any(column.form == MEMBER for column in mapping.of(name)):
            help = "name a set whose members have columns of their own"
            yield Problem(mapping.place, f"`{name}` has no columns of members", help)


def _column_problems(column: ColumnMap, pack: Pack, level: str, screened: dict[str, FactType]) -> Iterator[Problem]:
    fact = pack.facts.get(column.fact)
    if fact is None:
        help = nearest(column.fact, fact_words(pack, level)) or "`ynpolicy facts` lists what may be said"
        yield Problem(column.place, f"unknown fact `{column.fact}`", help)
        return
    if not fact.is_asked_of(level):
        help = f"it belongs to {', '.join(fact.levels)}: leave the column out"
        yield Problem(column.place, f"`{fact.name}` is not asked of a {level}", help)
    elif fact.name not in screened:
        yield Problem(column.place, f"no norm of a {level} reads `{fact.name}`", "leave the column out")
    elif fact.kind not in FORMS[column.form]:
        fitting = [form for form, kinds in FORMS.items() if fact.kind in kinds]
        message = f"`{fact.name}` is a fact without `{column.form}`"
        yield Problem(column.place, message, f"it is one of {', '.join(fitting)}")
    if column.form == MEMBER and column.symbol not in fact.symbols:
        words = [word for symbol in fact.symbols.values() for word in symbol.words]
        help = nearest(column.symbol, words) or "`ynpolicy facts` lists what may be said"
        message = f"`{column.symbol}` is not one of the choices of `{fact.name}`"
        yield Problem(column.place, message if column.symbol else "the column names no member", help)
    elif fact.kind in FORMS[column.form]:
        yield from _word_problems(column, fact)
    if column.symbol and column.form != MEMBER:
        yield Problem(column.place, "only a column of a member has a symbol", "write `form: member`")
    if column.unit and fact.kind is not Kind.NUMBER:
        yield Problem(column.place, "only a number has a unit", "remove `unit`")
    elif column.unit:
        try:
            conversion(column.unit, fact.unit)
        except UnitError as error:
            yield Problem(column.place, str(error), error.help)


def _word_problems(column: ColumnMap, fact: FactType) -> Iterator[Problem]:
    """Words that stand for what cannot be read."""
    form = VALUE if column.form in (LOW, HIGH, ACCURACY) else column.form
    question = Question(fact, (evolve(column, form=form, unit="", words=()),))
    for word, meaning in column.words:
        for wrong in question.read((meaning,)).wrong:
            yield Problem(column.place, f"`{word}` stands for `{meaning}`: {wrong.message}", wrong.help)


def _doubles(mapping: Mapping) -> Iterator[Problem]:
    seen: dict[tuple[str, str, str], ColumnMap] = {}
    for column in mapping.columns:
        first = seen.setdefault((column.fact, column.form, column.symbol), column)
        if first is not column:
            name = f"{column.fact}[{column.symbol}]" if column.symbol else column.fact or column.form
            message = f"`{name}` stands in two columns: `{first.source}` and `{column.source}`"
            yield Problem(column.place, message, "keep one")


def _group_problems(fact: FactType, several: tuple[ColumnMap, ...]) -> Iterator[Problem]:
    """What keeps columns from saying one thing of one fact."""
    columns = {column.form: column for column in several}
    for form, other in ((LOW, HIGH), (HIGH, LOW)):
        if form in columns and other not in columns:
            message = f"column `{columns[form].source}` stands without the other end"
            yield Problem(columns[form].place, message, "give both ends of a range")
    if ACCURACY in columns and VALUE not in columns:
        message = f"column `{columns[ACCURACY].source}` is an accuracy without a value"
        yield Problem(columns[ACCURACY].place, message, "map the column of the value too")
    if MEMBER in columns and VALUE in columns:
        message = f"column `{columns[MEMBER].source}` stands beside `{columns[VALUE].source}`"
        yield Problem(columns[MEMBER].place, message, "keep the list, or the columns of its members")
    if COMPLETE in columns and not columns.keys() & {MEMBER, VALUE}:
        message = f"column `{columns[COMPLETE].source}` tells of a list that no column has"
        yield Problem(columns[COMPLETE].place, message, "map the columns of the list too")
    numbers = [column for column in several if column.form in (VALUE, LOW, HIGH, ACCURACY)]
    factors = {_factor(column, fact): column for column in reversed(numbers)}
    if len(factors) > 1:
        *_, second, first = factors.values()
        units = f"`{first.unit or fact.unit}` and `{second.unit or fact.unit}`"
        message = f"columns `{first.source}` and `{second.source}` have two units: {units}"
        yield Problem(second.place, message, "give the numbers of one fact in one unit")


def _factor(column: ColumnMap, fact: FactType) -> Fraction | None:
    try:
        return conversion(column.unit, fact.unit) if column.unit else Fraction(1)
    except UnitError:
        return None
