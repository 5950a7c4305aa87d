"""Two packs side by side: how each norm stands, and that the case which shows it replays."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Final

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.faulty_packs import GROUPS, P, sound
from tests.handmade import fact, lines, must, must_not, norm, number, pack_of
from tests.layouts import laid_out_otherwise
from tests.ran import Ran
from ynpolicy import load
from ynpolicy.diff import BURDENS, Comparison, NormPair, Relation, Side, Witness, compare
from ynpolicy.diff.canonical import facts_behind
from ynpolicy.diff.plain import comparison_to_dict
from ynpolicy.ir import All, Case, Kind, Lookup, Modality, Norm, Pack, Table, is_settled
from ynpolicy.judge import Judge
from ynpolicy.loader import load_pack
from ynpolicy.mutation.mutants import mutants
from ynpolicy.schemas import schema
from ynpolicy.schemas_diff import RELATIONS
from ynpolicy.semantics import judge
from ynpolicy.testing.chance import seeded
from ynpolicy.testing.drawn_cases import CaseSpace, idle_facts, law_at, stated
from ynpolicy.testing.drawn_packs import draw_pack
from ynpolicy.testing.strategies import packs
from ynpolicy.verdict import Outcome

pytest.importorskip("z3", reason="the extra `proof` is not installed")
ROOT: Final = Path(__file__).parent.parent
MIRROR: Final = {
    Relation.STRICTER: Relation.LOOSER,
    Relation.LOOSER: Relation.STRICTER,
    Relation.ADDED: Relation.REMOVED,
    Relation.REMOVED: Relation.ADDED,
}


def side(pack: Pack, day: date | None = None) -> Side:
    return Side(Judge(pack, use_forward=False), day)


def compared(a: Pack, b: Pack) -> Comparison:
    return compare(side(a), side(b))


def only(found: Comparison) -> NormPair:
    """The one norm that is not alike."""
    (pair,) = [pair for pair in found.norms if not pair.relation.is_alike]
    return pair


def outcomes(found: Comparison, pair: NormPair, witness: Witness) -> tuple[Outcome | None, Outcome | None]:
    """What the references say of a witness, each reading its case afresh."""
    said = []
    for own, id, shown in ((found.a, pair.name_a, witness.a), (found.b, pair.name_b, witness.b)):
        verdict = Judge(own.pack, use_forward=False).check(dict(shown.case))
        said.append(next((finding.outcome for finding in verdict.findings if finding.norm.id == id), None))
    return said[0], said[1]


def burden(outcome: Outcome | None) -> int:
    return next((i for i, group in enumerate(BURDENS) if outcome in group), 0)


def assert_shown(found: Comparison, same_questions: bool = True) -> None:
    """Each difference has a case that shows it, whichever way it goes, in the reference itself.

    Where packs ask a question in different situations, one case file may not be able to say what both take: then a norm
    may stay undecided, and the reason is told.
    """
    for pair in found.norms:
        if pair.relation is Relation.UNDECIDED:
            assert not same_questions, pair
            assert pair.why == "no witness replays"
            continue
        if pair.relation.is_alike:
            assert pair.witnesses == ()
            continue
        if pair.relation not in (Relation.ADDED, Relation.REMOVED):
            assert pair.witnesses, pair
        for witness in pair.witnesses:
            a, b = outcomes(found, pair, witness)
            assert (a, b) == (witness.a.outcome, witness.b.outcome)
            assert a is not b
            match witness.shows:
                case "stricter":
                    assert burden(b) > burden(a)
                case "looser":
                    assert burden(b) < burden(a)
                case "open":
                    assert Outcome.UNDETERMINED in (a, b)
                case _:
                    assert burden(a) == burden(b)


# ---------------------------------------------------------------- small packs


@pytest.mark.parametrize(
    ("a", "b", "relation"),
    [
        (must_not("x", "a.size <= 10"), must_not("x", "a.size < 10"), Relation.LOOSER),
        (must("x", "a.size >= 10"), must("x", "a.size > 10"), Relation.STRICTER),
    ],
)
def test_one_boundary_is_told_apart_on_the_boundary(a: Norm, b: Norm, relation: Relation) -> None:
    """`<` and `<=` differ in one value, and the witness has that value."""
    found = compared(sound(a), sound(b))
    pair = only(found)
    assert (pair.id, pair.relation) == ("x", relation)
    (witness,) = pair.witnesses
    assert witness.a.case == witness.b.case
    assert witness.a.case["facts"]["a.size"] == "10"
    assert_shown(found)


WAYS: Final = (
    (must("x", "a.done"), must("x", "a.done", applies=[P]), Relation.LOOSER),
    (must("x", "a.done", applies=[P]), must("x", "a.done", applies=["a.flag"]), Relation.INCOMPARABLE),
    (must("x", "a.done or a.extra"), must("x", "a.extra or a.done"), Relation.EQUIVALENT),
    (must("x", "a.size < 5", "a.size < 9"), must("x", "a.size < 5"), Relation.EQUIVALENT),
    (must("x", "a.done", applies=["a.done"]), must("x", "a.size >= 0", applies=["a.flag"]), Relation.AS_STRICT),
)


@pytest.mark.parametrize(("a", "b", "relation"), WAYS)
def test_a_norm_stands_as_it_should(a: Norm, b: Norm, relation: Relation) -> None:
    """Each relation comes about by itself, and turns round with the packs."""
    found, back = compared(sound(a), sound(b)), compared(sound(b), sound(a))
    by_id = {pair.id: pair.relation for pair in found.norms}
    assert by_id.pop("x") is relation
    assert set(by_id.values()) == {Relation.SAME_TEXT}
    assert {p.id: p.relation for p in back.norms}["x"] is MIRROR.get(relation, relation)
    assert_shown(found)
    assert_shown(back)


def test_each_milder_modality_is_looser() -> None:
    """Must, should, review, may: each step down burdens a case that falls under both less, and none more."""
    always = lines("a.size >= 0")
    ladder = [norm("x", Modality.MUST_NOT, always), norm("x", Modality.SHOULD_NOT, always)]
    ladder += [norm("x", Modality.REVIEW, None), norm("x", Modality.MAY, None)]
    for i, graver in enumerate(ladder):
        for milder in ladder[i + 1 :]:
            found = compared(sound(graver), sound(milder))
            assert only(found).relation is Relation.LOOSER
            assert_shown(found)


def test_a_wider_territory_is_stricter() -> None:
    """The territory is a line of every norm, though no norm writes it."""
    facts, norms = [fact("a.here"), fact("a.there"), fact("a.done")], [must("x", "a.done")]
    near, far = (pack_of(facts, norms, lines(text)) for text in ("a.here and a.there", "a.here or a.there"))
    found = compared(near, far)
    assert only(found).relation is Relation.STRICTER
    assert_shown(found)


def test_a_symbol_that_one_pack_knows_is_in_no_common_case() -> None:
    """A ban on a new symbol changes no case that both can state; that the vocabularies differ is told."""
    old, new = (pack_of([fact("a.marks", Kind.SYMBOLS, known)], [must_not("x", text)]) for known, text in MARKS)
    found = compared(old, new)
    assert [pair.relation for pair in found.norms] == [Relation.EQUIVALENT]
    assert [element.name for element in found.vocabulary] == ["a.marks"]
    assert not found.same


MARKS: Final = (("cd", 'overlaps(a.marks, ["c"])'), ("cde", 'overlaps(a.marks, ["c", "e"])'))


def test_a_norm_that_only_one_pack_has_is_shown_by_a_case_that_it_burdens() -> None:
    """An added norm is no stricter norm: it has none beside it, and its witness breaks it."""
    found = compared(sound(), sound(must_not("x", "a.extra", applies=["a.flag"])))
    pair = only(found)
    assert (pair.relation, pair.name_a, pair.name_b) == (Relation.ADDED, "", "x")
    assert [(w.a.outcome, w.b.outcome) for w in pair.witnesses] == [(None, Outcome.VIOLATED)]
    assert_shown(found)
    assert only(compared(found.b.pack, found.a.pack)).relation is Relation.REMOVED


def test_a_renamed_norm_is_found_by_its_alias_or_by_its_text() -> None:
    """Another id alone is no difference; with the older name kept, a change beside it is found too."""
    a = sound(must("old", "a.size > 3"))
    same = compared(a, sound(must("new", "a.size > 3")))
    assert same.same
    assert [(note.name, note.after) for note in same.notes] == [("old", "new")]
    changed = sound(evolve(must("new", "a.size >= 3"), aliases=("old",)))
    for found, relation in ((compared(a, changed), Relation.LOOSER), (compared(changed, a), Relation.STRICTER)):
        assert only(found).relation is relation
        assert {only(found).name_a, only(found).name_b} == {"old", "new"}
        assert_shown(found)


def test_a_fact_of_one_pack_only_is_free_in_the_other() -> None:
    """A line on a fact that A does not know makes B's duty looser, and A's witness does not state it."""
    a = pack_of([number("a.size")], [must("x", "a.size < 5")])
    b = pack_of([number("a.size"), fact("b.flag")], [must("x", "a.size < 5", applies=["b.flag"])])
    found = compared(a, b)
    assert only(found).relation is Relation.LOOSER
    (witness,) = only(found).witnesses
    assert "b.flag" not in witness.a.case["facts"]
    assert witness.b.case["facts"]["b.flag"] is False
    assert [element.name for element in found.vocabulary] == ["b.flag"]
    assert_shown(found)


def test_a_table_by_which_facts_follow_is_read_by_each_pack_for_itself() -> None:
    """A cell that changes moves a duty to other cases; one case without the fact that follows shows it in both."""
    group = fact("a.group", Kind.SYMBOL, "gh", derived=Lookup("a.kind", "groups", "group"))
    facts = [fact("a.kind", Kind.SYMBOL, "pqr"), group]
    norm = must_not("x", 'a.group == "h"')
    rows = {**GROUPS.rows, "q": {"kind": "q", "group": "h"}}
    moved = Table("groups", "kind", ("kind", "group"), rows)
    found = compared(pack_of(facts, [norm], tables=[GROUPS]), pack_of(facts, [norm], tables=[moved]))
    assert only(found).relation is Relation.STRICTER
    (witness,) = only(found).witnesses
    assert witness.a.case == witness.b.case
    assert witness.a.case["facts"] == {"a.kind": "q"}
    assert_shown(found)


def test_numbers_in_another_unit_are_compared_as_quantities() -> None:
    """The same bound in kilometres is equivalent; a bound one metre off is not."""
    metres = pack_of([number("a.way", unit="m")], [must("x", "a.way >= 1000")])
    for text, relation in (("a.way >= 1", Relation.EQUIVALENT), ("a.way >= 1.001", Relation.STRICTER)):
        far = pack_of([number("a.way", unit="km", resolution=Fraction(1, 1000))], [must("x", text)])
        found = compared(metres, far)
        assert [pair.relation for pair in found.norms] == [relation]
        assert not found.same, "the unit itself is told"
        assert_shown(found)


def test_what_the_solver_leaves_open_is_never_called_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an answer a norm is undecided, and the packs are not said to be the same."""
    from ynpolicy.diff import solving
    from ynpolicy.engines.smt import Answer, Status

    answer = Answer(Status.UNDECIDED, reason="timeout")
    monkeypatch.setattr(solving.PairSearch, "find", lambda *_: answer)
    found = compared(sound(must("x", "a.done or a.extra")), sound(must("x", "a.extra or a.done")))
    assert (only(found).relation, only(found).why) == (Relation.UNDECIDED, "timeout")
    assert not found.same
    alone = only(compared(sound(), sound(must("x", "a.extra"))))
    assert (alone.relation, alone.witnesses, alone.why) == (Relation.ADDED, (), "timeout")


# ---------------------------------------------------------------- drawn packs


def changes(pack: Pack) -> Iterator[tuple[Pack, str]]:
    """The pack with each small change in one of its norms that mutation knows, and the norm's id.

    No pack can have a parameter that is the day before the as-of date, as one of the changes does.
    """
    for mutant in mutants(pack, {id: {} for id in pack.norms}):
        if mutant.subject in pack.norms and not any(alias.is_day for alias in mutant.aliases):
            ((_, new),) = mutant.pairs
            parameters = {**pack.parameters, **{alias.name: alias for alias in mutant.aliases}}
            yield evolve(pack, norms={**pack.norms, mutant.subject: new.norm}, parameters=parameters), mutant.subject


@settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(packs(4), st.integers(0, 10**6))
def test_a_change_in_one_norm_is_named_and_shown(pack: Pack, choice: int) -> None:
    """No other norm is named, the reference judges the witness as it says, and the comparison turns round."""
    made = list(changes(pack))
    changed, id = made[choice % len(made)]
    found = compared(pack, changed)
    assert {pair.id for pair in found.norms if pair.relation is not Relation.SAME_TEXT} <= {id}
    assert_shown(found)
    back = compared(changed, pack)
    assert [MIRROR.get(p.relation, p.relation) for p in back.norms] == [p.relation for p in found.norms]


@settings(max_examples=15, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(packs(3), packs(3))
def test_any_two_packs_stand_as_their_mirror(a: Pack, b: Pack) -> None:
    """Two packs that share little are compared, each witness replays, and the comparison turns round."""
    found, back = compared(a, b), compared(b, a)
    alike = all(a.facts[name].arises == b.facts[name].arises for name in a.facts.keys() & b.facts.keys())
    assert_shown(found, alike)
    assert_shown(back, alike)
    mine = {(pair.id, pair.level): MIRROR.get(pair.relation, pair.relation) for pair in found.norms}
    other = {(pair.id, pair.level): pair.relation for pair in back.norms}
    assert mine.keys() == other.keys()
    decided = [key for key in mine if Relation.UNDECIDED not in (mine[key], other[key])]
    assert {key: mine[key] for key in decided} == {key: other[key] for key in decided}


@settings(max_examples=15)
@given(packs(4))
def test_a_pack_differs_in_nothing_from_itself(pack: Pack) -> None:
    """Every norm has the same text, in whatever order norms and lines stand."""
    turned = {
        id: evolve(norm, applies=evolve(norm.applies, items=norm.applies.items[::-1]))
        for id, norm in reversed(pack.norms.items())
    }
    assert compared(pack, pack).same
    assert {pair.relation for pair in compared(pack, evolve(pack, norms=turned)).norms} == {Relation.SAME_TEXT}


def test_what_is_proved_no_drawn_case_contradicts() -> None:
    """The solver's word is not taken alone: of complete cases near the thresholds none goes against what is proved."""
    tried: Counter[Relation] = Counter()
    for seed in range(48):
        draw = seeded("proved", seed)
        pack = draw_pack(draw, 2)
        for changed, id in list(changes(pack))[seed % 5 :: 9]:
            (relation,) = [pair.relation for pair in compared(pack, changed).norms if pair.id == id]
            space = CaseSpace(changed, norm=id)
            inside = pack.territory.get(pack.norms[id].level, All(()))
            read = facts_behind(pack, (*pack.norms[id].conditions, *changed.norms[id].conditions, inside))
            for _ in range(25):
                case = stated(changed, space.aimed(draw))
                if is_complete(changed, case, read):
                    tried[relation] += 1
                    assert agrees(relation, outcome_of(pack, case, id), outcome_of(changed, case, id))
    assert min(tried[relation] for relation in (Relation.EQUIVALENT, Relation.STRICTER, Relation.LOOSER)) >= 30


def agrees(relation: Relation, a: Outcome, b: Outcome) -> bool:
    """Whether two outcomes of one case may come about where a norm stands so."""
    if (a is Outcome.UNDETERMINED) is not (b is Outcome.UNDETERMINED):
        return relation is Relation.INCOMPARABLE
    match relation:
        case Relation.EQUIVALENT:
            return a is b
        case Relation.AS_STRICT:
            return burden(a) == burden(b)
        case Relation.STRICTER:
            return burden(a) <= burden(b)
        case Relation.LOOSER:
            return burden(a) >= burden(b)
    return relation is Relation.INCOMPARABLE


def is_complete(pack: Pack, case: Case, names: list[str]) -> bool:
    """Whether some facts are known, leave nothing open, and are asked for in this case."""
    idle = {fact.name for fact in idle_facts(pack, case)}
    return all(name in case.values and is_settled(case.values[name]) and name not in idle for name in names)


def outcome_of(pack: Pack, case: Case, id: str) -> Outcome:
    """What the reference says of a norm in a case, without its records."""
    own = evolve(case, parameters=law_at(pack, case.as_of), justified={}, reviewed={})
    return next(finding.outcome for finding in judge(pack, own) if finding.norm.id == id)


# ---------------------------------------------------------------- real packs


def test_the_plan_under_another_reading() -> None:
    """Under `lanping-ratio=equal` the norm on Lanping falls away, and Lanping under those on other counties."""
    plan = load("yunnan-14fyp", use_forward=False)
    found = compare(Side(plan), Side(plan.under({"lanping-ratio": "equal"})), "project")
    assert_shown(found)
    by_id = {pair.id: pair for pair in found.norms if not pair.relation.is_alike}
    assert by_id["offset.lanping-ratio"].relation is Relation.REMOVED
    assert by_id["offset.other-region-ratio"].relation is Relation.STRICTER
    for pair in by_id.values():
        assert all(witness.a.case["facts"]["site.county"] == "533325" for witness in pair.witnesses)


def test_the_plan_on_the_day_before_special_limits_begin() -> None:
    """From 2022-12-31 to 2023-01-01 nothing grows milder, and what begins or falls due is what differs."""
    plan = load("yunnan-14fyp", use_forward=False)
    found = compare(Side(plan, date(2022, 12, 31)), Side(plan, date(2023, 1, 1)), "project")
    assert_shown(found)
    assert found.having(Relation.LOOSER, Relation.ADDED, Relation.REMOVED, Relation.AS_STRICT) == ()
    changed = [pair for pair in found.norms if not pair.relation.is_alike]
    assert "limits.special-new" in {pair.id for pair in found.having(Relation.STRICTER)}
    for pair in changed:
        assert {(e.kind, a.name, a.before, a.after) for e in pair.elements for a in e.aspects} == {
            ("norm", "in_force", "no", "yes")
        }
        assert all(witness.a.outcome is Outcome.NOT_IN_FORCE for witness in pair.witnesses)


@pytest.mark.parametrize("pack", ["yangtze-law-26", "yunnan-14fyp"])
def test_layout_alone_is_no_difference(tmp_path: Path, pack: str) -> None:
    """Files renamed, norms turned round, comments, quotes and blank lines: every norm has the same text."""
    a, b = load_pack(pack), load_pack(laid_out_otherwise(ROOT / "policies" / pack, tmp_path / "other"))
    assert a.digest != b.digest
    assert list(a.norms) != list(b.norms)
    found = compared(a, b)
    assert found.same
    assert {pair.relation for pair in found.norms} == {Relation.SAME_TEXT}


def test_lines_in_other_words_are_proved_equal() -> None:
    """Where the text differs and the meaning does not, the solver says so."""
    a = sound(must("x", "a.size < 5 or a.done", applies=["not a.flag"]))
    b = sound(evolve(must("x", "a.done or not a.size >= 5"), applies=lines("a.flag == False")))
    assert [pair.relation for pair in compared(a, b).norms if pair.id == "x"] == [Relation.EQUIVALENT]


# ---------------------------------------------------------------- the command

SAMPLES: Final = [str(ROOT / "docs" / "how-to" / name) for name in ("sample-pack", "sample-pack-amended")]


def test_the_command_writes_witnesses_that_check_reads(tmp_path: Path) -> None:
    """Each file of a witness is a case that the two packs judge as its head says; the report names it."""
    folder = tmp_path / "shown"
    ran = Ran("diff", *SAMPLES, "--lang", "en", "--witnesses", str(folder))
    assert ran.status == 1
    (file,) = folder.iterdir()
    assert f"witness {file.name} (B burdens it less" in ran.out
    assert "farm.river-ban violated" in file.read_text(encoding="utf-8")
    said = [load(name, use_forward=False).check(file).findings[0].outcome for name in SAMPLES]
    assert said == [Outcome.VIOLATED, Outcome.COMPLIED]


def test_the_command_ends_with_the_status_of_the_comparison() -> None:
    """0 where nothing differs, 1 where something does, 2 where the command is wrong."""
    assert Ran("diff", SAMPLES[0]).status == 0
    assert Ran("diff", *SAMPLES, "--format", "json").status == 1
    for wrong, message in (
        (("--as-of-b", "2023-01-01"), "one pack is read on a day"),
        (("--reading", "ratio=equal"), "there is no such reading"),
        (("--reading-b", "equal"), "`equal` is not ID=OPTION"),
        (("--level", "county"), "no norm stands on the level `county`"),
        (("--as-of", "2023-02-30"), "--as-of"),
    ):
        ran = Ran("diff", *SAMPLES, *wrong, "--lang", "en")
        assert (ran.status, message in ran.err) == (2, True), ran.err


def test_what_the_command_prints_is_valid(tmp_path: Path) -> None:
    """The JSON of every relation, with and without a portfolio, has the published shape, and the shape knows each."""
    assert {relation.value for relation in Relation} == set(RELATIONS)
    validator = Draft202012Validator(schema("diff"))
    Draft202012Validator.check_schema(schema("diff"))
    farms = ROOT / "docs" / "how-to" / "tables" / "farms.csv"
    ran = Ran("diff", *SAMPLES, "--format", "json", "--cases", farms, "--level", "project")
    validator.validate(json.loads(ran.out))
    for a, b, _ in WAYS:
        one = evolve(sound(a, must("gone", "a.extra")), digest="")
        validator.validate(comparison_to_dict(compared(one, sound(b, must_not("come", "a.extra")))))
    broken = json.loads(ran.out)
    broken["norms"][0]["relation"] = "milder"
    assert not validator.is_valid(broken)
