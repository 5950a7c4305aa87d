"""Tables with overlapping or missing rows: rows that become norms, and rows by which facts follow from others."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from ynpolicy.claim_files import family_of
from ynpolicy.claims import Settlement
from ynpolicy.engines.smt import both, every, no
from ynpolicy.expressions import show
from ynpolicy.ir import All, FactType, Kind, Lookup, Norm, Pack, Text, facts_read
from ynpolicy.judge import Judge
from ynpolicy.proof.bench import Bench, word
from ynpolicy.proof.checks import Check, Standing

Family = tuple[Norm, ...]


def families(bench: Bench) -> Iterator[Family]:
    """The norms of one table's rows that demand something of the same facts: of these one row should bind a case."""
    groups: dict[tuple[str, tuple[str, ...]], list[Norm]] = {}
    for norm in bench.norms:
        if norm.requirement is not None and "[" in norm.id:
            key = family_of(norm.id), tuple(sorted(facts_read(norm.requirement)))
            groups.setdefault(key, []).append(norm)
    yield from (tuple(group) for group in groups.values() if len(group) > 1)


def row_overlaps(bench: Bench) -> Iterator[Check]:
    """One check for each two rows of a family: no case, on no day, is bound by both."""
    encoding = bench.law.encoding
    for family in families(bench):
        for first, second in combinations(family, 2):
            about = first.id, second.id
            answer = bench.law.find(encoding.norm(first.id).binds, encoding.norm(second.id).binds)
            if answer.proved_none:
                yield bench.proved("row_overlap", about)
            elif not answer.found:
                yield bench.undecided("row_overlap", about, answer.reason)
            else:
                says = Text(
                    f"两行同时适用于一个案件：{first.id}、{second.id}",
                    f"two rows bind one case: {first.id}, {second.id}",
                )
                witness = bench.witness(bench.law, answer, about)
                yield bench.found("row_overlap", about, says, [witness], word(answer))


def row_gaps(bench: Bench) -> Iterator[Check]:
    """One check for each family: where the lines that all its rows share hold, some row binds.

    Only days from the first on which a row is in force to the last are looked at.
    """
    encoding = bench.law.encoding
    for family in families(bench):
        about = (family_of(family[0].id),)
        shared = All(tuple(item for item in family[0].applies.items if all(item in n.applies.items for n in family)))
        days = _days(bench, family)
        none_binds = every(no(encoding.norm(norm.id).in_force) for norm in family)
        outside = every(
            no(both(encoding.norm(norm.id).in_force, no(encoding.norm(norm.id).applies.no))) for norm in family
        )
        answer = bench.law.find(days, encoding.territory.yes, encoding.truth(shared).yes, outside, no(none_binds))
        if answer.proved_none:
            answer = bench.law.find(days, encoding.territory.yes, encoding.truth(shared).yes, outside)
        if answer.proved_none:
            yield bench.proved("row_gap", about)
        elif not answer.found:
            yield bench.undecided("row_gap", about, answer.reason)
        else:
            says = Text(
                f"{about[0]}：有的案件没有一行适用（各行共同的条件：{show(shared)}）",
                f"{about[0]}: no row is for this case, in which all that the rows share holds ({show(shared)})",
            )
            witness = bench.witness(bench.law, answer, [norm.id for norm in family])
            yield bench.found("row_gap", about, says, [witness], word(answer))


def _days(bench: Bench, family: Family) -> object:
    """The days from the first on which a row of a family is in force to the last."""
    law = bench.law.encoding.law
    first = min(max(norm.since or bench.pack.since, bench.pack.since) for norm in family)
    ends = [norm.until for norm in family]
    dues = [norm.due for norm in family if norm.due is not None]
    begun = law.after(min(dues)) if len(dues) == len(family) else True
    closed = [end for end in ends if end is not None]
    return both(law.since(first), begun, law.until(max(closed)) if len(closed) == len(ends) else True)


# ---------------------------------------------------------------- lookups


def lookup_gaps(judge: Judge, used: set[tuple[Settlement, str]]) -> Iterator[Check]:
    """One check for each fact that follows by a table: each symbol of its source has a row, with a cell.

    An empty cell says that a fact does not follow; that is a gap where the fact is no set, which a row may leave open.
    """
    for fact in judge.pack.facts.values():
        if isinstance(fact.derived, Lookup):
            yield _lookup(judge, fact, fact.derived, used)


def _lookup(judge: Judge, fact: FactType, lookup: Lookup, used: set[tuple[Settlement, str]]) -> Check:
    pack = judge.pack
    about = lookup.table, fact.name
    missing = tuple(_uncovered(pack, fact, lookup))
    if not missing:
        return Check("row_gap", about, Standing.PROVED, "by counting")
    level = next(iter(fact.levels or pack.facts[lookup.fact].levels), "project")
    case = {"case": "witness", "level": level, "as_of": pack.since.isoformat(), "facts": {lookup.fact: missing[0]}}
    says = Text(
        f"表 {lookup.table} 没有（或空着）{'、'.join(missing)}，{fact.name} 不能由 {lookup.fact} 得出",
        f"table {lookup.table} has no row, or an empty cell, for {', '.join(missing)}: "
        f"{fact.name} does not follow from {lookup.fact}",
    )
    bench = Bench(judge, level)
    check = bench.found("row_gap", (lookup.table,), says, [bench.replayed(case, {})], "by counting")
    used |= bench.used
    return check


def _uncovered(pack: Pack, fact: FactType, lookup: Lookup) -> Iterator[str]:
    rows = pack.tables[lookup.table].rows
    for symbol in pack.facts[lookup.fact].symbols:
        if symbol not in rows or (fact.kind is not Kind.SYMBOLS and not rows[symbol][lookup.column]):
            yield symbol
