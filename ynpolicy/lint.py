"""What a pack's keeper should mend although the pack loads: gaps, leftovers, quotes that the text does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from ynpolicy.casebook import coverage, read_casebook, run_casebook
from ynpolicy.collation import collate, missing_entries
from ynpolicy.errors import Place, Problem
from ynpolicy.grouping_files import lines_of, read_by
from ynpolicy.ir import Deadline, Norm, Pack, Parameter, facts_read, parameters_read
from ynpolicy.judge import Judge
from ynpolicy.portfolio.casebook import list_gaps, read_lists, run_lists
from ynpolicy.portfolio.judging import PortfolioJudge


def lint(judge: Judge, text: Path | None = None) -> tuple[Problem, ...]:
    """Everything that lint finds in a pack, by place; with the instrument's text, quotes are looked up in it.

    Raises `InputError` when the text or the casebook cannot be read.
    """
    pack = judge.pack
    problems = [*_unused(pack), *_uncovered_days(pack)]
    problems += [Problem(deviation.place, deviation.message.en) for deviation in missing_entries(pack)]
    if text is not None:
        problems += collate(pack, text).problems()
    results, failed = run_casebook(judge, read_casebook(pack))
    problems += failed
    where = Place(f"{Path(pack.root).name}/cases")
    problems += [Problem(where, gap, "add a case") for gap in coverage(pack, results).gaps()]
    lists, failed = run_lists(PortfolioJudge(pack, judge.use_forward), read_lists(pack))
    problems += failed
    problems += [Problem(where, gap, "add a list to cases/portfolio/") for gap in list_gaps(pack, lists)]
    return tuple(sorted(set(problems)))


def _unused(pack: Pack) -> Iterator[Problem]:
    conditions = [c for norm in pack.norms.values() for c in norm.conditions] + list(pack.territory.values())
    conditions += [fact.arises for fact in pack.facts.values() if fact.arises is not None]
    conditions += lines_of(pack.groupings)
    facts = {name for condition in conditions for name in facts_read(condition)}
    followed = [norm.progress for norm in pack.norms.values() if norm.progress is not None]
    facts |= {name for told in followed for name in (told.final, told.latest, told.year)}
    facts.update(source for fact in pack.facts.values() if fact.derived for source in fact.derived.sources)
    facts.update(name for grouping in pack.groupings.values() for name in read_by(grouping))
    parameters = {name for condition in conditions for name in parameters_read(condition)}
    parameters |= _counting(pack, pack.facts)
    readings = {name for norm in pack.norms.values() for name in norm.readings}
    unders = [norm.under for norm in pack.norms.values()]
    unders += [entry.under for parameter in pack.parameters.values() for entry in parameter.every]
    chosen = {(reading, option) for under in unders for reading, options in under.items() for option in options}
    encoded = {name for norm in pack.norms.values() for name in norm.clauses}
    cited = encoded | {name for norm in pack.norms.values() for name in norm.contrary}
    for fact in pack.facts.values():
        if fact.name not in facts and fact.kind.value != "text":
            yield Problem(fact.place, f"no condition reads the fact `{fact.name}`", "use it or remove it")
    for parameter in pack.parameters.values():
        if parameter.name not in parameters:
            message = f"no condition reads the parameter `{parameter.name}`"
            yield Problem(parameter.place, message, "use it or remove it")
        for entry in parameter.values:
            if entry.clause and entry.clause not in pack.clauses:
                yield Problem(parameter.place, f"`{parameter.name}`: unknown clause `{entry.clause}`")
    for reading in pack.readings.values():
        if reading.id not in readings:
            yield Problem(reading.place, f"no norm names the reading `{reading.id}`", "name it under `readings:`")
        for option in list(reading.options)[1:]:
            if (reading.id, option) not in chosen:
                message = f"option `{option}` of reading `{reading.id}` changes nothing"
                yield Problem(reading.place, message, "let a norm or a value stand `under` it")
    for clause in pack.clauses.values():
        if clause.kind == "encoded" and clause.id not in cited:
            yield Problem(clause.place, f"no norm encodes the clause `{clause.id}`", "encode it, or say why not")
        elif clause.kind != "encoded" and clause.id in encoded:
            yield Problem(clause.place, f"clause `{clause.id}` is `{clause.kind}` and a norm encodes it")


def _uncovered_days(pack: Pack) -> Iterator[Problem]:
    for norm in pack.norms.values():
        first, last = norm.since or pack.since, norm.until or pack.period[1]
        used = {name for condition in norm.conditions for name in parameters_read(condition)}
        read = {name for condition in norm.conditions for name in facts_read(condition)}
        for name in sorted(used | _counting(pack, read)):
            gap = _first_gap(pack.parameters[name], first, last)
            if gap is not None:
                yield _gap_problem(norm, name, gap)


def _counting(pack: Pack, facts: Iterable[str]) -> set[str]:
    """The parameters by which some facts are counted as deadlines."""
    derived = (pack.facts[name].derived for name in facts)
    return {found.parameter for found in derived if isinstance(found, Deadline)}


def _gap_problem(norm: Norm, parameter: str, day: date) -> Problem:
    help = "give it a value for that day, or mark it unverified"
    return Problem(norm.place, f"norm `{norm.id}` is in force on {day}, its parameter `{parameter}` has no value", help)


def _first_gap(parameter: Parameter, first: date, last: date) -> date | None:
    day = first
    while day <= last:
        entry = parameter.at(day)
        if entry is None:
            return day
        if entry.until is None:
            return None
        day = entry.until + timedelta(1)
    return None
