"""What to ask for on an undetermined case: known answers on packs made by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from tests.handmade import (
    LAW,
    answers,
    case_of,
    fact,
    lines,
    must,
    must_not,
    norm,
    number,
    pack_of,
)
from ynpolicy.ir import (
    All,
    AnyOf,
    FactRef,
    Holds,
    Kind,
    Lookup,
    Modality,
    Not,
    Table,
    Total,
)
from ynpolicy.sufficiency import asking
from ynpolicy.sufficiency.board import Board
from ynpolicy.sufficiency.lines import LARGEST_STAGE
from ynpolicy.sufficiency.samples import Samples
from ynpolicy.values import Interval, Missing, SymbolSet, Value, exact


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
    """A ban on an unverified parameter is settled by no facts: the sets then leave nothing to ask, and name it."""
    pack = pack_of([fact("p.new"), fact("p.day", Kind.DATE)], [must_not("ban", "p.new", "p.day < unsourced")])
    found = answers(pack, case_of())
    assert found.missing_sets == (("p.new", "p.day"),)
    assert found.waits_for == ("unsourced",)
    assert found.proved
    assert found.ask_first == ("p.new",)


def test_a_case_that_hangs_on_the_law_alone_asks_for_nothing() -> None:
    """Once all facts are known, an unverified parameter leaves no set to ask for, and is named."""
    pack = pack_of([fact("p.new"), fact("p.day", Kind.DATE)], [must_not("ban", "p.new", "p.day < unsourced")])
    found = answers(pack, case_of({"p.new": True, "p.day": date(2022, 1, 1)}))
    assert (found.missing_sets, found.waits_for, found.ask_first) == ((), ("unsourced",), ())


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


def test_a_set_that_must_hold_every_symbol_of_a_list_may_turn_out_to() -> None:
    """One member of the list alone does not stand for the whole list: with all of them the other duty is still open."""
    facts = [fact("p.nature", Kind.SYMBOLS, "abc"), fact("p.a")]
    pack = pack_of(facts, [must("all", "within(smelting, p.nature)"), must("other", "p.a")])
    assert answers(pack, case_of({})).missing_sets == (("p.nature", "p.a"),)


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


def test_a_place_that_contradicts_what_is_stated_stands_for_no_other() -> None:
    """Two towns that no comparison tells apart differ where the district is stated and only one lies in it."""
    facts = [
        fact("site.town", Kind.SYMBOL, "abc"),
        fact("site.district", Kind.SYMBOL, "ns", derived=Lookup("site.town", "towns", "district")),
        fact("p.a"),
    ]
    rows = {
        "a": {"town": "a", "district": "n"},
        "b": {"town": "b", "district": "s"},
        "c": {"town": "c", "district": ""},
    }
    pack = pack_of(
        facts, [must_not("ban", "p.a")], lines('site.town != "c"'), [Table("towns", "town", ("town", "district"), rows)]
    )
    for district in "ns":
        found = answers(pack, case_of({"site.district": district}))
        assert found.missing_sets == (("site.town", "p.a"),)
        assert found.proved


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


def test_more_lines_than_are_projected_make_the_search_not_exhaustive() -> None:
    """Two numbers on more lines than the search projects: the values to try are then not said to be all."""
    slopes = range(1, LARGEST_STAGE + 3)
    pack = pack_of([number("n.x"), number("n.y")], [must("m", *(f"n.x >= {n} * n.y" for n in slopes))])
    board = Board(pack, case_of(), pack.norms["m"].conditions, ["n.x", "n.y"], [])
    samples = Samples(board, ["n.x", "n.y"])
    assert samples.exact
    samples.of("n.x")
    assert not samples.exact
