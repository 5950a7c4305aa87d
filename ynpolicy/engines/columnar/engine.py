"""The engine itself: a program of the lowering, translated, staged and run over a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, TypeVar

import polars as pl
from attrs import evolve, frozen

from ynpolicy.engines.columnar.expressions import KEPT, Expressions
from ynpolicy.engines.columnar.tables import Reading, column_type, read_table
from ynpolicy.engines.columnar.words import words_of
from ynpolicy.engines.lowering import DECISIONS, OUTCOMES, Program, lower
from ynpolicy.engines.lowering.columns import AS_OF_COLUMN
from ynpolicy.engines.lowering.lacking import lacking
from ynpolicy.engines.lowering.nodes import FALSE, Code, Mask, Truth
from ynpolicy.engines.lowering.plan import Node, planned
from ynpolicy.engines.lowering.results import DECISION, MISSING, REJECTED, WORD, Results, missing_words, refuse_scope
from ynpolicy.engines.lowering.tables import layout_of, refuse_taken
from ynpolicy.ir import Pack

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)

_JUDGED: Final = f"{KEPT}judged"
_REJECTS: Final = (~pl.col(_JUDGED)).alias(REJECTED)
_ROW: Final = f"{KEPT}row"
_RECIPES: Final = 16
"""For so many kinds of table an engine remembers what to do."""
_AS_WRITTEN: Final = pl.QueryOptFlags.none()
"""What the plan computes is in order already: to optimise it for each table takes longer than it saves."""


@frozen
class _Work:
    """What is kept in a table of one schema, stage by stage; outcomes are made of that.

    The last column kept says, true or false, whether a row is judged.
    """

    stages: tuple[Sequence[pl.Expr], ...]
    expressions: Expressions
    results: Results
    words: Mapping[int, pl.Expr]
    """The missing facts of the case, where they are asked for."""

    def on(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """A table with everything kept in it."""
        for stage in self.stages:
            frame = frame.with_columns(stage)
        return frame

    def code(self, by_program: Sequence[Code]) -> pl.Expr:
        """A code, each row by the program of its day."""
        return _by_day(self.results.programs, [(code, self.expressions.code(code)) for code in by_program])

    def masks(self) -> dict[str, pl.Expr]:
        """The missing facts asked for, word by word, each row by the program of its day."""
        if self.words:
            return {f"{MISSING}.{word}": bits for word, bits in self.words.items()}
        found = {}
        for name, by_program in self.results.masks.items():
            for word in sorted(frozenset().union(*map(self.expressions.words, by_program))):
                bits = [(mask, self.expressions.mask(mask, word)) for mask in by_program]
                found[f"{name}.{word}"] = _by_day(self.results.programs, bits)
        return found


def _by_day(programs: Sequence[Program], several: Sequence[tuple[Node | None, pl.Expr]]) -> pl.Expr:
    """What each row has by the program of its day."""
    *earlier, (last, found) = several
    for (node, expression), program in reversed(list(zip(earlier, programs, strict=False))):
        if node != last:
            found = pl.when(pl.col(AS_OF_COLUMN) <= program.last).then(expression).otherwise(found)
        last = node
    return found


@frozen
class _Recipe:
    """How a table of one schema is judged: what is kept in it, which of its columns the result has, and what is made.

    What is made is null where a row is rejected.
    """

    work: _Work
    kept: tuple[pl.Expr, ...]
    made: Mapping[str, pl.Expr]

    def lazily(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """The result of a lazy table."""
        made = (pl.when(_JUDGED).then(expression).alias(name) for name, expression in self.made.items())
        return self.work.on(frame).select(*self.kept, _REJECTS, *made)

    def at_once(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The result of a table in memory: most have no rejected row, so these are blanked only where there are any."""
        made = (expression.alias(name) for name, expression in self.made.items())
        work = self.work.on(frame.lazy()).select(*self.kept, _REJECTS, *made)
        found = work.collect(engine="streaming", optimizations=_AS_WRITTEN)
        if not found[REJECTED].any():
            return found
        return found.with_columns(pl.when(~pl.col(REJECTED)).then(pl.col(list(self.made))))


class ColumnarEngine:
    """The norms of one level of a pack, for tables.

    `decimals` says of which number facts the columns have other than six decimals: with 2, the column holds whole
    hundredths of the unit. Raises `InputError` for an unknown level or fact, and `EnvelopeError` where the pack is
    outside what columns can say.
    """

    def __init__(self, pack: Pack, level: str, decimals: Mapping[str, int] | None = None) -> None:
        self.pack = pack
        self.level = level
        self.layout = layout_of(pack, level, decimals)
        self._recipe = lru_cache(_RECIPES)(self._made)

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Every column that a table may have, and the type in which it is read without conversion."""
        return {name: column_type(column) for name, column in self.layout.columns.items()}

    @property
    def words(self) -> int:
        """How many columns the missing facts of a case take."""
        return -(-len(self.layout.facts) // WORD)

    def judge(self, frame: Frame, as_of: date | None = None, missing: str = "", normalised: bool = False) -> Frame:
        """The outcome of every norm and the decision for each row, as codes (`OUTCOMES`, `DECISIONS`).

        Without `as_of` each row has its own date in the column `as_of`. `missing` adds the facts that undetermined
        norms lack, as bit masks: of the `case`, or of each `finding`. `normalised` says that the table holds what
        follows from other facts already. Columns that are none of the case's own are kept. A row in which something is
        impossible is `rejected`, and has no outcome and no decision.

        Raises `InputError` for columns of a wrong type or name, a missing as-of date, or an unknown `missing`.
        """
        refuse_scope(missing)
        recipe = self._recipe(tuple(frame.collect_schema().items()), as_of, missing, normalised)
        return recipe.lazily(frame) if isinstance(frame, pl.LazyFrame) else recipe.at_once(frame)

    def named(self, judged: Frame) -> Frame:
        """A result with outcomes and decision by name, and missing facts as lists of names."""
        columns = judged.lazy().collect_schema().names()
        norms = {norm.id for norm in self.pack.norms_at(self.level)}
        texts = [_spelt(name, [outcome.value for outcome in OUTCOMES]) for name in columns if name in norms]
        texts.append(_spelt(DECISION, [decision.value for decision in DECISIONS]))
        words = missing_words(columns)
        lists = [self._names(base, found).alias(base) for base, found in words.items()]
        masks = [f"{base}.{word}" for base, found in words.items() for word in found]
        return judged.with_columns(*texts, *lists).drop(masks)

    def _names(self, base: str, words: Sequence[int]) -> pl.Expr:
        found = [
            pl.when(pl.col(f"{base}.{word}") & (1 << bit) != 0).then(pl.lit(fact))
            for word in words
            for bit, fact in enumerate(self.layout.facts[word * WORD : (word + 1) * WORD])
        ]
        return pl.concat_list(found).list.drop_nulls()

    def problems(
        self, frame: pl.DataFrame | pl.LazyFrame, as_of: date | None = None, normalised: bool = False
    ) -> pl.DataFrame:
        """What is wrong with the rejected rows, a line each: `row` (from 0), `fact`, `message` and `help`.

        Raises as `judge` does.
        """
        lazy = frame.lazy().with_row_index(_ROW)
        reading = read_table(self.pack, self.layout, lazy.collect_schema(), as_of is not None)
        work = self._prepared(reading, as_of, normalised, "")
        checks = [(c.fact, c.message, c.help, work.expressions.truth(c.fails)) for c in work.results.programs[0].checks]
        symbols = ("the value is not one of its symbols", "`ynpolicy facts` lists them")
        checks += [(name, *symbols, pl.col(f"{KEPT}{name}")) for name in reading.strange]
        if as_of is None:
            given = ("the date is missing", "give the day on which the application was accepted")
            checks.append((AS_OF_COLUMN, *given, pl.col(AS_OF_COLUMN).is_null()))
        found = [
            pl.when(fails).then(pl.struct(fact=pl.lit(fact), message=pl.lit(message), help=pl.lit(help)))
            for fact, message, help, fails in checks
        ]
        rejected = work.on(lazy).filter(~pl.col(_JUDGED))
        if not found:
            return rejected.select(pl.col(_ROW).alias("row")).collect()
        listed = rejected.select(pl.col(_ROW).alias("row"), pl.concat_list(found).list.drop_nulls().alias("problem"))
        return listed.explode("problem").unnest("problem").collect()

    # ------------------------------------------------------------ stages

    def _made(
        self, schema: Sequence[tuple[str, pl.DataType]], as_of: date | None, missing: str, normalised: bool
    ) -> _Recipe:
        reading = read_table(self.pack, self.layout, dict(schema), as_of is not None)
        work = self._prepared(reading, as_of, normalised, missing)
        own = self.layout.columns.keys() - {AS_OF_COLUMN}
        kept = [name for name, _ in schema if name not in own]
        made = {name: work.code(codes) for name, codes in work.results.codes.items()} | work.masks()
        refuse_taken(kept, [REJECTED, *made])
        return _Recipe(work, tuple(map(pl.col, kept)), made)

    def _prepared(self, reading: Reading, as_of: date | None, normalised: bool, missing: str) -> _Work:
        programs = lower(self.pack, self.layout, reading.columns.keys(), as_of, normalised)
        orders = {name: self.layout.columns[name].symbols for name in reading.columns}
        read = [expression.alias(name) for name, expression in reading.columns.items() if expression is not None]
        read += [expression.alias(f"{KEPT}{name}") for name, expression in reading.strange.items()]
        results = Results.of(programs, missing)
        lacks = _lacking(results.masks[MISSING]) if missing == "case" else {}
        nodes = [*(evolve(results, masks={}) if lacks else results).nodes, *(t for ts in lacks.values() for t in ts)]
        plan = planned(nodes)
        expressions = Expressions(plan, reading.types, orders, self.layout.facts)
        stages = [read, *(expressions.keep(stage) for stage in plan.stages)]
        rejects = [expressions.truth(results.fails), *(pl.col(f"{KEPT}{name}") for name in reading.strange)]
        rejects += [pl.col(AS_OF_COLUMN).is_null()] if as_of is None else []
        words = words_of(
            {
                self.layout.facts.index(fact): _by_day(
                    programs, [(truth, expressions.truth(truth)) for truth in truths]
                )
                for fact, truths in lacks.items()
            }
        )
        stages += words.stages
        stages.append([(~pl.any_horizontal(rejects)).fill_null(True).alias(_JUDGED)])
        return _Work(tuple(stage for stage in stages if stage), expressions, results, words.words)


def _lacking(by_program: Sequence[Mask | None]) -> dict[str, list[Truth]]:
    """For each fact that may be missing when it is, by program."""
    found = [lacking(mask) for mask in by_program]
    return {fact: [truths.get(fact, FALSE) for truths in found] for fact in dict.fromkeys(f for t in found for f in t)}


def _spelt(column: str, words: list[str]) -> pl.Expr:
    return pl.col(column).replace_strict(list(range(len(words))), words, return_dtype=pl.Enum(words))
