"""What to ask for and what to change, against brute force over all values of small grids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, combinations, product

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.handmade import (
    AS_OF,
    BREACHES,
    answers,
    case_of,
    changes,
    decision_of,
    fact,
    norm,
    number,
    pack_of,
)
from ynpolicy.ir import (
    All,
    AnyOf,
    Arithmetic,
    Case,
    Compare,
    Condition,
    FactRef,
    Holds,
    In,
    Justification,
    Kind,
    Literal,
    Modality,
    Not,
    Overlaps,
    Pack,
    ReviewRecord,
    Term,
    Within,
    is_settled,
)
from ynpolicy.semantics import judge
from ynpolicy.values import Interval, SymbolSet, Value, exact
from ynpolicy.verdict import Decision, Outcome

QUARTER = Fraction(1, 4)
TOP = 2
FACTS = (
    fact("b.one", changeable=True),
    fact("b.two"),
    fact("s.kind", Kind.SYMBOL, "abc", changeable=True, cost=Fraction(2)),
    fact("m.held", Kind.SYMBOLS, "abc", changeable=True),
    number("n.x", maximum=Fraction(TOP), resolution=QUARTER, changeable=True),
    number("n.y", maximum=Fraction(TOP), resolution=QUARTER),
)
GRIDS: Mapping[str, Sequence[Value]] = {
    "b.one": (True, False),
    "b.two": (True, False),
    "s.kind": ("a", "b", "c"),
    "m.held": tuple(SymbolSet(frozenset(c)) for n in range(4) for c in combinations("abc", n)),
    "n.x": tuple(exact(i * QUARTER) for i in range(4 * TOP + 1)),
    "n.y": tuple(exact(i * QUARTER) for i in range(4 * TOP + 1)),
}


@st.composite
def comparisons(draw: DrawFn) -> Condition:
    """One comparison whose truth changes only on the grid's whole numbers, or between two of the grid's numbers."""
    x, y = FactRef("n.x"), FactRef("n.y")
    op = draw(st.sampled_from(["==", "!="]))
    order = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
    some = frozenset(draw(st.sets(st.sampled_from("abc"), min_size=1, max_size=2)))
    whole = Literal(Fraction(draw(st.integers(0, TOP))))
    sides: list[tuple[Term, Term]] = [(x, whole), (y, whole), (x, y), (Arithmetic("+", x, y), whole)]
    choices: list[Condition] = [
        Holds(FactRef("b.one")),
        Holds(FactRef("b.two")),
        Compare("==", FactRef("b.one"), FactRef("b.two")),
        Compare(op, FactRef("s.kind"), Literal(min(some))),
        In(FactRef("s.kind"), Literal(some)),
        In(FactRef("s.kind"), FactRef("m.held")),
        Overlaps(FactRef("m.held"), Literal(some)),
        Within(FactRef("m.held"), Literal(some)),
        Within(Literal(some), FactRef("m.held")),
        *(Compare(order, left, right) for left, right in sides),
    ]
    return draw(st.sampled_from(choices))


def conditions(depth: int = 1) -> st.SearchStrategy[Condition]:
    """A comparison, or a few joined."""
    if not depth:
        return comparisons()
    few = st.lists(conditions(depth - 1), min_size=1, max_size=2).map(tuple)
    return st.one_of(comparisons(), few.map(AnyOf), few.map(All), conditions(depth - 1).map(Not))


@st.composite
def small_packs(draw: DrawFn) -> Pack:
    """Up to four norms of every modality on six facts."""
    line = st.lists(conditions(), max_size=2).map(lambda items: All(tuple(items)))
    norms = []
    for index in range(draw(st.integers(1, 4))):
        modality = draw(st.sampled_from([Modality.MUST, Modality.MUST_NOT, *Modality]))
        requirement = None if modality in (Modality.REVIEW, Modality.MAY) else All((draw(conditions()),))
        exempt = All((draw(conditions()),)) if draw(st.integers(0, 3)) == 3 else None
        norms.append(norm(f"norm-{index}", modality, requirement, draw(line), exempt))
    return pack_of(FACTS, norms, draw(line) if draw(st.integers(0, 3)) == 3 else None)


@st.composite
def small_cases(draw: DrawFn, most_open: int) -> Case:
    """A case in which at most so many facts are missing, imprecise or incomplete."""
    names = draw(st.permutations(list(GRIDS)))
    values: dict[str, Value] = {name: draw(st.sampled_from(GRIDS[name])) for name in names[most_open:]}
    for name in names[:most_open]:
        match draw(st.sampled_from(["missing", "missing", "coarse", "known"])), draw(st.sampled_from(GRIDS[name])):
            case "known", value:
                values[name] = value
            case "coarse", Interval(low):
                values[name] = Interval(low, min(low + draw(st.sampled_from([QUARTER, Fraction(1)])), Fraction(TOP)))
            case "coarse", SymbolSet(members):
                values[name] = SymbolSet(members, complete=False)
    records = {f"norm-{i}": Justification(f"norm-{i}", "d", "x") for i in draw(st.sets(st.integers(0, 3), max_size=1))}
    reviews = {f"norm-{i}": ReviewRecord(f"norm-{i}", "x", AS_OF, accepted=False) for i in draw(st.sets(st.just(1)))}
    return case_of(values, justified=records, reviewed=reviews)


def admissible(case: Case, name: str) -> list[Value]:
    """The grid's values that an open fact may turn out to have."""
    match case.values.get(name):
        case Interval(low, high):
            return [v for v in GRIDS[name] if isinstance(v, Interval) and low <= v.lo <= high]
        case SymbolSet(members):
            return [v for v in GRIDS[name] if isinstance(v, SymbolSet) and members <= v.members]
    return list(GRIDS[name])


def outcomes_of_asking(pack: Pack, case: Case, names: Iterable[str]) -> Iterator[bool]:
    """Whether the decision is determined, for every assignment to the facts."""
    ordered = sorted(names)
    for chosen in product(*(admissible(case, name) for name in ordered)):
        known = dict(case.values) | dict(zip(ordered, chosen, strict=True))
        yield decision_of(pack, evolve(case, values=known)) is not Decision.UNDETERMINED


def subsets(items: Sequence[str]) -> Iterator[frozenset[str]]:
    """All subsets, smallest first."""
    return map(frozenset, chain.from_iterable(combinations(items, size) for size in range(len(items) + 1)))


@given(small_packs(), small_cases(3))
def test_missing_sets_are_the_minimal_sets_that_settle_whatever_the_values(pack: Pack, case: Case) -> None:
    """Every set given settles the decision, no proper subset does, and where proved no minimal set is left out."""
    assume(decision_of(pack, case) is Decision.UNDETERMINED)
    open_facts = [n for n in GRIDS if n not in case.values or not is_settled(case.values[n])]
    minimal: list[frozenset[str]] = []
    for names in subsets(open_facts):
        if not any(known <= names for known in minimal) and all(outcomes_of_asking(pack, case, names)):
            minimal.append(names)
    found = answers(pack, case)
    assert found.proved
    assert {frozenset(names) for names in found.missing_sets} == set(minimal)


@given(small_packs(), small_cases(4))
def test_ask_first_names_each_fact_of_which_some_value_settles(pack: Pack, case: Case) -> None:
    """A fact is in `ask_first` exactly when one of its values, alone, settles the decision."""
    assume(decision_of(pack, case) is Decision.UNDETERMINED)
    open_facts = [n for n in GRIDS if n not in case.values or not is_settled(case.values[n])]
    expected = {name for name in open_facts if any(outcomes_of_asking(pack, case, [name]))}
    assert set(answers(pack, case).ask_first) == expected


def mends(pack: Pack, case: Case, after: Mapping[str, Value]) -> bool:
    """Whether some changes leave nothing violated or departed, and no norm undetermined that was not."""
    before = {f.norm.id for f in judge(pack, case) if f.outcome is Outcome.UNDETERMINED}
    findings = judge(pack, evolve(case, values=dict(case.values) | dict(after)))
    return not any(
        f.outcome in BREACHES or (f.outcome is Outcome.UNDETERMINED and f.norm.id not in before) for f in findings
    )


def distance(before: Value | None, after: Value) -> Fraction:
    """Steps of resolution, or members put in and out."""
    match before, after:
        case Interval(low, high), Interval(number):
            return abs(number - min(max(number, low), high)) / QUARTER
        case SymbolSet(old), SymbolSet(new):
            return Fraction(len(old ^ new))
    return Fraction(0)


@given(small_packs(), small_cases(2))
def test_remedies_are_the_minimal_changes_that_mend_a_case(pack: Pack, case: Case) -> None:
    """Every remedy mends the case with the least steps for its facts; no subset does; and none is left out."""
    decision = decision_of(pack, case)
    assume(decision in (Decision.REFUSED, Decision.REFERRED))
    free = [f.name for f in FACTS if f.changeable]
    best: dict[frozenset[str], Fraction] = {}
    if not mends(pack, case, {}):
        for names in subsets(free):
            if any(known < names for known in best):
                continue
            ordered = sorted(names)
            grids = [[v for v in GRIDS[n] if v != case.values.get(n)] for n in ordered]
            for chosen in product(*grids):
                size = sum(map(distance, map(case.values.get, ordered), chosen), Fraction(0))
                if size < best.get(names, Fraction(100)) and mends(pack, case, dict(zip(ordered, chosen, strict=True))):
                    best[names] = size
    found = answers(pack, case)
    assert found.remedies_proved
    sizes = {
        frozenset(changes(remedy)): sum((distance(c.before, c.after) for c in remedy.changes), Fraction(0))
        for remedy in found.remedies
    }
    assert sizes == best
    for remedy in found.remedies:
        mended = evolve(case, values=dict(case.values) | changes(remedy))
        assert mends(pack, case, changes(remedy))
        assert decision_of(pack, mended) is remedy.decision
    costs = [sum(pack.facts[name].cost for name in changes(remedy)) for remedy in found.remedies]
    assert costs == sorted(costs)
