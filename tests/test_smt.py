"""The formulas say of a case what the reference says of it, and what the solver finds is a case that replays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import product
from typing import Any

import pytest
import z3
from attrs import evolve
from hypothesis import Phase, given, settings

from tests.handmade import AS_OF, case_of, fact, lines, must, must_not, number, pack_of
from ynpolicy.casebook import read_casebook
from ynpolicy.cases import read_cases
from ynpolicy.claims import Claims
from ynpolicy.engines.smt import Encoding, Search, Status, no
from ynpolicy.engines.smt.truths import as_z3
from ynpolicy.ir import LEVELS, Case, DatedValue, Deadline, Kind, Pack, Parameter, Text
from ynpolicy.judge import load
from ynpolicy.loader import load_pack
from ynpolicy.normalise import normalise
from ynpolicy.semantics import judge
from ynpolicy.testing.agreement import described, reference_opinion
from ynpolicy.testing.chance import seeded
from ynpolicy.testing.drawn_cases import CaseSpace
from ynpolicy.testing.drawn_packs import draw_pack
from ynpolicy.testing.learning import settled
from ynpolicy.testing.strategies import packs_with_cases
from ynpolicy.values import Interval, SymbolSet, exact
from ynpolicy.verdict import Decision, Outcome
from ynpolicy.workdays import nth_workday


def said(encoding: Encoding, case: Case) -> tuple[Decision, dict[str, tuple[Outcome, str]]]:
    """What the formulas say of a pinned case: the decision, and each norm's outcome with the exception that held."""
    norms = encoding.pack.norms_at(encoding.level)
    for norm in norms:
        encoding.norm(norm.id)
    encoding.decision(Decision.IN_ORDER)
    solver = z3.Solver()
    solver.add(as_z3(encoding.pin(case)))
    assert solver.check() == z3.sat, "the case can be pinned"
    model = solver.model()

    def holds(formula: Any) -> bool:
        return bool(z3.is_true(model.eval(as_z3(formula), True)))

    rulings = {}
    for norm in norms:
        (outcome,) = [outcome for outcome in Outcome if holds(encoding.outcome(norm.id, outcome))]
        held = [e.id for e in norm.exemptions if holds(encoding.exempt(norm.id, e.id))]
        assert len(held) == (outcome is Outcome.EXEMPT)
        rulings[norm.id] = outcome, "".join(held)
    (decision,) = [decision for decision in Decision if holds(encoding.decision(decision))]
    return decision, rulings


def assert_same(pack: Pack, cases: Iterable[Case], partial: bool = True) -> Counter[Outcome]:
    """Fails where the formulas say anything else than the reference, and prints pack and case."""
    encodings: dict[str, Encoding] = {}
    met: Counter[Outcome] = Counter()
    for case in cases:
        if case.level not in encodings:
            encodings[case.level] = Encoding(pack, case.level, partial=partial, records=True)
        opinion = reference_opinion(pack, case)
        expected = {id: (outcome, exemption) for id, (outcome, exemption, _) in opinion.rulings.items()}
        assert said(encodings[case.level], case) == (opinion.decision, expected), described(pack, case)
        met.update(outcome for outcome, _ in expected.values())
    return met


@settings(max_examples=40, phases=[Phase.explicit, Phase.generate])
@given(packs_with_cases)
def test_the_formulas_agree_with_the_reference(drawn_together: tuple[Pack, list[Case]]) -> None:
    """Every outcome, exception and decision of a drawn case, measured and partly known facts and records included."""
    assert_same(*drawn_together)


def test_the_formulas_agree_on_many_cases_of_larger_packs() -> None:
    """The same from a seeded source; every outcome comes up."""
    met: Counter[Outcome] = Counter()
    for n in range(25):
        draw = seeded("smt", n)
        pack = draw_pack(draw, norms=8)
        space = CaseSpace(pack)
        met += assert_same(pack, [space.mixed(draw) for _ in range(12)])
    assert all(met[outcome] >= 3 for outcome in Outcome), met


def test_the_formulas_of_complete_cases_agree_with_the_reference() -> None:
    """Where everything is exact and known, one variable stands for a number, and the outcomes are the same."""
    for n in range(12):
        draw = seeded("complete", n)
        pack = draw_pack(draw, norms=8)
        pack = evolve(pack, facts={name: evolve(found, arises=None) for name, found in pack.facts.items()})
        space = CaseSpace(pack)
        whole = [settled(draw, space, space.mixed(draw)) for _ in range(10)]
        assert_same(pack, whole, partial=False)


@pytest.mark.parametrize("level", LEVELS)
def test_the_formulas_agree_on_drawn_cases_of_the_plan(level: str) -> None:
    """On every level of the plan that comes with the library, with all its norms."""
    pack = load_pack("yunnan-14fyp")
    draw = seeded("smt plan", LEVELS.index(level))
    alone = evolve(pack, norms={norm.id: norm for norm in pack.norms_at(level)})
    space = CaseSpace(alone)
    assert_same(alone, [space.mixed(draw) for _ in range(8)])


def test_the_cases_of_the_plan_are_possible_cases() -> None:
    """What the normaliser accepts, the domain accepts, but for what the plan itself claims to be impossible."""
    pack = evolve(load_pack("yunnan-14fyp"), claims=Claims())
    encodings = {level: Encoding(pack, level, partial=True) for level in LEVELS}
    solvers = {level: z3.Solver() for level in LEVELS}
    for level, encoding in encodings.items():
        encoding.pin(Case("-", level, AS_OF, {}))
        solvers[level].add(as_z3(encoding.domain()))
    tried = read_casebook(pack)[::4]
    assert len(tried) > 150
    spaces = {level: CaseSpace(pack, level) for level in LEVELS}
    drawn = [spaces[level].mixed(seeded("possible", level, n)) for level in LEVELS for n in range(8)]
    for case in (*(normalise(pack, own.raw) for own in tried), *drawn):
        assert solvers[case.level].check(as_z3(encodings[case.level].pin(case))) == z3.sat, case.title


# ---------------------------------------------------------------- what is found, and what is not


def test_what_is_found_replays() -> None:
    """The case of a model, read by the normaliser and judged by the reference, has the outcome that was asked for."""
    found: Counter[Outcome] = Counter()
    for n in range(30):
        draw = seeded("found", n)
        pack = draw_pack(draw, norms=4)
        encoding = Encoding(pack, "project", partial=True, records=True)
        for norm in pack.norms_at("project"):
            encoding.norm(norm.id)
        search = Search(encoding)
        for norm in pack.norms_at("project"):
            for outcome in Outcome:
                answer = search.find(encoding.outcome(norm.id, outcome))
                assert answer.status is not Status.UNDECIDED, answer.reason
                if answer.found:
                    (raw,) = read_cases(encoding.case(answer.model, encoding.read_by([norm.id])))
                    findings = judge(pack, normalise(pack, raw))
                    assert next(f.outcome for f in findings if f.norm.id == norm.id) is outcome, norm.id
                    found[outcome] += 1
    assert all(found[outcome] >= 3 for outcome in Outcome), found


def test_what_is_not_found_does_not_exist() -> None:
    """On vocabularies small enough to try every complete case, the solver finds a case exactly where there is one."""
    facts = [fact("a.x"), fact("a.y"), fact("a.z", Kind.SYMBOL, "pq"), fact("a.s", Kind.SYMBOLS, "cd")]
    sets = [SymbolSet(frozenset(members)) for members in ("", "c", "d", "cd")]
    cases = [
        case_of({"a.x": x, "a.y": y, "a.z": z, "a.s": s})
        for x, y, z, s in product((True, False), (True, False), "pq", sets)
    ]
    lines = ["a.x", "not a.y", 'a.z == "p"', 'overlaps(a.s, ["c"])', 'within(a.s, ["d"])', "a.x == a.y"]
    none = 0
    for first, second, third in product(lines, repeat=3):
        pack = pack_of(facts, [must("n", third, applies=[first, second]), must_not("m", first, applies=[third])])
        encoding = Encoding(pack, "project", AS_OF)
        search = Search(encoding)
        for id, outcome in product(("n", "m"), (Outcome.VIOLATED, Outcome.COMPLIED, Outcome.NOT_APPLICABLE)):
            there = any(f.outcome is outcome for case in cases for f in judge(pack, case) if f.norm.id == id)
            assert search.find(encoding.outcome(id, outcome)).found is there, (first, second, third, id, outcome)
            none += not there
    assert none > 100


def test_a_number_that_no_case_can_write_is_not_found() -> None:
    """A third is between two millionths: there is a real number of which the condition holds, and no case."""
    pack = pack_of([number("a.n", resolution=exact(1).lo)], [must("n", "3 * a.n != 1")])
    encoding = Encoding(pack, "project", AS_OF)
    breach = encoding.outcome("n", Outcome.VIOLATED)
    assert Search(encoding).find(breach, written=False).found
    assert Search(encoding).find(breach).proved_none


def test_numbers_are_found_at_the_step_at_which_they_are_reported() -> None:
    """A witness reads 2, not 1.000001, where the fact is reported in whole numbers; and finer where it must be."""
    pack = pack_of([number("a.n")], [must_not("n", "a.n > 1", "a.n < 3"), must_not("m", "a.n > 1", "a.n < 2")])
    encoding = Encoding(pack, "project", AS_OF)
    search = Search(encoding)
    whole = search.find(encoding.outcome("n", Outcome.VIOLATED), encoding.outcome("m", Outcome.COMPLIED))
    assert encoding.value(whole.model, "a.n") == exact(2)
    finer = encoding.value(search.find(encoding.outcome("m", Outcome.VIOLATED)).model, "a.n")
    assert isinstance(finer, Interval)
    assert 1 < finer.lo < 2


def test_a_question_that_does_not_arise_has_no_answer_in_a_complete_case() -> None:
    """What lies behind a question that does not arise stays unknown, and what arises is known."""
    facts = [fact("a.x"), fact("a.y", arises=lines("a.x"))]
    pack = pack_of(facts, [must("n", "a.y")])
    encoding = Encoding(pack, "project", AS_OF)
    search = Search(encoding)
    assert search.find(encoding.outcome("n", Outcome.UNDETERMINED), encoding.equals("a.x", True)).proved_none
    open_ = search.find(encoding.outcome("n", Outcome.UNDETERMINED))
    assert encoding.case(open_.model, ["a.y"])["facts"] == {"a.x": False}


def test_the_as_of_date_is_found_where_the_law_changes() -> None:
    """A parameter's values by date are read at the date of the case, and on a day without one it is unknown."""
    spans = (
        DatedValue(exact(5), None, date(2021, 12, 31)),
        DatedValue(exact(9), date(2022, 2, 1), None),
    )
    pack = pack_of([number("a.n")], [must("n", "a.n <= cap")])
    pack = evolve(pack, parameters={"cap": Parameter("cap", Kind.NUMBER, Text("", ""), spans)})
    encoding = Encoding(pack, "project")
    search = Search(encoding)
    six = encoding.equals("a.n", exact(6))
    early = encoding.as_of(search.find(six, encoding.outcome("n", Outcome.VIOLATED)).model)
    late = encoding.as_of(search.find(six, encoding.outcome("n", Outcome.COMPLIED)).model)
    gap = encoding.as_of(search.find(six, encoding.outcome("n", Outcome.UNDETERMINED)).model)
    assert early <= date(2021, 12, 31) < gap < date(2022, 2, 1) <= late


def test_an_unverified_parameter_is_unknown_or_may_be_anything() -> None:
    """As the law stands nothing is determined by it; hypothetically it has every value of its kind."""
    pack = pack_of([number("a.n")], [must("n", "a.n <= cap")])
    unverified = (DatedValue(None, status="unverified"),)
    pack = evolve(pack, parameters={"cap": Parameter("cap", Kind.NUMBER, Text("", ""), unverified)})
    plain = Encoding(pack, "project", AS_OF)
    assert Search(plain).find(no(plain.outcome("n", Outcome.UNDETERMINED))).proved_none
    imagined = Encoding(pack, "project", AS_OF, hypothetical=True)
    search = Search(imagined)
    assert search.find(imagined.outcome("n", Outcome.VIOLATED)).found
    assert search.find(imagined.outcome("n", Outcome.COMPLIED)).found


def test_a_deadline_in_a_found_case_is_that_of_the_calendar() -> None:
    """The solver learns the calendar's steps until the deadline is right, and the case replays."""
    deadline = fact("a.due", Kind.DATE, derived=Deadline("days", ("a.start", "a.other")))
    facts = [fact("a.start", Kind.DATE), fact("a.other", Kind.DATE), deadline]
    pack = pack_of(facts, [must("n", 'a.due != day("2022-02-08")', applies=["a.other < a.start"])])
    days = (DatedValue(exact(3)),)
    pack = evolve(pack, parameters={"days": Parameter("days", Kind.NUMBER, Text("", ""), days, "工作日")})
    encoding = Encoding(pack, "project", AS_OF)
    answer = Search(encoding).find(encoding.outcome("n", Outcome.VIOLATED))
    start = encoding.value(answer.model, "a.start")
    assert isinstance(start, date)
    assert nth_workday(start, 3) == date(2022, 2, 8)
    (raw,) = read_cases(encoding.case(answer.model, ["a.due"]))
    assert normalise(pack, raw).values["a.due"] == date(2022, 2, 8)
    weekend = encoding.equals("a.due", date(2022, 2, 5))
    assert Search(encoding).find(weekend, encoding.equals("a.start", date(2022, 1, 28))).proved_none


def test_what_is_found_in_the_plan_replays() -> None:
    """For the norms of one level of the plan: each outcome that the solver finds, the reference finds again."""
    judge_ = load("yunnan-14fyp", use_forward=False)
    pack = judge_.pack
    encoding = Encoding(pack, "project")
    norms = pack.norms_at("project")
    for norm in norms:
        encoding.norm(norm.id)
    search = Search(encoding)
    found = 0
    for norm in norms[::3]:
        for outcome in (Outcome.VIOLATED, Outcome.DEPARTED, Outcome.REVIEW, Outcome.COMPLIED):
            answer = search.find(encoding.outcome(norm.id, outcome))
            if answer.found:
                verdict = judge_.check(encoding.case(answer.model, encoding.read_by([norm.id])))
                assert next(f.outcome for f in verdict.findings if f.norm.id == norm.id) is outcome, norm.id
                found += 1
    assert found > 20


def test_a_chain_of_questions_ends_where_the_first_does_not_arise() -> None:
    """What hangs on an answer that is missing because its own question does not arise is missing too."""
    facts = [fact("a.x"), fact("a.y", arises=lines("a.x")), fact("a.z", arises=lines("a.y"))]
    pack = pack_of(facts, [must("n", "a.z")])
    encoding = Encoding(pack, "project", AS_OF)
    not_asked = encoding.outcome("n", Outcome.COMPLIED), encoding.equals("a.x", False)
    assert Search(encoding).find(*not_asked).proved_none


@pytest.mark.parametrize("line", ["0 - 2 * a.n <= -4", "-2 * a.n <= -4", "a.n * -2 >= a.m - 9", "a.n * a.m >= 6"])
def test_intervals_are_turned_by_a_negative_factor(line: str) -> None:
    """Every pair of small intervals under a product: the formulas say what the reference says."""
    pack = pack_of([number("a.n", minimum=None), number("a.m", minimum=None)], [must("n", line)])
    ends = [exact(value).lo for value in (-3, 1, 2, 3)]
    spans = [Interval(lo, hi) for lo in ends for hi in ends if lo <= hi]
    cases = [case_of({"a.n": n, "a.m": m}, parameters={}) for n, m in product(spans, spans)]
    assert_same(pack, cases)


def test_a_fact_is_exact_where_it_leaves_nothing_open() -> None:
    """An interval is exact where its ends meet, a set where it is complete, anything else always."""
    facts = [number("a.n"), fact("a.s", Kind.SYMBOLS, "cd"), fact("a.x")]
    encoding = Encoding(pack_of(facts, []), "project", AS_OF, partial=True)
    search = Search(encoding)
    open_set = SymbolSet(frozenset("c"), complete=False)
    for name, value, settles in (
        ("a.n", exact(3), True),
        ("a.n", Interval(exact(3).lo, exact(4).lo), False),
        ("a.s", SymbolSet(frozenset("c")), True),
        ("a.s", open_set, False),
        ("a.x", True, True),
    ):
        assert search.find(encoding.equals(name, value), encoding.exact(name)).found is settles, (name, value)


def test_a_question_that_takes_too_long_is_undecided() -> None:
    """Beyond the effort allowed the answer is neither a case nor a proof, and says why."""
    facts = [number(f"a.{name}", minimum=exact(2).lo, maximum=exact(10**6).lo) for name in "nmk"]
    cubes = "a.n * a.n * a.n + a.m * a.m * a.m != a.k * a.k * a.k"
    encoding = Encoding(pack_of(facts, [must("n", cubes)]), "project", AS_OF)
    answer = Search(encoding, effort=20_000).find(encoding.outcome("n", Outcome.VIOLATED), encoding.readable())
    assert (answer.status, answer.model) == (Status.UNDECIDED, None)
    assert answer.reason == "the effort for one question is spent"
