"""What to change about a refused or referred case: known answers on packs made by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from tests.handmade import (
    AS_OF,
    answers,
    case_of,
    changes,
    fact,
    lines,
    must,
    must_not,
    norm,
    number,
    pack_of,
)
from ynpolicy.ir import (
    Justification,
    Kind,
    Lookup,
    Modality,
    ReviewRecord,
    Table,
    Total,
)
from ynpolicy.values import SymbolSet, Value, exact
from ynpolicy.verdict import Change, Decision, Remedy


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


def test_a_list_that_must_not_lie_within_a_set_loses_one_symbol() -> None:
    """It is enough to take one of the listed symbols out; the others stay."""
    pack = pack_of(
        [fact("p.held", Kind.SYMBOLS, "abc", changeable=True)], [must_not("ban", "within(smelting, p.held)")]
    )
    found = answers(pack, case_of({"p.held": SymbolSet(frozenset("abc"))}))
    ((change,),) = [remedy.changes for remedy in found.remedies]
    assert isinstance(change.after, SymbolSet)
    assert len(change.after.members) == 2
    assert "c" in change.after.members


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
