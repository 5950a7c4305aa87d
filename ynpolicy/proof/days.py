"""Discontinuities between dates: days on which a norm is in force and a number that it needs is missing, or is two."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations, pairwise

from ynpolicy.claim_files import family_of
from ynpolicy.engines.smt import both, every, no
from ynpolicy.ir import DatedValue, Norm, Parameter, Text, facts_read, parameters_read
from ynpolicy.proof.bench import Bench, word
from ynpolicy.proof.checks import Check
from ynpolicy.verdict import Outcome


def date_gaps(bench: Bench) -> Iterator[Check]:
    """One check for each norm and each dated parameter that it reads."""
    for norm in bench.norms:
        names = dict.fromkeys(name for condition in norm.conditions for name in parameters_read(condition))
        for name in names:
            parameter = bench.pack.parameters[name]
            if not parameter.is_day and any(entry.since or entry.until for entry in parameter.values):
                yield _gap(bench, norm, parameter)
                yield _overlap(bench, norm, parameter)


def _gap(bench: Bench, norm: Norm, parameter: Parameter) -> Check:
    """Whether on some day the norm is in force, the parameter has no entry, and a case stays open for that alone."""
    encoding = bench.law.encoding
    nothing = every(no(here) for here, _ in encoding.law.entries(parameter.name))
    formulas = encoding.norm(norm.id)
    about = norm.id, parameter.name
    answer = bench.law.find(formulas.in_force, nothing, formulas.outcomes[Outcome.UNDETERMINED])
    if answer.proved_none:
        return bench.proved("date_gap", about)
    if not answer.found:
        return bench.undecided("date_gap", about, answer.reason)
    day = encoding.as_of(answer.model).isoformat()
    says = Text(
        f"{norm.id} 在 {day} 有效，参数 {parameter.name} 当日没有值",
        f"{norm.id} is in force on {day}, and the parameter {parameter.name} has no value on that day",
    )
    return bench.found("date_gap", about, says, [bench.witness(bench.law, answer, [norm.id])], word(answer))


def _overlap(bench: Bench, norm: Norm, parameter: Parameter) -> Check:
    """Whether on some day on which the norm is in force two entries of the parameter hold."""
    encoding = bench.law.encoding
    about = norm.id, parameter.name
    for one, two in combinations(parameter.values, 2):
        span = _shared(one, two)
        if span is None or one.value == two.value:
            continue
        law = encoding.law
        answer = bench.law.find(encoding.norm(norm.id).in_force, both(law.since(span[0]), law.until(span[1])))
        if answer.found:
            day = encoding.as_of(answer.model).isoformat()
            says = Text(
                f"参数 {parameter.name} 在 {day} 有两个值，{norm.id} 读到的是先列的一个",
                f"the parameter {parameter.name} has two values on {day}; {norm.id} reads the one listed first",
            )
            return bench.found("date_gap", about, says, [bench.witness(bench.law, answer, [norm.id])], word(answer))
        if not answer.proved_none:
            return bench.undecided("date_gap", about, answer.reason)
    return bench.proved("date_gap", about)


# ---------------------------------------------------------------- norms that follow each other


def successions(bench: Bench) -> Iterator[Check]:
    """One check for each two norms of which the second takes the place of the first: no day lies between or in both.

    They follow each other where they have one scope and one modality and demand something of the same facts, the first
    has a last day and the second a first one. Rows of one table are looked at as a family.
    """
    lines: dict[tuple[object, ...], list[Norm]] = {}
    for norm in bench.norms:
        if norm.requirement is not None:
            key = norm.modality, norm.applies, frozenset(facts_read(norm.requirement))
            lines.setdefault(key, []).append(norm)
    for line in lines.values():
        dated = sorted(line, key=lambda norm: norm.since or date.min)
        for first, second in pairwise(dated):
            if first.until is None or second.since is None or family_of(first.id) == family_of(second.id):
                continue
            yield _succession(bench, first, second, first.until, second.since)


def _succession(bench: Bench, first: Norm, second: Norm, last: date, begin: date) -> Check:
    encoding = bench.law.encoding
    about = first.id, second.id
    one, two = encoding.norm(first.id), encoding.norm(second.id)
    law = encoding.law
    if begin <= last:
        says = Text(
            f"{first.id} 与接替它的 {second.id} 有几日同时有效",
            f"{first.id} and {second.id}, which follows it, are both in force for some days",
        )
        answer = bench.law.find(one.binds, two.binds)
    else:
        says = Text(
            f"{first.id} 失效后、{second.id} 生效前有几日两条都不适用",
            f"after {first.id} ends and before {second.id} begins there are days without either",
        )
        answer = bench.law.find(law.after(last), no(law.since(begin)), one.applies.yes)
    if answer.found:
        return bench.found("date_gap", about, says, [bench.witness(bench.law, answer, about)], word(answer))
    return bench.proved("date_gap", about) if answer.proved_none else bench.undecided("date_gap", about, answer.reason)


def _shared(one: DatedValue, two: DatedValue) -> tuple[date | None, date | None] | None:
    """The days, both included, on which two entries hold; None where there are none."""
    since = max((day for day in (one.since, two.since) if day), default=None)
    until = min((day for day in (one.until, two.until) if day), default=None)
    return None if since and until and since > until else (since, until)
