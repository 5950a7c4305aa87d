"""The engine itself: a program of the lowering as a query of the database that holds the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import ibis
from attrs import frozen

from ynpolicy.engines.lowering import DECISIONS, OUTCOMES, Program, lower
from ynpolicy.engines.lowering.build import before, negation
from ynpolicy.engines.lowering.columns import AS_OF_COLUMN
from ynpolicy.engines.lowering.nodes import Code, DayColumn, DayConstant, Mask, NoValue, Truth
from ynpolicy.engines.lowering.plan import Node
from ynpolicy.engines.lowering.results import DECISION, REJECTED, WORD, Results, missing_words, refuse_scope
from ynpolicy.engines.lowering.tables import layout_of, refuse_taken
from ynpolicy.engines.warehouse.dialects import no_texts
from ynpolicy.engines.warehouse.expressions import NARROWER, Expression
from ynpolicy.engines.warehouse.stages import Staged, staged
from ynpolicy.engines.warehouse.tables import Reading, column_type, read_table
from ynpolicy.ir import Kind, Pack

_REASON: Final = "reason"
_STRANGE: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.SYMBOL: ("the value is not one of its symbols", "`ynpolicy facts` lists them"),
    Kind.DATE: ("the date is out of range", "give a date of the years 1 to 9999"),
}
"""What is said of a row that holds what is no value of its column, by the kind of the column."""


@frozen
class _Query:
    """A staged query and what it is a query for."""

    stages: Staged
    results: Results

    def by_day(self, nothing: Expression, several: Sequence[tuple[Node | None, Expression]]) -> Expression:
        """Each row by the program of its day; `nothing` where the row is rejected."""
        cases = [(self.stages.rejected, nothing)]
        node: Node | None
        for number, (node, found) in enumerate(several[:-1]):
            if node != several[number + 1][0]:
                cases.append((self.stages.expressions.truth(_until(self.results.programs[number].last)), found))
        return ibis.cases(*cases, else_=several[-1][1])

    def code(self, by_program: Sequence[Code]) -> Expression:
        """A code, null where the row is rejected."""
        expressions = self.stages.expressions
        return self.by_day(ibis.null("int16"), [(code, expressions.code(code)) for code in by_program])

    def mask(self, by_program: Sequence[Mask | None], word: int) -> Expression:
        """One word of missing facts, null where the row is rejected."""
        expressions = self.stages.expressions
        return self.by_day(ibis.null(NARROWER), [(mask, expressions.mask(mask, word)) for mask in by_program])


class WarehouseEngine:
    """The norms of one level of a pack, for tables in a database.

    `decimals` says of which number facts the columns have other than six decimals: with 2, the column holds whole
    hundredths of the unit. Raises `InputError` for an unknown level or fact, and `EnvelopeError` where the pack is
    outside what columns can say.
    """

    def __init__(self, pack: Pack, level: str, decimals: Mapping[str, int] | None = None) -> None:
        self.layout = layout_of(pack, level, decimals)
        self.pack = pack
        self.level = level

    @property
    def schema(self) -> dict[str, Any]:
        """Every column that a table may have, and the type of Ibis in which it is read without conversion."""
        return {name: column_type(column) for name, column in self.layout.columns.items()}

    def judge(self, table: Any, as_of: date | None = None, missing: str = "", normalised: bool = False) -> Any:
        """The outcome of every norm and the decision for each row, as codes (`OUTCOMES`, `DECISIONS`).

        `table` is a table of Ibis, and so is the result: a query that runs where the table lives, once it is asked
        for. Without `as_of` each row has its own date in the column `as_of`. `missing` adds the facts that undetermined
        norms lack, as bit masks: of the `case`, or of each `finding`. `normalised` says that the table holds what
        follows from other facts already. Columns that are none of the case's own are kept, and tell the rows apart: a
        database keeps no order. A row in which something is impossible is `rejected`, and has no outcome and no
        decision.

        Raises `InputError` for columns of a wrong type or name, a missing as-of date, or an unknown `missing`.
        """
        refuse_scope(missing)
        query = self._query(table, as_of, normalised, missing)
        made = {REJECTED: query.stages.rejected}
        made |= {name: query.code(codes) for name, codes in query.results.codes.items()}
        for name, masks in query.results.masks.items():
            for word in sorted(frozenset().union(*map(query.stages.expressions.words, masks))):
                made[f"{name}.{word}"] = query.mask(masks, word)
        refuse_taken(query.stages.own, made)
        return query.stages.selected(made)

    def named(self, judged: Any) -> Any:
        """A result with outcomes and decision by name, and missing facts as lists of names."""
        norms = {norm.id for norm in self.pack.norms_at(self.level)}
        outcomes, decisions = [outcome.value for outcome in OUTCOMES], [decision.value for decision in DECISIONS]
        found = {name: judged[name] for name in judged.columns}
        found |= {name: _spelt(judged[name], outcomes) for name in found if name in norms}
        found[DECISION] = _spelt(judged[DECISION], decisions)
        for base, several in missing_words(judged.columns).items():
            for word in several:
                del found[f"{base}.{word}"]
            found[base] = self._names(judged, base, several)
        return judged.select([expression.name(name) for name, expression in found.items()])

    def _names(self, judged: Any, base: str, several: Sequence[int]) -> Expression:
        names, nothing = [], no_texts(judged)
        for word in several:
            mask = judged[f"{base}.{word}"]
            for bit, fact in enumerate(self.layout.facts[word * WORD : (word + 1) * WORD]):
                there = (mask & ibis.literal(1 << bit, type=NARROWER)) != 0
                names.append(ibis.ifelse(there, ibis.array([fact]), nothing))
        first, *others = names
        listed = first.concat(*others) if others else first
        return ibis.ifelse(judged[f"{base}.{several[0]}"].isnull(), ibis.null("array<string>"), listed)

    def problems(self, table: Any, as_of: date | None = None, normalised: bool = False) -> Any:
        """What is wrong with the rejected rows, a line each: `fact`, `message` and `help`, beside the columns that are
        none of the case's own.

        Raises as `judge` does.
        """
        reading, programs, own = self._read(table, as_of, normalised)
        reasons = [(check.fact, check.message, check.help) for check in programs[0].checks]
        rejects: list[Truth] = [check.fails for check in programs[0].checks]
        if as_of is None:
            reasons.append((AS_OF_COLUMN, "the date is missing", "give the day on which the application was accepted"))
            rejects.append(NoValue(AS_OF_COLUMN))
        stages = staged(table, reading, self.layout, own, rejects, ())
        found = [stages.expressions.truth(fails) for fails in rejects]
        for name, strange in stages.found_strange().items():
            reasons.append((name, *_STRANGE[self.layout.columns[name].kind]))
            found.append(strange)
        made = {"fact": 0, "message": 1, "help": 2}
        refuse_taken(own, made)
        numbers = [ibis.ifelse(fails, number, ibis.null("int64")) for number, fails in enumerate(found)]
        listed = stages.selected({_REASON: ibis.array(numbers or [ibis.null("int64")]).unnest()}, stages.rejected)
        listed = listed.filter(listed[_REASON].notnull())
        texts = {name: _spelt(listed[_REASON], [reason[part] for reason in reasons]) for name, part in made.items()}
        return listed.select(*own, **texts)

    # ------------------------------------------------------------ the query

    def _read(
        self, table: Any, as_of: date | None, normalised: bool
    ) -> tuple[Reading, tuple[Program, ...], tuple[str, ...]]:
        """How a table is read, what is asked of it, and which of its columns are none of the case's own."""
        reading = read_table(self.pack, self.layout, table, as_of is not None)
        programs = lower(self.pack, self.layout, reading.columns.keys(), as_of, normalised)
        own = (name for name in table.columns if name not in self.layout.columns or name == AS_OF_COLUMN)
        return reading, programs, tuple(own)

    def _query(self, table: Any, as_of: date | None, normalised: bool, missing: str) -> _Query:
        reading, programs, own = self._read(table, as_of, normalised)
        results = Results.of(programs, missing)
        rejects: list[Truth] = [results.fails]
        outputs = results.nodes
        if as_of is None:
            rejects.append(NoValue(AS_OF_COLUMN))
            outputs += [_until(program.last) for program in programs[:-1]]
        return _Query(staged(table, reading, self.layout, own, rejects, outputs), results)


def _until(last: date) -> Truth:
    """Whether a row's day is not after this one."""
    return negation(before(DayConstant(last), DayColumn(AS_OF_COLUMN)))


def _spelt(codes: Expression, words: Sequence[str]) -> Expression:
    if not words:
        return ibis.null("string")
    return codes.cases(*((code, word) for code, word in enumerate(words)))
