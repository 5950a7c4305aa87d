"""What to ask for and what to change: known answers on packs made by hand, and all answers against brute force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import chain, combinations, product
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.strategies import packs_with_case
from ynpolicy.expressions import parse
from ynpolicy.ir import (
    NOWHERE,
    All,
    AnyOf,
    Arithmetic,
    Case,
    Compare,
    Condition,
    Exemption,
    FactRef,
    FactType,
    Holds,
    In,
    Justification,
    Kind,
    Literal,
    Lookup,
    Modality,
    Norm,
    Not,
    Overlaps,
    Pack,
    ReviewRecord,
    Symbol,
    Table,
    Term,
    Text,
    Total,
    Within,
    is_settled,
)
from ynpolicy.semantics import judge, territory
from ynpolicy.sufficiency import asking, sufficiency
from ynpolicy.values import Interval, Missing, SymbolSet, Value, exact
from ynpolicy.verdict import Change, Decision, Outcome, Remedy, Sufficiency, decide

AS_OF = date(2022, 5, 1)
NONE = Text("", "")
ALWAYS = All(())
BREACHES = {Outcome.VIOLATED, Outcome.DEPARTED}
LAW: Mapping[str, Value] = {
    "buffer": exact(1000),
    "ratio": exact(Fraction("1.2")),
    "issued": date(2022, 4, 1),
    "smelting": SymbolSet(frozenset("ab")),
}


def fact(name: str, kind: Kind = Kind.BOOLEAN, symbols: str = "", **more: Any) -> FactType:
    """An entry of a small vocabulary; symbols are written one letter each."""
    named = {letter: Symbol(letter, Text(letter, letter)) for letter in symbols}
    return FactType(name, kind, NONE, NONE, symbols=named, **more)


def number(name: str, **more: Any) -> FactType:
    """A number that is not negative."""
    return fact(name, Kind.NUMBER, **({"minimum": Fraction(0)} | more))


def lines(*texts: str) -> All:
    """Conditions as a pack's author writes them."""
    return All(tuple(parse(text, NOWHERE) for text in texts))


def norm(
    id: str, modality: Modality, requirement: All | None, applies: All = ALWAYS, exempt: All | None = None
) -> Norm:
    """A norm of a small pack."""
    exemptions = () if exempt is None else (Exemption("exempt", NONE, exempt),)
    return Norm(id, NONE, NONE, (), "project", modality, applies, requirement, exemptions=exemptions)


def must(id: str, *texts: str, applies: Sequence[str] = ()) -> Norm:
    """A duty."""
    return norm(id, Modality.MUST, lines(*texts), lines(*applies))


def must_not(id: str, *texts: str, applies: Sequence[str] = ()) -> Norm:
    """A ban."""
    return norm(id, Modality.MUST_NOT, lines(*texts), lines(*applies))


def pack_of(
    facts: Iterable[FactType], norms: Iterable[Norm], inside: All | None = None, tables: Iterable[Table] = ()
) -> Pack:
    """A small pack; `inside` is its territory."""
    return Pack(
        id="small",
        version="0",
        title=NONE,
        issuer=NONE,
        period=(date(2021, 1, 1), date(2025, 12, 31)),
        since=date(2021, 1, 1),
        facts={f.name: f for f in facts},
        parameters={},
        tables={t.name: t for t in tables},
        clauses={},
        norms={n.id: n for n in norms},
        readings={},
        territory={} if inside is None else {"project": inside},
    )


def case_of(values: Mapping[str, Value] | None = None, **more: Any) -> Case:
    """A project, judged on a day within the period by the small law."""
    return Case("case", "project", AS_OF, values or {}, **({"parameters": LAW} | more))


def decision_of(pack: Pack, case: Case) -> Decision:
    """The decision by the reference."""
    return decide(((f.norm.modality, f.outcome) for f in judge(pack, case)), territory(pack, case).truth)


def answers(pack: Pack, case: Case) -> Sufficiency:
    """What to ask for, or to change, on a case judged by the reference."""
    return sufficiency(pack, case, decision_of(pack, case), judge(pack, case))


def changes(remedy: Remedy) -> dict[str, Value]:
    """What a remedy sets."""
    return {change.fact: change.after for change in remedy.changes}


# ---------------------------------------------------------------- what to ask for: packs made by hand


def test_all_facts_of_a_ban_are_needed_when_each_may_clear_it() -> None:
    """A ban on three open facts is settled only by all three, though each of them may clear it alone."""
    facts = [fact("p.new"), fact("p.smelter"), number("p.distance")]
    pack = pack_of(facts, [must_not("ban", "p.distance <= buffer", applies=["p.new", "p.smelter"])])
    found = answers(pack, case_of())
    assert found.missing_sets == (("p.new", "p.smelter", "p.distance"),)
    assert found.proved
    assert set(found.ask_first) == {"p.new", "p.smelter", "p.distance"}


def test_a_fact_that_only_softer_norms_read_is_not_asked_for() -> None:
    """An undetermined norm in principle never keeps a decision open, so its fact is in no set."""
    facts = [fact("p.a"), fact("p.b"), fact("p.c")]
    soft = norm("soft", Modality.SHOULD_NOT, lines("p.b"))
    look = norm("look", Modality.REVIEW, None, lines("p.c"))
    found = answers(pack_of(facts, [must_not("ban", "p.a"), soft, look]), case_of())
    assert found.missing_sets == (("p.a",),)
    assert found.ask_first == ("p.a",)


def test_a_refusal_by_another_norm_settles_the_decision() -> None:
    """Where one fact breaks one ban when true and another when false, that fact alone settles the decision."""
    facts = [fact("p.a"), fact("p.b"), fact("p.c")]
    norms = [must_not("yes", "p.a"), must("no", "p.a"), must_not("other", "p.b", "p.c")]
    found = answers(pack_of(facts, norms), case_of())
    assert (found.missing_sets[0], found.proved) == (("p.a",), True)
    assert found.ask_first[0] == "p.a"


def test_two_ways_to_settle_are_both_found() -> None:
    """Sets that do not contain one another are all given, shorter ones first."""
    facts = [fact("p.a"), fact("p.b"), fact("p.c")]
    either = AnyOf((Holds(FactRef("p.a")), All((Holds(FactRef("p.b")), Holds(FactRef("p.c"))))))
    never = AnyOf((Not(Holds(FactRef("p.a"))), AnyOf((Not(Holds(FactRef("p.b"))), Not(Holds(FactRef("p.c")))))))
    norms = [norm("one", Modality.MUST_NOT, All((either,))), norm("two", Modality.MUST, All((never,)))]
    found = answers(pack_of(facts, norms), case_of())
    assert found.missing_sets == (("p.a", "p.b", "p.c"),)
    norms.append(must_not("three", "p.a"))
    norms.append(must("four", "p.a"))
    found = answers(pack_of(facts, norms), case_of())
    assert found.missing_sets == (("p.a",),)
    norms[2:] = [must_not("three", "p.b", "p.c"), norm("four", Modality.MUST, All((Holds(FactRef("p.b")),)))]
    norms.append(must("five", "p.c"))
    found = answers(pack_of(facts, norms), case_of())
    assert found.missing_sets == (("p.b", "p.c"),)


def test_no_set_is_given_where_the_law_itself_is_open() -> None:
    """A ban that turns on an unverified parameter is settled by no facts, but some value still clears it."""
    pack = pack_of([fact("p.new"), fact("p.day", Kind.DATE)], [must_not("ban", "p.new", "p.day < unsourced")])
    found = answers(pack, case_of())
    assert found.missing_sets == ()
    assert found.proved
    assert found.ask_first == ("p.new",)


def test_a_fact_that_does_not_apply_is_never_asked_for() -> None:
    """A fact answered with `not_applicable` is in no set, and what reads it stays open."""
    pack = pack_of([fact("p.a"), fact("p.b")], [must_not("ban", "p.a", "p.b")])
    found = answers(pack, case_of(missing={"p.b": Missing.NOT_APPLICABLE}))
    assert found.missing_sets == ()
    assert found.ask_first == ("p.a",)


def test_a_coarse_measurement_is_asked_for_until_no_value_in_it_matters() -> None:
    """An imprecise distance is a missing fact where the threshold lies inside the interval, and only there."""
    facts = [number("p.distance"), fact("p.new")]
    pack = pack_of(facts, [must_not("ban", "p.distance <= buffer", applies=["p.new"])])
    near = answers(pack, case_of({"p.distance": Interval(Fraction(980), Fraction(1100))}))
    assert near.missing_sets == (("p.distance", "p.new"),)
    far = answers(pack, case_of({"p.distance": Interval(Fraction(10), Fraction(1000))}))
    assert far.missing_sets == (("p.new",),)


def test_every_value_of_a_measurement_may_settle() -> None:
    """Values inside the interval only: a threshold outside it needs no answer."""
    facts = [number("p.x"), fact("p.a")]
    one = must_not("low", "p.x <= buffer")
    two = must("high", "p.x > 0", applies=["p.a"])
    found = answers(pack_of(facts, [one, two]), case_of({"p.x": Interval(Fraction(900), Fraction(1100))}))
    assert found.missing_sets == (("p.x",),)


def test_a_partly_known_set_is_asked_for_only_where_more_members_matter() -> None:
    """A complete superset is all that an incomplete set may become."""
    facts = [fact("p.nature", Kind.SYMBOLS, "abc"), fact("p.a")]
    pack = pack_of(facts, [must("pure", "within(p.nature, smelting)", applies=["p.a"])])
    open_set = SymbolSet(frozenset("a"), complete=False)
    assert answers(pack, case_of({"p.nature": open_set})).missing_sets == (("p.nature", "p.a"),)
    wrong_set = SymbolSet(frozenset("c"), complete=False)
    assert answers(pack, case_of({"p.nature": wrong_set})).missing_sets == (("p.a",),)


def test_a_county_settles_what_follows_from_it() -> None:
    """The county stands for prefecture and province, which may also be answered themselves."""
    facts = [
        fact("site.county", Kind.SYMBOL, "abc"),
        fact("site.prefecture", Kind.SYMBOL, "kmx", derived=Lookup("site.county", "counties", "prefecture")),
        fact("site.province", Kind.SYMBOL, "yz", derived=Lookup("site.county", "counties", "province")),
        fact("p.a"),
    ]
    rows = {
        "a": {"county": "a", "prefecture": "k", "province": "y"},
        "b": {"county": "b", "prefecture": "m", "province": "y"},
        "c": {"county": "c", "prefecture": "x", "province": "z"},
    }
    table = Table("counties", "county", ("county", "prefecture", "province"), rows)
    ban = must_not("ban", 'site.prefecture == "k"')
    inside = lines('site.province == "y"')
    found = answers(pack_of(facts, [ban], inside, [table]), case_of())
    assert found.missing_sets == (("site.county",), ("site.prefecture", "site.province"))
    assert found.proved
    assert found.ask_first == ("site.county", "site.prefecture", "site.province")
    strict = must_not("county", 'site.county == "a"', applies=["p.a"])
    found = answers(pack_of(facts, [ban, strict], inside, [table]), case_of({"p.a": True}))
    assert found.missing_sets == (("site.county",),)


def test_a_total_follows_its_parts() -> None:
    """A total may be answered itself, or by all of its parts."""
    facts = [
        number("o.pb"),
        number("o.cd"),
        number("o.total", derived=Total(("o.pb", "o.cd"))),
        number("o.cut"),
    ]
    offset = must("offset", "o.cut >= ratio * o.total")
    lead = must("lead", "o.pb <= buffer", "o.cd <= buffer")
    found = answers(pack_of(facts, [offset, lead]), case_of({"o.cut": exact(12)}))
    assert found.missing_sets == (("o.pb", "o.cd"),)
    assert found.proved
    found = answers(pack_of(facts, [offset]), case_of({"o.cut": exact(12)}))
    assert found.missing_sets == (("o.total",),)


def test_amounts_in_one_comparison_are_tried_against_each_other() -> None:
    """Of two amounts that a ratio links, neither settles the offset alone, except that zero needs no offset."""
    facts = [number("o.increase"), number("o.cut")]
    pack = pack_of(facts, [must("offset", "o.cut >= ratio * o.increase")])
    found = answers(pack, case_of())
    assert found.missing_sets == (("o.increase", "o.cut"),)
    assert found.ask_first == ()
    zero = must("offset", "o.cut >= ratio * o.increase", applies=["o.increase > 0"])
    assert answers(pack_of(facts, [zero]), case_of()).ask_first == ("o.increase",)


def test_amounts_that_meet_only_in_a_corner_are_found() -> None:
    """A ban that stays open only where three lines leave a small triangle is not taken as settled."""
    facts = [number("p.x", maximum=Fraction(100)), number("p.y"), fact("p.a")]
    law: dict[str, Value] = {"ten": exact(10), "one": exact(1), "gap": exact(Fraction("7.2"))}
    corner = ["p.x >= 0", "p.x + p.x >= 0", "p.x + p.y >= ten", "p.y <= one", "p.x - p.y - p.y <= gap", "p.a"]
    pack = pack_of(facts, [must_not("corner", *corner)])
    assert answers(pack, case_of(parameters=law)).missing_sets == (("p.x", "p.y", "p.a"),)
    empty = answers(pack, case_of(parameters=law | {"gap": exact(6)}))
    assert empty.missing_sets == (("p.x", "p.y"),), "the lines leave no room"


def test_both_signs_of_a_factor_are_tried() -> None:
    """A product with a factor that is not negative is large only where the other factor is positive."""
    facts = [fact("p.x", Kind.NUMBER), number("p.y"), fact("p.a")]
    found = answers(pack_of(facts, [must_not("load", "p.x >= p.x", "p.x * p.y >= buffer", "p.a")]), case_of())
    assert found.missing_sets == (("p.x", "p.y", "p.a"),)


def test_parts_must_add_up_to_a_stated_total() -> None:
    """With a total of 10 stated, no part is above 10, and what only larger parts would need is not asked."""
    facts = [number("o.pb"), number("o.cd"), number("o.total", derived=Total(("o.pb", "o.cd"))), fact("p.a")]
    norms = [must_not("lead", "o.pb > ten", "p.a"), must("cadmium", "o.cd <= buffer")]
    law = dict(LAW) | {"ten": exact(10)}
    found = answers(pack_of(facts, norms), case_of({"o.total": exact(10)}, parameters=law))
    assert found.missing_sets == (("o.pb", "o.cd"),)
    found = answers(pack_of(facts, norms), case_of(parameters=law))
    assert found.missing_sets == (("o.pb", "o.cd", "p.a"),)


def test_a_narrow_gap_between_two_thresholds_is_found() -> None:
    """A decision that stays open only for numbers strictly between two close thresholds is not taken as settled."""
    facts = [number("p.x"), fact("p.a")]
    law = dict(LAW) | {"low": exact(5), "high": exact(Fraction("5.000002"))}
    gap = must_not("gap", "p.x > low", "p.x < high", "p.a")
    found = answers(pack_of(facts, [gap]), case_of(parameters=law))
    assert found.missing_sets == (("p.x", "p.a"),)
    touching = law | {"high": exact(Fraction("5.000001"))}
    found = answers(pack_of(facts, [gap]), case_of(parameters=touching))
    assert found.missing_sets == (("p.x",),), "no number in millionths lies between"


def test_dates_are_tried_a_day_on_either_side() -> None:
    """A date on the threshold, the day before and the day after it may all settle differently."""
    facts = [fact("p.day", Kind.DATE), fact("p.a"), fact("p.b")]
    norms = [must_not("on", "p.day == issued", "p.a"), must_not("after", "p.day > issued", "p.b")]
    found = answers(pack_of(facts, norms), case_of())
    assert found.missing_sets == (("p.day", "p.a", "p.b"),)
    assert found.ask_first[0] == "p.day"


def test_a_determined_decision_asks_for_nothing() -> None:
    """Refused, referred and in-order cases have no missing sets, whatever is still unknown."""
    facts = [fact("p.a"), fact("p.b")]
    refused = answers(pack_of(facts, [must_not("a", "p.a"), must_not("b", "p.b")]), case_of({"p.a": True}))
    referred = answers(pack_of(facts, [norm("s", Modality.SHOULD, lines("p.a"))]), case_of())
    for found in (refused, referred):
        assert (found.missing_sets, found.proved, found.ask_first) == ((), True, ())


def test_a_search_that_is_cut_short_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the budget the facts are still given, marked as not proved minimal."""
    facts = [fact(f"p.{letter}") for letter in "abcd"]
    pack = pack_of(facts, [must_not("ban", "p.a", "p.b", "p.c", "p.d"), must_not("or", "p.a or p.b")])
    monkeypatch.setattr(asking, "MOST_STEPS", 3)
    found = answers(pack, case_of())
    assert found.missing_sets == (("p.a", "p.b", "p.c", "p.d"),)
    assert not found.proved


# ---------------------------------------------------------------- what to change: packs made by hand


def test_the_nearest_number_on_the_resolution_clears_a_ban() -> None:
    """Exactly at the threshold is inside, so the least change is one step of resolution beyond it."""
    facts = [number("p.distance", changeable=True, resolution=Fraction("0.1"))]
    found = answers(pack_of(facts, [must_not("ban", "p.distance <= buffer")]), case_of({"p.distance": exact(950)}))
    after = exact(Fraction("1000.1"))
    assert found.remedies == (Remedy((Change("p.distance", exact(950), after),), Decision.IN_ORDER),)
    assert found.remedies_proved


def test_cheaper_remedies_come_first_and_none_contains_another() -> None:
    """Each of two facts mends the offset alone, so both together are no remedy; the cheaper one stands first."""
    facts = [
        number("o.increase", changeable=True, cost=Fraction(3)),
        number("o.cut", changeable=True, cost=Fraction(2)),
    ]
    pack = pack_of(facts, [must("offset", "o.cut >= ratio * o.increase")])
    found = answers(pack, case_of({"o.increase": exact(10), "o.cut": exact(5)}))
    assert [changes(remedy) for remedy in found.remedies] == [{"o.cut": exact(12)}, {"o.increase": exact(4)}]


def test_facts_are_changed_together_where_one_is_not_enough() -> None:
    """Two breaches on two facts need both changed, and the sum of the steps is least."""
    facts = [fact("p.a", changeable=True), number("p.x", changeable=True), fact("p.fixed")]
    norms = [must("a", "p.a"), must("x", "p.x > buffer"), must_not("fixed", "p.fixed")]
    values: dict[str, Value] = {"p.a": False, "p.x": exact(1), "p.fixed": False}
    found = answers(pack_of(facts, norms), case_of(values))
    assert [changes(remedy) for remedy in found.remedies] == [{"p.a": True, "p.x": exact(1001)}]
    values["p.fixed"] = True
    assert answers(pack_of(facts, norms), case_of(values)).remedies == ()


def test_a_remedy_raises_no_new_question() -> None:
    """A change that makes a norm turn on a missing fact is no remedy, unless that fact is set as well."""
    facts = [fact("p.a", changeable=True), fact("p.b"), fact("p.c", changeable=True)]
    norms = [must_not("a", "p.a"), must("b", "p.b", applies=["not p.a"])]
    assert answers(pack_of(facts, norms), case_of({"p.a": True})).remedies == ()
    norms[1] = must("b", "p.c", applies=["not p.a"])
    found = answers(pack_of(facts, norms), case_of({"p.a": True}))
    assert [changes(remedy) for remedy in found.remedies] == [{"p.a": False, "p.c": True}]


def test_a_change_that_breaks_an_open_norm_is_mended_with_it() -> None:
    """A norm that was open and would be violated by a change draws in the fact that keeps it from that."""
    facts = [fact("p.a", changeable=True), fact("p.c", changeable=True), fact("p.u")]
    norms = [must_not("ban", "p.a"), must_not("open", "p.u and p.a or not p.a and p.c")]
    found = answers(pack_of(facts, norms), case_of({"p.a": True, "p.c": True}))
    assert [changes(remedy) for remedy in found.remedies] == [{"p.a": False, "p.c": False}]


def test_dates_places_totals_and_fixed_facts_are_never_changed() -> None:
    """A date, the source of a lookup, what follows from it, and a fact not marked changeable are no remedy."""
    changeable: dict[str, Any] = {"changeable": True}
    lookup = Lookup("site.county", "counties", "prefecture")
    facts = [
        fact("p.day", Kind.DATE, **changeable),
        fact("site.county", Kind.SYMBOL, "ab", **changeable),
        fact("site.prefecture", Kind.SYMBOL, "km", derived=lookup, **changeable),
        fact("p.fixed"),
        fact("p.free", **changeable),
    ]
    rows = {"a": {"county": "a", "prefecture": "k"}, "b": {"county": "b", "prefecture": "m"}}
    table = Table("counties", "county", ("county", "prefecture"), rows)
    conditions = ("p.day < issued", 'site.county == "a"', 'site.prefecture == "k"', "p.fixed", "p.free")
    pack = pack_of(facts, [must_not("ban", *conditions)], tables=[table])
    values: dict[str, Value] = {
        "p.day": date(2021, 1, 1),
        "site.county": "a",
        "site.prefecture": "k",
        "p.fixed": True,
        "p.free": True,
    }
    found = answers(pack, case_of(values))
    assert [changes(remedy) for remedy in found.remedies] == [{"p.free": False}]


def test_a_total_is_mended_through_its_parts() -> None:
    """Changing a part changes the total, and the remedy names the part."""
    facts = [
        number("o.pb", changeable=True),
        number("o.cd"),
        number("o.total", derived=Total(("o.pb", "o.cd")), changeable=True),
    ]
    values: dict[str, Value] = {"o.pb": exact(900), "o.cd": exact(200), "o.total": exact(1100)}
    found = answers(pack_of(facts, [must("cap", "o.total <= buffer")]), case_of(values))
    assert [changes(remedy) for remedy in found.remedies] == [{"o.pb": exact(800)}]


def test_a_set_keeps_the_members_that_do_not_matter() -> None:
    """The least change of a set takes out what is forbidden and nothing else."""
    facts = [fact("p.nature", Kind.SYMBOLS, "abcd", changeable=True)]
    pack = pack_of(facts, [must_not("ban", "overlaps(p.nature, smelting)"), must("some", "overlaps(p.nature, ['c'])")])
    found = answers(pack, case_of({"p.nature": SymbolSet(frozenset("acd"))}))
    assert [changes(remedy) for remedy in found.remedies] == [{"p.nature": SymbolSet(frozenset("cd"))}]


def test_a_justified_departure_needs_no_remedy_and_a_review_may_remain() -> None:
    """A remedy clears what is violated or departed; it leaves reviews open and records alone."""
    facts = [fact("p.a", changeable=True), fact("p.b", changeable=True), fact("p.c", changeable=True)]
    norms = [
        must_not("ban", "p.a"),
        norm("justified", Modality.SHOULD_NOT, lines("p.b")),
        norm("looked-at", Modality.REVIEW, None, lines("p.b")),
        norm("rejected", Modality.REVIEW, None, lines("p.c")),
    ]
    case = case_of(
        {"p.a": True, "p.b": True, "p.c": True},
        justified={"justified": Justification("justified", "d", "x")},
        reviewed={"rejected": ReviewRecord("rejected", "x", AS_OF, accepted=False)},
    )
    found = answers(pack_of(facts, norms), case)
    assert [changes(remedy) for remedy in found.remedies] == [{"p.a": False, "p.c": False}]
    assert found.remedies[0].decision is Decision.REFERRED


def test_a_fact_whose_question_does_not_arise_is_not_changed() -> None:
    """A changed case answers no question that does not arise."""
    facts = [fact("p.a"), fact("p.b", changeable=True, arises=lines("p.a"))]
    pack = pack_of(facts, [must_not("ban", "p.b")])
    assert len(answers(pack, case_of({"p.a": True, "p.b": True})).remedies) == 1
    assert answers(pack, case_of({"p.a": False, "p.b": True})).remedies == ()


# ---------------------------------------------------------------- against brute force

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


@given(packs_with_case, st.randoms(use_true_random=False))
def test_drawn_packs_are_settled_by_the_sets_and_mended_by_the_remedies(
    both: tuple[Pack, Case], chance: Random
) -> None:
    """On packs of every kind of fact, no assignment tried leaves a set's case open, and every remedy mends."""
    pack, case = both
    found = answers(pack, case)
    for names in found.missing_sets if found.proved else ():
        for _ in range(20):
            known = dict(case.values) | {name: any_value(pack, case, name, chance) for name in names}
            assert decision_of(pack, evolve(case, values=known)) is not Decision.UNDETERMINED
    for remedy in found.remedies:
        assert mends(pack, case, changes(remedy))
        for change in remedy.changes:
            fewer = {name: value for name, value in changes(remedy).items() if name != change.fact}
            assert not mends(pack, case, fewer)


def any_value(pack: Pack, case: Case, name: str, chance: Random) -> Value:
    """Some exact value that an open fact may have, often one that a norm mentions."""
    fact_type = pack.facts[name]
    value = case.values.get(name)
    near = [v.lo for v in (*case.parameters.values(), *case.values.values()) if isinstance(v, Interval)]
    match fact_type.kind, value:
        case Kind.BOOLEAN, _:
            return chance.random() < 0.5
        case Kind.SYMBOL, _:
            return chance.choice(list(fact_type.symbols))
        case Kind.SYMBOLS, _:
            held = value.members if isinstance(value, SymbolSet) else frozenset[str]()
            return SymbolSet(held | {s for s in fact_type.symbols if chance.random() < 0.5})
        case Kind.NUMBER, Interval(low, high):
            return exact(chance.choice([low, high, *(n for n in near if low <= n <= high)]))
        case Kind.NUMBER, _:
            return exact(chance.choice([*near, Fraction(0)]) + chance.choice([0, 0, 1, -1]) * Fraction(1, 10**6))
    days = [v for v in (*case.parameters.values(), *case.values.values()) if isinstance(v, date)]
    return date.fromordinal(chance.choice([*days, AS_OF]).toordinal() + chance.choice([-1, 0, 1]))
