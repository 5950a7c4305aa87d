"""What is true of every pack and of every case of it: each property says in words where it does not hold.

The properties are those by which a verdict can be relied on (see `docs/explanation/meaning.md`). `PROPERTIES` lists
them; `suite` makes a test of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from attrs import evolve, frozen

from ynpolicy.errors import InputError
from ynpolicy.expressions import parse, show
from ynpolicy.ir import All, Case, DatedValue, Pack, Parameter, facts_read, is_settled, leaves, parameters_read
from ynpolicy.testing.chance import Draw
from ynpolicy.testing.learning import open_facts, partial, refined, settled
from ynpolicy.testing.renaming import PREFIX, renamed_case
from ynpolicy.testing.subject import Drawn, Judged, Subject, judged
from ynpolicy.testing.written import as_normalised
from ynpolicy.values import Interval, Missing, SymbolSet, Value, exact
from ynpolicy.verdict import Decision, Finding, Outcome

Wrongs = Iterator[str]

NO_BREACHES: Final = frozenset({Outcome.COMPLIED, Outcome.EXEMPT, Outcome.NOT_APPLICABLE})
_OPEN_OR_IDLE: Final = frozenset({Outcome.UNDETERMINED, Outcome.NOT_APPLICABLE, Outcome.NOT_IN_FORCE})


@frozen
class Property:
    """A sentence, how to draw what it is tried on, and what is wrong with that, if anything."""

    sentence: str
    draw: Callable[[Subject, Draw], Drawn]
    wrongs: Callable[[Subject, Drawn], Wrongs]

    @property
    def name(self) -> str:
        """The sentence as part of a Python name."""
        return self.sentence.replace(" ", "_")


# ---------------------------------------------------------------- what a property is tried on


def one_case(subject: Subject, draw: Draw) -> Drawn:
    """Any case."""
    return Drawn((subject.space.mixed(draw),), seed=draw.below(2**16))


def more_learnt(subject: Subject, draw: Draw) -> Drawn:
    """A case, and the same after something has been learnt: one fact that a norm turns on, or any."""
    if draw.chance(60):
        return half_forgotten(subject, draw)
    case = subject.space.mixed(draw)
    return Drawn((case, refined(draw, subject.space, case)))


def more_accurate(subject: Subject, draw: Draw) -> Drawn:
    """A case with coarse measurements and sets known in part, and the same known more closely."""
    fine = subject.space.mixed(draw)
    coarse = partial(draw, subject.space, fine, ["coarse"], percent=60)
    return Drawn((coarse, refined(draw, subject.space, coarse, accuracy_only=True) if draw.chance(30) else fine))


def half_forgotten(subject: Subject, draw: Draw) -> Drawn:
    """A case of which something is forgotten, often one fact that a norm turns on, and the whole case."""
    whole = subject.space.mixed(draw)
    determined = [f for f in judged(subject.pack, whole).findings if f.outcome not in _OPEN_OR_IDLE]
    exempt = [finding for finding in determined if finding.exemption]
    chosen = exempt if exempt and draw.chance(60) else determined
    read = _turned_on(draw, draw.one_of(chosen)) if chosen else []
    stated = [name for name in read if name in whole.values]
    if not stated or draw.chance(40):
        return Drawn((partial(draw, subject.space, whole), whole))
    name = draw.one_of(stated)
    return Drawn((partial(draw, subject.space, whole, ["absent", "unknown"], percent=100, among=[name]), whole))


def _turned_on(draw: Draw, finding: Finding) -> list[str]:
    """The facts that a finding's norm reads; mostly those of the exception, where one holds."""
    held = [exemption.when for exemption in finding.norm.exemptions if exemption.id == finding.exemption]
    conditions = held if held and draw.chance(70) else finding.norm.conditions
    return list(dict.fromkeys(name for condition in conditions for name in facts_read(condition)))


def all_learnt(subject: Subject, draw: Draw) -> Drawn:
    """A case, and the same after everything has been learnt."""
    case = subject.space.mixed(draw)
    return Drawn((case, settled(draw, subject.space, case)))


def other_law(subject: Subject, draw: Draw) -> Drawn:
    """A case, and the pack with other values for all that is not in force on its day."""
    case = subject.space.mixed(draw)
    parameters = {name: _changed(draw, found, case) for name, found in subject.pack.parameters.items()}
    return Drawn((case,), evolve(subject.pack, parameters=parameters))


def _changed(draw: Draw, parameter: Parameter, case: Case) -> Parameter:
    entries = [
        entry if _is_in_force(entry, case.as_of) else evolve(entry, value=_other(draw, entry.value))
        for entry in parameter.values
    ]
    return evolve(parameter, values=tuple(entries))


def _is_in_force(entry: DatedValue, day: date) -> bool:
    return (entry.since or date.min) <= day <= (entry.until or date.max)


def _other(draw: Draw, value: Value | None) -> Value | None:
    match value:
        case bool():
            return not value
        case Interval(lo):
            return exact(lo + draw.one_of((1, -1, 1000)))
        case SymbolSet(members):
            return SymbolSet(frozenset() if members else frozenset(["other"]))
        case str():
            return f"{value}-other"
    return None


# ---------------------------------------------------------------- engines


def engines_agree(subject: Subject, drawn: Drawn) -> Wrongs:
    """Outcomes, exemptions, not-yet-due marks and decisions are the same in all engines, missing facts in two."""
    yield from subject.engines().differences(drawn.cases[0])


def same_in_any_order(subject: Subject, drawn: Drawn) -> Wrongs:
    """Each norm has the same finding wherever it stands in the pack, on every engine."""
    (case,) = drawn.cases
    own, other = judged(subject.pack, case), judged(subject.reverse, case)
    after = {finding.norm.id: finding for finding in other.findings}
    for finding in own.findings:
        yield from _told_apart(finding.norm.id, finding, after[finding.norm.id], lambda name: name)
    if [f.norm.id for f in own.findings] != [f.norm.id for f in reversed(other.findings)]:
        yield "the findings are not in the order of the pack's norms"
    yield from _decided_alike(own, other)
    yield from subject.engines("reverse").differences(case)


def same_under_any_name(subject: Subject, drawn: Drawn) -> Wrongs:
    """With other names for facts, parameters, norms and exceptions, the findings are the same, on every engine."""
    (case,) = drawn.cases
    renamed = renamed_case(case)
    own, other = judged(subject.pack, case), judged(subject.renamed, renamed)
    after = {finding.norm.id: finding for finding in other.findings}
    for finding in own.findings:
        id = finding.norm.id
        yield from _told_apart(id, finding, after[PREFIX + id], lambda name: PREFIX + name)
    yield from _decided_alike(own, other)
    yield from subject.engines("renamed").differences(renamed)


def _told_apart(id: str, one: Finding, other: Finding, name: Callable[[str], str]) -> Wrongs:
    before = (one.outcome, one.not_yet_due, one.exemption and name(one.exemption))
    if before != (other.outcome, other.not_yet_due, other.exemption):
        yield f"{id}: {one.outcome.value} before, {other.outcome.value} after"
    if (tuple(map(name, one.missing)), tuple(map(name, one.unverified))) != (other.missing, other.unverified):
        yield f"{id}: lacks {[*one.missing, *one.unverified]} before, {[*other.missing, *other.unverified]} after"
    if [node.truth for node in one.trace] != [node.truth for node in other.trace]:
        yield f"{id}: the trace has other truths"


def _decided_alike(one: Judged, other: Judged) -> Wrongs:
    if one.decision is not other.decision:
        yield f"the decision is {one.decision.value} before, {other.decision.value} after"


# ---------------------------------------------------------------- learning


def learning_reverses_nothing(subject: Subject, drawn: Drawn) -> Wrongs:
    """Violated, departed, justified, review and advice stay; no breach stays none; a refusal stays a refusal."""
    before, after = (judged(subject.pack, case) for case in drawn.cases)
    for one, other in zip(before.findings, after.findings, strict=True):
        if one.outcome in NO_BREACHES:
            fine = other.outcome in NO_BREACHES
        else:
            same = (one.outcome, one.not_yet_due) == (other.outcome, other.not_yet_due)
            fine = one.outcome is Outcome.UNDETERMINED or same
        if not fine:
            yield f"{one.norm.id}: {one.outcome.value} while less is known, {other.outcome.value} when more is"
    final = before.decision in (Decision.REFUSED, Decision.NOT_JUDGED)
    final = final or all(finding.outcome is not Outcome.UNDETERMINED for finding in before.findings)
    allowed = {before.decision}
    if before.decision is Decision.IN_ORDER:
        allowed.add(Decision.NOT_JUDGED)
    if final and after.decision not in allowed:
        yield f"the decision is {before.decision.value} while less is known, {after.decision.value} when more is"


def all_learnt_leaves_only_the_law_open(subject: Subject, drawn: Drawn) -> Wrongs:
    """With all facts known, nothing is missing; what is undetermined turns on the law or on `not_applicable`."""
    yield from learning_reverses_nothing(subject, drawn)
    after = judged(subject.pack, drawn.cases[1])
    still = set(open_facts(subject.space, after.case))
    barred = Missing.NOT_APPLICABLE in after.case.missing.values()
    for finding in after.findings:
        if not still.issuperset(finding.missing):
            yield f"{finding.norm.id}: lacks {sorted(set(finding.missing) - still)}, which the case states"
        if finding.outcome is Outcome.UNDETERMINED and not (finding.missing or finding.unverified or barred):
            yield f"{finding.norm.id}: undetermined although all is known that it reads"


def says_what_it_lacks(subject: Subject, drawn: Drawn) -> Wrongs:
    """It names facts that it reads and that are open, or unverified parameters; a determined finding names none."""
    (case,) = drawn.cases
    for finding in judged(subject.pack, case).findings:
        id, lacking = finding.norm.id, (*finding.missing, *finding.unverified)
        if finding.outcome is not Outcome.UNDETERMINED:
            if lacking:
                yield f"{id}: {finding.outcome.value}, and yet lacks {list(lacking)}"
            continue
        conditions = (subject.pack.territory.get(case.level, All(())), *finding.norm.conditions)
        facts = {name for condition in conditions for name in facts_read(condition)}
        barred = {name for name in facts if case.state(name) is Missing.NOT_APPLICABLE}
        opened = {n for n in facts - barred if n not in case.values or not is_settled(case.values[n])}
        law = {name for condition in conditions for name in parameters_read(condition)} - set(case.parameters)
        if not (lacking or barred):
            yield f"{id}: undetermined, and names nothing that it lacks"
        if not (opened.issuperset(finding.missing) and law.issuperset(finding.unverified)):
            yield f"{id}: lacks {list(lacking)}, of which {sorted(set(lacking) - opened - law)} is not open"


def unread_facts_change_nothing(subject: Subject, drawn: Drawn) -> Wrongs:
    """The findings turn on no other facts than those that the conditions of the case's level read."""
    (case,) = drawn.cases
    conditions = [c for norm in subject.pack.norms_at(case.level) for c in norm.conditions]
    conditions.append(subject.pack.territory.get(case.level, All(())))
    read = {name for condition in conditions for name in facts_read(condition)}
    kept = evolve(case, values={name: value for name, value in case.values.items() if name in read})
    for one, other in zip(judged(subject.pack, case).findings, judged(subject.pack, kept).findings, strict=True):
        yield from _told_apart(one.norm.id, one, other, lambda name: name)


# ---------------------------------------------------------------- dates and words


def only_the_law_in_force_is_read(subject: Subject, drawn: Drawn) -> Wrongs:
    """Whatever the law was before and will be after the case's day, parameters and findings are the same."""
    (case,) = drawn.cases
    assert drawn.pack is not None
    before, after = as_normalised(subject.pack, case), as_normalised(drawn.pack, case)
    for name, parameter in subject.pack.parameters.items():
        in_force = [entry.value for entry in parameter.values if _is_in_force(entry, case.as_of)]
        expected = [case.as_of] if parameter.is_day else in_force
        if not before.parameters.get(name) == after.parameters.get(name) == next(iter(expected), None):
            yield f"the parameter `{name}` is read with a value that is not in force on {case.as_of}"
    own, other = judged(subject.pack, before), judged(drawn.pack, after)
    for one, two in zip(own.findings, other.findings, strict=True):
        yield from _told_apart(one.norm.id, one, two, lambda name: name)


def reads_back_as_written(subject: Subject, drawn: Drawn) -> Wrongs:
    """A case is the same after it was written as a case file and read by the normaliser."""
    (case,) = drawn.cases
    try:
        again = as_normalised(subject.pack, case)
    except InputError as error:
        yield f"the case is refused when it is read back: {error}"
        return
    for what in ("level", "as_of", "values", "missing", "parameters", "justified", "reviewed"):
        if getattr(case, what) != getattr(again, what):
            yield f"the case has other {what} when it is read back"


def printed_conditions_read_back(pack: Pack) -> Wrongs:
    """Every comparison of the pack is read back from its own text as what it is."""
    for owner in (*pack.territory.values(), *(c for norm in pack.norms.values() for c in norm.conditions)):
        for leaf in leaves(owner):
            text = show(leaf)
            if parse(text) != leaf or leaf.text != text:
                yield f"{leaf.id}: `{leaf.text}` is printed as `{text}` and read back as `{show(parse(text))}`"


PROPERTIES: Final = (
    Property("all engines agree on every case", one_case, engines_agree),
    Property(
        "learning a fact never reverses a determined breach or its absence", more_learnt, learning_reverses_nothing
    ),
    Property("more accuracy never flips a determined finding", more_accurate, learning_reverses_nothing),
    Property("forgetting a fact never makes up a breach or its absence", half_forgotten, learning_reverses_nothing),
    Property(
        "learning everything leaves open only what the law leaves open",
        all_learnt,
        all_learnt_leaves_only_the_law_open,
    ),
    Property("an undetermined finding says what it lacks", one_case, says_what_it_lacks),
    Property("an unread fact changes nothing", one_case, unread_facts_change_nothing),
    Property("evaluating at a date never reads a value not in force then", other_law, only_the_law_in_force_is_read),
    Property("the order of norms changes nothing", one_case, same_in_any_order),
    Property("renaming an id changes nothing else", one_case, same_under_any_name),
    Property("a case reads back as it is written", one_case, reads_back_as_written),
)
