"""Mutation of the rules: strong casebooks notice every change, weak ones leave the change that they miss."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.handmade import NONE, fact, lines, must, must_not, norm, number, pack_of
from tests.test_cli import RIVER, Ran
from tests.test_workdays import write
from ynpolicy.casebook import read_casebook, run_casebook
from ynpolicy.expressions import parse
from ynpolicy.ir import AS_OF, All, AnyOf, Case, DatedValue, Exemption, Kind, Modality, Pack, Parameter, Reading
from ynpolicy.judge import load
from ynpolicy.mutation import Change, Mutant, Mutation, mutate
from ynpolicy.mutation.contrast import finding_of, told
from ynpolicy.mutation.enumeration import Unfinished, with_values, witness
from ynpolicy.mutation.mutants import mutants
from ynpolicy.mutation.report import percent, report
from ynpolicy.mutation.versions import version_of
from ynpolicy.sufficiency.lines import cells
from ynpolicy.testing.chance import Draw, seeded
from ynpolicy.testing.drawn_cases import CaseSpace, law_at
from ynpolicy.testing.drawn_packs import draw_pack
from ynpolicy.testing.strategies import packs
from ynpolicy.values import Interval, SymbolSet, exact
from ynpolicy.verdict import Outcome

SAMPLE = Path(__file__).parents[1] / "docs" / "how-to" / "sample-pack"


def sample(tmp_path: Path, **changes: tuple[str, str]) -> Path:
    """The sample pack with the first occurrence of a text in a file (`norms`, `cases`) replaced."""
    folder = tmp_path / "sample"
    shutil.copytree(SAMPLE, folder)
    for name, (old, new) in changes.items():
        path = folder / name / "siting.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def without_case(tmp_path: Path, title: str, pack: Path = SAMPLE) -> Path:
    """A pack without the cases whose titles contain a text."""
    folder = tmp_path / "fewer"
    shutil.copytree(pack, folder)
    for path in (folder / "cases").glob("*.yaml"):
        head, *cases = path.read_text(encoding="utf-8").split("  - ")
        kept = [case for case in cases if title not in case.splitlines()[0]]
        assert len(kept) < len(cases)
        path.write_text("  - ".join([head, *kept]), encoding="utf-8")
    return folder


def mutated(folder: Path, most: int = 5_000) -> Mutation:
    judge = load(folder, use_forward=False)
    results, problems = run_casebook(judge, read_casebook(judge.pack))
    assert problems == ()
    return mutate(judge.pack, results, most)


def survivors(mutation: Mutation) -> list[tuple[str, Change, str]]:
    return [(s.mutant.subject, s.mutant.change, s.mutant.words) for s in mutation.survivors]


# ---------------------------------------------------------------- strong and weak casebooks


def test_a_strong_casebook_kills_every_mutant() -> None:
    """A pack with a case for every line, boundary side, exception, date and unknown scores 100 %."""
    found = mutated(SAMPLE)
    assert (found.killed, found.survivors, found.equivalent) == (sum(found.made.values()), (), ())
    assert found.score == 1


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (
            "距岸线500.1米",
            [
                (
                    "farm.river-ban",
                    Change.SHIFT,
                    "`farm.bank_distance <= river_buffer` becomes `farm.bank_distance <= river_buffer + 0.1`",
                ),
                ("parameter river_buffer", Change.PARAMETER, "500 becomes 500.1"),
            ],
        ),
        (
            "恰为500米",
            [
                (
                    "farm.river-ban",
                    Change.BOUNDARY,
                    "`farm.bank_distance <= river_buffer` becomes `farm.bank_distance < river_buffer`",
                ),
                (
                    "farm.river-ban",
                    Change.SHIFT,
                    "`farm.bank_distance <= river_buffer` becomes `farm.bank_distance <= river_buffer - 0.1`",
                ),
                ("parameter river_buffer", Change.PARAMETER, "500 becomes 499.9"),
            ],
        ),
        (
            "印发前一日建成",
            [
                (
                    "farm.river-ban",
                    Change.SHIFT,
                    "`farm.built_on < issued_on` becomes `farm.built_on < issued_on - 1 day`",
                ),
                ("farm.river-ban", Change.EXCEPTION, "exception `built-before` left out"),
                ("parameter issued_on", Change.PARAMETER, "2024-03-01 becomes 2024-02-29"),
            ],
        ),
        (
            "起始日距岸线",
            [("first day of the pack", Change.DATE, "`since: 2024-01-01` becomes `since: 2024-01-02`")],
        ),
        ("农户散养", [("farm.river-ban", Change.DROP, "`farm.large_scale` left out")]),
    ],
    ids=["just above", "at the threshold", "the day before", "the first day", "outside the scope"],
)
def test_a_case_that_is_missing_leaves_its_survivors(
    tmp_path: Path, title: str, expected: list[tuple[str, Change, str]]
) -> None:
    """Without the case on one side of a boundary, the mutants that only this case kills survive, and no others."""
    found = mutated(without_case(tmp_path, title))
    assert sorted(survivors(found), key=str) == sorted(expected, key=str)
    assert found.equivalent == ()
    assert found.score == Fraction(20 - len(expected), 20)


def test_a_survivor_comes_with_a_case_that_would_kill_it(tmp_path: Path) -> None:
    """The report names a case of the pack, the fact to change in it, and the two outcomes."""
    text = "\n".join(report(mutated(without_case(tmp_path, "恰为500米"))))
    assert (
        "fewer/norms/siting.yaml:14:7: survived: farm.river-ban: boundary: "
        "`farm.bank_distance <= river_buffer` becomes `farm.bank_distance < river_buffer`\n"
        "  told apart by farm.river-ban as of 2024-07-01: “规模化养殖场距岸线500.1米，符合” "
        "with farm.bank_distance: 500: violated becomes complied"
    ) in text
    assert text.endswith("mutants: 20, killed 17, equivalent 0, survived 3; score 85.0 %")
    assert "farm.river-ban: 14 mutants, 2 survived" in text


def test_a_norm_without_a_case_kills_nothing(tmp_path: Path) -> None:
    """Every mutant of a norm without cases survives, unless it is equivalent."""
    judge = load(SAMPLE, use_forward=False)
    found = mutate(judge.pack, ())
    assert (found.killed, found.equivalent, found.score) == (0, (), 0)


def test_a_case_that_fails_kills_nothing(tmp_path: Path) -> None:
    """A case that the pack itself does not satisfy would kill every mutant, so it is left out."""
    judge = load(sample(tmp_path, cases=("expect: violated", "expect: complied")), use_forward=False)
    results, problems = run_casebook(judge, read_casebook(judge.pack))
    assert len(problems) == 1
    assert mutate(judge.pack, results).killed < 20


# ---------------------------------------------------------------- equivalent mutants


def test_an_equivalent_mutant_does_not_count(tmp_path: Path) -> None:
    """A line that says nothing new may be left out, and a weaker comparison beside a stronger one shifted."""
    twice = "    - farm.large_scale\n    - farm.large_scale == True\n"
    found = mutated(sample(tmp_path, norms=("    - farm.large_scale\n", twice)))
    assert [m.words for m in found.equivalent] == [
        "`farm.large_scale` left out",
        "`farm.large_scale == True` left out",
    ]
    assert (found.survivors, found.score) == ((), 1)


def test_a_line_that_matters_only_where_a_fact_is_unknown_is_not_equivalent() -> None:
    """`b or not b` is true for every known b and unknown for an unknown one: leaving it out is told apart by that."""
    pack = pack_of([number("n.x"), fact("b.flag")], [must_not("a.norm", "n.x <= 1", "b.flag or not b.flag")])
    found = mutate(pack, ())
    survivor = next(s for s in found.survivors if s.mutant.words == "`b.flag or not (b.flag)` left out")
    assert survivor.witness is not None
    assert (survivor.witness.before.outcome, survivor.witness.after.outcome) == (
        Outcome.UNDETERMINED,
        Outcome.VIOLATED,
    )
    assert "b.flag" not in survivor.witness.facts


def test_what_another_line_always_says_is_equivalent_whatever_the_numbers() -> None:
    """Of two sums of which one is never smaller, the smaller one may be left out, shifted up or opened."""
    sums = ["n.x + n.y >= 2 * n.z", "n.x + 2 * n.y >= 2 * n.z"]
    pack = pack_of(
        [number(name) for name in ("n.x", "n.y", "n.z")],
        [norm("a.norm", Modality.MUST, All((AnyOf(tuple(parse(line) for line in sums)),)))],
    )
    found = mutate(pack, ())
    assert [(m.change, m.words.partition("` ")[0][1:]) for m in found.equivalent] == [
        (Change.DROP, sums[0]),
        (Change.BOUNDARY, sums[0]),
        (Change.SHIFT, sums[0]),
        (Change.CONSTANT, sums[0]),
    ]


@pytest.mark.parametrize(
    ("line", "change", "when"),
    [
        ("d.day <= as_of", "`d.day <= as_of` becomes `d.day <= as_of + 1 day`", None),
        ('as_of >= day("2022-07-01")', 'becomes `as_of >= day("2022-07-02")`', date(2022, 7, 1)),
    ],
    ids=["a fact", "a day"],
)
def test_a_comparison_with_the_as_of_date_is_shifted_and_told_apart(line: str, change: str, when: date | None) -> None:
    """The as-of date moves by a day like any other day of the law, and the days around what it meets are tried."""
    pack = pack_of([fact("d.day", Kind.DATE), fact("b.flag")], [must("a.norm", "b.flag", applies=[line])])
    found = mutate(evolve(pack, parameters={"as_of": AS_OF}), ())
    witness = next(s.witness for s in found.survivors if change in s.mutant.words)
    assert witness is not None
    assert when in (None, witness.as_of)
    assert found.equivalent == ()
    assert found.waiting == 0


def test_a_value_that_stands_under_another_reading_is_mutated_and_told_apart_there() -> None:
    """A parameter's value for an option that is not the first is changed too; the witness names the option."""
    entries = (
        DatedValue(exact(10), under={"limit": ("low",)}),
        DatedValue(exact(20), under={"limit": ("high",)}),
    )
    limit = Parameter("limit", Kind.NUMBER, NONE, entries[:1], every=entries)
    options = Reading("limit", NONE, NONE, NONE, NONE, NONE, options={"low": NONE, "high": NONE})
    pack = pack_of([number("n.x")], [must("a.norm", "n.x < limit")])
    found = mutate(evolve(pack, parameters={"limit": limit}, readings={"limit": options}), ())
    chosen = {s.mutant.words: dict(s.witness.chosen) for s in found.survivors if s.witness}
    assert chosen["10 becomes 11 under limit=low"] == {}
    assert chosen["20 becomes 21 under limit=high"] == {"limit": "high"}
    assert "under limit=high" in "\n".join(report(found))


def test_past_the_bound_a_survivor_counts_and_says_so(tmp_path: Path) -> None:
    """Where the cases to try are more than allowed, an equivalent mutant stays a survivor without a witness."""
    twice = "    - farm.large_scale\n    - farm.large_scale == True\n"
    found = mutated(sample(tmp_path, norms=("    - farm.large_scale\n", twice)), most=1)
    assert {s.reason for s in found.survivors} == {"more cases would have to be tried than are allowed"}
    assert [s.witness for s in found.survivors] == [None, None]
    assert found.score < 1
    assert "  not shown to be equivalent: more cases" in "\n".join(report(found))


def test_what_waits_for_an_unverified_parameter_is_counted_apart(tmp_path: Path) -> None:
    """While a parameter has no verified value, changes of what is compared with it change nothing, and are named so."""
    folder = sample(tmp_path)
    path = folder / "parameters.yaml"
    text = path.read_text(encoding="utf-8")
    unverified = "- {status: unverified, source: 未载明, note: {zh: 查通知, en: the notice}}"
    head, _ = text.split("    - value: 2024-03-01")
    path.write_text(head + "    " + unverified + "\n", encoding="utf-8")
    judge = load(folder, use_forward=False)
    results, problems = run_casebook(judge, read_casebook(judge.pack))
    found = mutate(judge.pack, results)
    assert problems != ()
    assert 0 < found.waiting <= len(found.equivalent)
    assert "in norms with an unverified parameter" in list(report(found))[-1]


# ---------------------------------------------------------------- which mutants there are


def every_kind() -> Pack:
    """A norm with a line of every kind, an exception, all three dates, and a parameter of every kind."""
    applies = ("b.flag", 's.kind in ["a", "b"]', "s.kind != kind", "overlaps(m.held, kinds)", "flag == True")
    own = evolve(
        must("a.norm", "n.x < limit", "d.day >= day", applies=applies),
        exemptions=(Exemption("old", NONE, lines('d.day <= day("2020-12-31")')),),
        since=date(2021, 6, 1),
        until=date(2025, 6, 30),
        due=date(2021, 12, 31),
    )
    facts = (
        *(fact("b.flag"), fact("s.kind", Kind.SYMBOL, "abc"), fact("m.held", Kind.SYMBOLS, "abc")),
        *(number("n.x"), fact("d.day", Kind.DATE)),
    )
    pack = pack_of(facts, [own])
    law = (
        ("kind", Kind.SYMBOL, "c"),
        ("kinds", Kind.SYMBOLS, SymbolSet(frozenset("ab"))),
        ("flag", Kind.BOOLEAN, True),
        ("limit", Kind.NUMBER, exact(10)),
        ("day", Kind.DATE, date(2021, 1, 1)),
    )
    parameters = {
        name: Parameter(name, kind, NONE, (DatedValue(value, date(2020, 1, 1)),)) for name, kind, value in law
    }
    return evolve(pack, parameters=parameters)


def test_every_change_is_made_where_there_is_something_to_change() -> None:
    """A norm with every kind of line and date gives every kind of mutant, so many of each."""
    made = list(mutants(every_kind(), {"a.norm": {}}))
    own = Counter(m.change for m in made if m.subject == "a.norm")
    assert own == {
        Change.DROP: 8,
        Change.NEGATE: 8,
        Change.BOUNDARY: 3,
        Change.SHIFT: 6,
        Change.CONSTANT: 3,
        Change.MODALITY: 1,
        Change.EXCEPTION: 1,
        Change.DATE: 6,
    }
    law = Counter((m.subject, m.change) for m in made if m.subject.startswith("parameter"))
    nudges = {name: number for (name, change), number in law.items() if change is Change.PARAMETER}
    assert nudges == {
        "parameter kind": 1,
        "parameter kinds": 3,
        "parameter flag": 1,
        "parameter limit": 2,
        "parameter day": 2,
    }
    assert all(law[f"parameter {name}", Change.DATE] == 2 for name in ("kind", "kinds", "flag", "limit", "day"))


@pytest.mark.parametrize(
    ("modality", "other"),
    [
        (Modality.MUST, Modality.SHOULD),
        (Modality.SHOULD, Modality.MUST),
        (Modality.MUST_NOT, Modality.SHOULD_NOT),
        (Modality.SHOULD_NOT, Modality.MUST_NOT),
        (Modality.REVIEW, Modality.MAY),
        (Modality.MAY, Modality.REVIEW),
    ],
)
def test_every_modality_is_changed_into_its_neighbour(modality: Modality, other: Modality) -> None:
    """A duty becomes a principle, a review a hint, and the reverse."""
    requirement = None if modality in (Modality.REVIEW, Modality.MAY) else lines("b.flag")
    pack = pack_of([fact("b.flag")], [norm("a.norm", modality, requirement)])
    changed = [m for m in mutants(pack, {}) if m.change is Change.MODALITY]
    assert [pair[1].norm.modality for m in changed for pair in m.pairs] == [other]


def test_a_factor_is_nudged_and_a_gap_between_values_moves_with_both() -> None:
    """A number written by a table's row into a product changes by one place; two values that meet still meet."""
    first = DatedValue(exact(1), until=date(2021, 12, 31))
    pack = every_kind()
    limit = evolve(pack.parameters["limit"], values=(first, DatedValue(exact(2), since=date(2022, 1, 1))))
    made = list(mutants(evolve(pack, parameters={**pack.parameters, "limit": limit}), {"a.norm": {}}))
    moved = [m.aliases[0] for m in made if m.subject == "parameter limit" and m.change is Change.DATE]
    assert [(p.values[0].until, p.values[1].since) for p in moved] == [
        (date(2022, 1, 1), date(2022, 1, 2)),
        (date(2021, 12, 30), date(2021, 12, 31)),
    ]


@given(packs())
@settings(max_examples=60)
def test_a_mutant_never_equals_the_original(pack: Pack) -> None:
    """Each mutant of a drawn pack changes each norm that it names, its territory, its first day or its parameters."""
    for mutant in mutants(pack, {id: {} for id in pack.norms}):
        assert mutant.pairs or mutant.subject.startswith(("parameter", "territory", "first day"))
        assert all(old != new for old, new in mutant.pairs)


# ---------------------------------------------------------------- witnesses


@given(st.lists(st.fractions(-9, 9, max_denominator=7), max_size=6), st.booleans())
def test_cells_hold_every_critical_number_and_one_in_each_gap(critical: list[Fraction], bounded: bool) -> None:
    """Between two critical numbers, and before and after them all where there is no end, stands a number to try."""
    low, high = (Fraction(-9), Fraction(9)) if bounded else (None, None)
    found = cells(critical, low, high)
    marks = sorted({*critical, *((Fraction(-9), Fraction(9)) if bounded else ())})
    assert set(marks) <= set(found)
    assert all(any(a < n < b for n in found) for a, b in pairwise(marks))
    assert bounded or not marks or (found[0] < marks[0] and found[-1] > marks[-1])


def test_a_sum_is_told_apart_however_close_the_thresholds_lie() -> None:
    """`x + y >= 2 z` and `x + y >= 1.9 z` differ between two numbers that lie as close as the facts make them."""
    pack = pack_of([number(name) for name in ("n.x", "n.y", "n.z")], [must("a.norm", "n.x + n.y >= 2 * n.z")])
    assert mutate(pack, ()).equivalent == ()


def some_mutant(draw: Draw, pack: Pack) -> Mutant | None:
    found = [m for m in mutants(pack, {id: {} for id in pack.norms}) if m.pairs]
    return draw.one_of(found) if found else None


def settled_case(draw: Draw, pack: Pack) -> Case:
    """An aimed case without measured numbers and without records."""
    case = CaseSpace(pack).aimed(draw)
    values = {name: exact(v.lo) if isinstance(v, Interval) else v for name, v in case.values.items()}
    return evolve(case, values=values, justified={}, reviewed={})


def test_a_witness_replays_and_equivalent_mutants_agree_on_drawn_cases() -> None:
    """On drawn packs, each witness gives the two outcomes when judged again, and where there is none no case does."""
    counted: Counter[str] = Counter()
    for seed in range(120):
        draw = seeded("mutation", seed)
        pack = draw_pack(draw, 2)
        mutant = some_mutant(draw, pack)
        if mutant is None:
            continue
        old, new = draw.one_of(mutant.pairs)
        cases = [settled_case(draw, pack) for _ in range(20)]
        own = [with_values(case, mutant.aliases) for case in cases if case.level == old.norm.level]
        try:
            found = witness(pack, old, new, mutant.aliases, own[:2], 400)
        except Unfinished:
            counted["unfinished"] += 1
            continue
        if found is not None:
            counted["told apart"] += 1
            bare = Case("-", old.norm.level, found.as_of, found.facts, parameters=law_at(pack, found.as_of))
            case = with_values(bare, mutant.aliases)
            assert told(finding_of(old, case)) == told(found.before) != told(found.after)
            assert told(finding_of(new, case)) == told(found.after)
        else:
            counted["equivalent"] += 1
            for case in own:
                assert told(finding_of(old, case)) == told(finding_of(new, case)), mutant.words
    assert counted["told apart"] > 60
    assert counted["equivalent"] > 10
    assert counted["unfinished"] < 20


# ---------------------------------------------------------------- the law outside conditions


@pytest.mark.parametrize(
    ("cases", "survived"),
    [
        (
            (
                "{申请于期限当日, applied_on: 2022-02-24, complied}",
                "{申请于期限次日, applied_on: 2022-02-25, violated}",
            ),
            [],
        ),
        (("{申请于期限当日, applied_on: 2022-02-24, complied}",), ["30 working days become 31"]),
        (("{申请于期限次日, applied_on: 2022-02-25, violated}",), ["30 working days become 29"]),
    ],
    ids=["both sides", "only the last day", "only the day after"],
)
def test_a_number_of_working_days_is_changed_and_the_deadline_counted_again(
    tmp_path: Path, cases: tuple[str, ...], survived: list[str]
) -> None:
    """Thirty working days become 31 and 29; a case on the last day and one on the day after see both."""
    folder = write(tmp_path)
    (folder / "cases").mkdir()
    lines = ["cases:"]
    for case in cases:
        title, applied, expect = case.strip("{}").split(", ")
        facts = f"permit.ledger_on: 2022-01-10, permit.finished_on: 2022-01-10, permit.{applied}"
        lines.append(
            f"  - {{case: {title}, norm: permit.change, as_of: 2024-01-01, facts: {{{facts}}}, expect: {expect}}}"
        )
    (folder / "cases" / "permit.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = [s for s in mutated(folder).survivors if "working days" in s.mutant.words]
    assert [s.mutant.words for s in found] == survived
    assert {s.reason for s in found} <= {"a count of working days is not tried on all cases"}


def test_a_parameter_that_decides_no_outcome_has_no_mutant() -> None:
    """What only says whether a question arises is not changed, since no case could notice."""
    limit = Parameter("limit", Kind.NUMBER, NONE, (DatedValue(exact(1)),))
    pack = pack_of([number("n.x"), fact("b.flag", arises=lines("n.x > limit"))], [must("a.norm", "b.flag")])
    subjects = {m.subject for m in mutants(evolve(pack, parameters={"limit": limit}), {})}
    assert subjects == {"a.norm", "first day of the pack"}


def test_a_set_that_must_hold_several_symbols_is_tried_with_all_of_them() -> None:
    """A list of two becomes one of three: told apart by a set with exactly the two, which no comparison tells apart."""
    line = 'within(["a", "b"], m.held)'
    pack = pack_of([fact("m.held", Kind.SYMBOLS, "abcd")], [must("a.norm", line)])
    longer = evolve(pack.norms["a.norm"], requirement=lines('within(["a", "b", "c"], m.held)'))
    found = witness(pack, version_of(pack.norms["a.norm"], pack), version_of(longer, pack), (), (), 1_000)
    assert found is not None
    assert found.facts == {"m.held": SymbolSet(frozenset("ab"))}


def test_a_set_known_in_part_tells_apart_what_no_whole_set_does() -> None:
    """Every whole set is within one list or overlaps the rest; one of which only a member is known may be neither."""
    line = 'overlaps(m.held, ["a"])'
    either = 'within(m.held, ["a"]) or overlaps(m.held, ["b", "c"])'
    pack = pack_of([fact("m.held", Kind.SYMBOLS, "abc")], [must_not("a.norm", line, either)])
    shorter = evolve(pack.norms["a.norm"], requirement=lines(line))
    found = witness(pack, version_of(pack.norms["a.norm"], pack), version_of(shorter, pack), (), (), 1_000)
    assert found is not None
    assert found.facts == {"m.held": SymbolSet(frozenset("a"), complete=False)}


def test_two_changes_with_one_result_are_one_mutant() -> None:
    """Of two equal lines it does not matter which is left out."""
    pack = pack_of([fact("b.flag")], [must("a.norm", "b.flag", applies=["b.flag", "b.flag"])])
    found = [m for m in mutants(pack, {}) if m.change is Change.DROP and m.pairs[0][1].norm.requirement != lines()]
    assert len(found) == 1


# ---------------------------------------------------------------- norms drawn from a table


def test_the_norms_of_a_table_are_changed_together(tmp_path: Path) -> None:
    """A row without a case takes no part and is counted; the other rows' cases kill the same mutants."""
    both = mutated(RIVER)
    upper = mutated(without_case(tmp_path, "下镇取水", RIVER))
    assert both.made["water.quota"] == upper.made["water.quota"]
    assert [(t.id, t.rows, t.uncovered) for t in both.tables] == [("water.quota", 2, ())]


def test_rows_without_any_case_are_named(tmp_path: Path) -> None:
    """The report says in how many rows changes were made and how many rows have no case."""
    folder = without_case(tmp_path, "下镇取水", RIVER)
    path = folder / "cases" / "river.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text("".join(line for line in text.splitlines(True) if "water.quota[lower]" not in line), "utf-8")
    assert "water.quota: each change made in 1 of 2 rows; 1 have no case" in report(mutated(folder))


# ---------------------------------------------------------------- the command


def test_the_command_prints_the_score_and_fails_below_95_per_cent(tmp_path: Path) -> None:
    """`test --mutate` ends with 0 for a strong casebook and with 1, listing survivors, for a weak one."""
    strong = Ran("test", SAMPLE, "--mutate")
    assert (strong.status, strong.out.splitlines()[-1]) == (
        0,
        "mutants: 20, killed 20, equivalent 0, survived 0; score 100.0 %",
    )
    weak = Ran("test", without_case(tmp_path, "500.1米"), "--mutate")
    assert weak.status == 1
    assert weak.out.splitlines()[-1].endswith("survived 2; score 90.0 %")


def test_the_command_fails_where_a_case_fails(tmp_path: Path) -> None:
    """However good the score, a case that does not pass makes the status 1."""
    extra = (
        "cases:\n  - {case: 错的, norm: farm.river-ban, base: farm, as_of: 2024-07-01, "
        "facts: {farm.bank_distance: 500}, expect: complied}\n"
    )
    ran = Ran("test", sample(tmp_path, cases=("cases:\n", extra)), "--mutate")
    assert ran.status == 1
    assert ran.out.splitlines()[-1].endswith("score 100.0 %")


def test_a_score_is_rounded_down() -> None:
    """94.99 % is not printed as 95.0 %."""
    assert percent(Fraction(9499, 10000)) == "94.9"
    assert percent(Fraction(1)) == "100.0"
