"""What a run of mutation prints: norms with survivors, the survivors, and the score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from math import floor

from ynpolicy.mutation import Mutation, Survivor
from ynpolicy.values import Interval, SymbolSet, Value, number_text


def report(mutation: Mutation) -> Iterator[str]:
    """The lines of the report, in order."""
    for table in mutation.tables:
        with_cases = table.rows - len(table.uncovered)
        yield f"{table.id}: each change made in {with_cases} of {table.rows} rows; {len(table.uncovered)} have no case"
    survived = Counter(survivor.mutant.subject for survivor in mutation.survivors)
    for subject, count in survived.items():
        yield f"{subject}: {mutation.made[subject]} mutants, {count} survived"
    for survivor in mutation.survivors:
        yield from _survivor(survivor)
    equivalent = f"{len(mutation.equivalent)}"
    if mutation.waiting:
        equivalent += f" ({mutation.waiting} of them in norms with an unverified parameter)"
    yield (
        f"mutants: {sum(mutation.made.values())}, killed {mutation.killed}, equivalent {equivalent}, "
        f"survived {len(mutation.survivors)}; score {percent(mutation.score)} %"
    )


def percent(share: Fraction) -> str:
    """A share in per cent with one decimal, rounded down: what is printed as 95.0 is 95 or more."""
    return f"{floor(share * 1000) / 10:.1f}"


def _survivor(survivor: Survivor) -> Iterator[str]:
    mutant = survivor.mutant
    yield f"{mutant.place}: survived: {mutant.subject}: {mutant.change.value}: {mutant.words}"
    found = survivor.witness
    if found is None:
        yield f"  not shown to be equivalent: {survivor.reason}"
        return
    facts = ", ".join(f"{name}: {_text(value)}" for name, value in found.changed.items())
    case = f"“{found.near}”{' with ' if facts else ''}{facts}" if found.near else facts or "any case"
    outcomes = f"{found.before.outcome.value} becomes {found.after.outcome.value}"
    under = "".join(f" under {reading}={option}" for reading, option in found.chosen.items())
    yield f"  told apart by {found.before.norm.id} as of {found.as_of}{under}: {case}: {outcomes}"


def _text(value: Value | None) -> str:
    match value:
        case None:
            return "unknown"
        case bool():
            return "true" if value else "false"
        case Interval(low, high):
            return number_text(low) if low == high else f"{number_text(low)} to {number_text(high)}"
        case SymbolSet(members, complete):
            return f"[{', '.join(sorted(members))}]" + ("" if complete else " and perhaps others")
        case _:
            return str(value)
