"""The solver proves the advice of a verdict; and of false advice it finds what is wrong."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from attrs import evolve
from jsonschema import Draft202012Validator

from tests.handmade import fact, must, must_not, number, pack_of
from tests.ran import Ran
from ynpolicy.cases import read_cases
from ynpolicy.certificates import Certificate, Standing, Statement
from ynpolicy.certify.hitting import hitting_sets
from ynpolicy.ir import All, Case, FactRef, Holds, Kind, Lookup, Pack, Table
from ynpolicy.judge import Judge, JudgedVerdict
from ynpolicy.loader import load_pack
from ynpolicy.normalise import normalise
from ynpolicy.schemas import schema
from ynpolicy.testing.advice import case_to_ask_about, case_to_mend
from ynpolicy.testing.agreement import described
from ynpolicy.testing.chance import seeded
from ynpolicy.testing.drawn_packs import draw_pack
from ynpolicy.testing.subject import Subject
from ynpolicy.values import SymbolSet, exact
from ynpolicy.verdict import Change, Remedy, Sufficiency

pytest.importorskip("z3", reason="the extra `proof` is not installed")

from ynpolicy.certify import certified, certify


def certificate(pack: Pack, case: Case) -> Certificate:
    """What the solver says of the verdict on a case."""
    return certify(pack, Judge(pack, use_forward=False).judge(case))


def not_proved(found: Certificate) -> list[Statement]:
    """The statements that are not proved."""
    return [statement for statement in found.statements if statement.standing is not Standing.PROVED]


def drawn_certificates(subject: Subject, seed: str, n: int, met: Counter[str]) -> None:
    """Certifies the advice on two drawn cases, and fails where the solver refutes what a verdict says."""
    draw = seeded(seed, n)
    for drawn in (case_to_ask_about, case_to_mend):
        (case,) = drawn(subject, draw).cases
        verdict = Judge(subject.pack, use_forward=False).judge(case)
        found = certify(subject.pack, verdict, seconds=4)
        assert not found.contradictions, f"{found.contradictions}\n{described(subject.pack, case)}"
        for statement in found.statements:
            met[f"{statement.kind} {statement.standing.value}"] += 1
            assert statement.reason != "the answer does not replay", described(subject.pack, case)


def test_the_advice_on_drawn_cases_of_drawn_packs_is_proved() -> None:
    """The solver refutes nothing that a verdict says, and proves nearly all of it."""
    met: Counter[str] = Counter()
    for n in range(100):
        drawn_certificates(Subject(draw_pack(seeded("certify pack", n))), "certify", n, met)
    for kind in ("settles", "needs", "no_other_set", "mends", "least", "no_part", "no_other_change", "no_cheaper"):
        assert met[f"{kind} proved"] >= 5, met
    assert sum(n for name, n in met.items() if not name.endswith(" proved")) < 10, met


def test_the_advice_on_drawn_cases_of_the_plan_is_proved() -> None:
    """The same on projects of the plan that comes with the library."""
    met: Counter[str] = Counter()
    subject = Subject(load_pack("yunnan-14fyp"), "project")
    for n in range(4):
        drawn_certificates(subject, "certify plan", n, met)
    assert met["settles proved"] >= 3
    assert met["mends proved"] + met["no_other_change proved"] >= 2


# ---------------------------------------------------------------- false advice

FACTS = (
    fact("p.a", changeable=True),
    fact("p.b"),
    number("p.x", changeable=True, cost=Fraction(2)),
    number("p.y", changeable=True, maximum=Fraction(4)),
    fact("p.kind", Kind.SYMBOL, "abc"),
    fact("p.held", Kind.SYMBOLS, "abc", changeable=True),
)
ASKING = pack_of(FACTS, [must("one", "p.b or p.x > 3"), must_not("two", 'p.kind == "a"', "p.y > p.x")])
MENDING = pack_of(FACTS, [must("one", "p.a or p.x > 3"), must_not("two", 'overlaps(p.held, ["a", "b"])')])


def asked_about() -> JudgedVerdict:
    """An undetermined case with two facts known."""
    return verdict_on(ASKING, {"p.kind": "a", "p.a": True})


def to_mend() -> JudgedVerdict:
    """A refused case that two remedies mend."""
    return verdict_on(MENDING, {"p.a": False, "p.x": 1, "p.held": ["a", "c"]})


def verdict_on(pack: Pack, facts: dict[str, object]) -> JudgedVerdict:
    """The verdict on a project that states some facts."""
    (raw,) = read_cases({"case": "small", "level": "project", "as_of": "2022-05-01", "facts": facts})
    return Judge(pack, use_forward=False).judge(normalise(pack, raw))


def test_true_advice_is_proved() -> None:
    """Each statement on the two cases is proved; a set has one witness for each fact that is left out of it."""
    asked, mended = asked_about(), to_mend()
    assert asked.missing_sets == (("p.b", "p.x", "p.y"),)
    assert [[c.fact for c in remedy.changes] for remedy in mended.remedies] == [["p.a", "p.held"], ["p.x", "p.held"]]
    for pack, verdict in ((ASKING, asked), (MENDING, mended)):
        found = certify(pack, verdict)
        assert found.proved
        assert not found.contradictions
    needs = [statement for statement in certify(ASKING, asked).statements if statement.kind == "needs"]
    assert [statement.left_out for statement in needs] == ["p.b", "p.x", "p.y"]
    assert all(statement.shown for statement in needs)


def test_the_receipt_names_the_solver() -> None:
    """A certified verdict is the same verdict; its receipt names z3 beside the other engines."""
    plain, found = to_mend(), certified(MENDING, to_mend())
    assert found.findings == plain.findings
    assert found.receipt.engines[:-1] == plain.receipt.engines
    assert found.receipt.engines[-1].startswith("z3 ")


def advised(verdict: JudgedVerdict, change: Callable[[Sufficiency], Sufficiency]) -> JudgedVerdict:
    """A verdict with false advice."""
    return evolve(verdict, sufficiency=change(verdict.sufficiency))


def with_sets(*sets: tuple[str, ...]) -> Callable[[Sufficiency], Sufficiency]:
    return lambda advice: evolve(advice, missing_sets=sets)


ASKED_WRONGLY = {
    "a set that does not settle": (with_sets(("p.b", "p.x")), {"settles"}),
    "a set that is not minimal": (with_sets(("p.b", "p.x", "p.y", "p.held")), {"needs"}),
    "no set though there is one": (with_sets(), {"no_other_set"}),
}


@pytest.mark.parametrize("wrong", ASKED_WRONGLY)
def test_false_missing_sets_are_refuted(wrong: str) -> None:
    """What a faulty search might say of missing sets is refuted, and by the statement that says it."""
    change, kinds = ASKED_WRONGLY[wrong]
    found = certify(ASKING, advised(asked_about(), change))
    assert kinds <= {statement.kind for statement in found.contradictions}
    assert not found.proved


def test_a_set_that_is_left_out_is_named() -> None:
    """Where the county settles a case as well as its prefecture does, either set is missed when it is left out."""
    lookup = Lookup("p.county", "counties", "prefecture")
    facts = [fact("p.county", Kind.SYMBOL, "ab"), fact("p.prefecture", Kind.SYMBOL, "km", derived=lookup)]
    rows = {"a": {"county": "a", "prefecture": "k"}, "b": {"county": "b", "prefecture": "m"}}
    table = Table("counties", "county", ("county", "prefecture"), rows)
    pack = pack_of(facts, [must("one", 'p.prefecture == "k"')], tables=[table])
    verdict = verdict_on(pack, {})
    assert verdict.missing_sets == (("p.county",), ("p.prefecture",))
    assert certify(pack, verdict).proved
    for given, other in (verdict.missing_sets, verdict.missing_sets[::-1]):
        (found,) = certify(pack, advised(verdict, with_sets(given))).contradictions
        assert (found.kind, found.about) == ("no_other_set", other)


def remedy(**changes: object) -> Remedy:
    """A remedy of the case to mend."""
    before = to_mend()
    made = [Change(f"p.{name}", before.case.values.get(f"p.{name}"), value) for name, value in changes.items()]  # type: ignore[arg-type]
    return Remedy(tuple(made), before.decision)


HELD = SymbolSet(frozenset("c"))
MENDED_WRONGLY = {
    "a remedy that does not mend": ([remedy(a=True)], {"mends"}),
    "a remedy with a change too many": ([remedy(a=True, x=exact(4), held=HELD)], {"no_part"}),
    "a remedy that goes too far": ([remedy(x=exact(9), held=HELD), remedy(a=True, held=HELD)], {"least"}),
    "a remedy that takes out too much": ([remedy(a=True, held=SymbolSet(frozenset()))], {"least"}),
    "a cheaper remedy is missed": ([remedy(x=exact(4), held=HELD)], {"no_cheaper", "no_other_change"}),
    "no remedy though there is one": ([], {"no_other_change"}),
}


@pytest.mark.parametrize("wrong", MENDED_WRONGLY)
def test_false_remedies_are_refuted(wrong: str) -> None:
    """What a faulty search might say of remedies is refuted, and by the statement that says it."""
    remedies, kinds = MENDED_WRONGLY[wrong]
    found = certify(MENDING, advised(to_mend(), lambda advice: evolve(advice, remedies=tuple(remedies))))
    assert kinds <= {statement.kind for statement in found.contradictions}


def test_what_is_past_its_time_is_undecided() -> None:
    """Without time nothing is taken for a proof, and each statement says why."""
    found = certify(ASKING, asked_about(), seconds=0)
    assert not found.contradictions
    assert all(statement.reason for statement in not_proved(found))


def test_hitting_sets_meet_every_set_and_are_smallest() -> None:
    """By hand: of two sets that share an element, that element alone or one of each."""
    found = hitting_sets([("a", "b"), ("b", "c")], 10)
    assert found == [frozenset("b"), frozenset("ac")]
    assert hitting_sets([], 10) == [frozenset()]
    assert hitting_sets([("a", "b"), ("c", "d")], 3) is None


# ---------------------------------------------------------------- numbers that hang on one another


def test_a_product_that_only_some_numbers_reach_is_not_called_settled() -> None:
    """That x times y is minus 1.2 is seen by few pairs of numbers that a case can state, yet there are some."""
    pack = pack_of(
        [number("p.x", minimum=None), number("p.y", minimum=None), fact("p.b")],
        [must_not("ban", "p.x * p.y == 0 - 1.2", "p.x > 0 - 900.5", "p.x != 99.5", "p.b")],
    )
    verdict = verdict_on(pack, {})
    assert verdict.missing_sets != (("p.x", "p.y"),)
    assert not certify(pack, verdict).contradictions


def test_numbers_between_others_are_seen_however_close_they_lie() -> None:
    """Three numbers in a row lie between two thresholds, though the first alone may lie one millionth above one."""
    pack = pack_of(
        [number("p.x"), number("p.y"), number("p.z"), fact("p.b")],
        [must_not("ban", "p.x > 2", "p.y > 2", "p.z > 2", "p.z < p.y", "p.y < p.x", "p.b")],
    )
    verdict = verdict_on(pack, {})
    assert verdict.missing_sets == (("p.x", "p.y", "p.z", "p.b"),)
    found = certify(pack, verdict)
    assert found.proved


def test_a_change_of_two_numbers_that_is_not_the_least_is_not_called_so() -> None:
    """Whole numbers that fulfil an equation need not lie next to a threshold: 13 and 12 are nearer than 18 and 19."""
    whole = {"changeable": True, "resolution": Fraction(1), "maximum": Fraction(20)}
    pack = pack_of([number("p.x", **whole), number("p.y", **whole)], [must("a", "7 * p.x - 5 * p.y == 31", "p.y >= 6")])
    verdict = verdict_on(pack, {"p.x": 0, "p.y": 0})
    assert not verdict.sufficiency.remedies_proved
    found = certify(pack, verdict)
    assert not found.contradictions
    (statement,) = not_proved(found)
    assert (statement.kind, statement.standing, statement.claimed) == ("least", Standing.REFUTED, False)
    assert statement.shown[0].values == {"p.x": exact(13), "p.y": exact(12)}


def test_sets_on_a_number_times_itself_are_not_called_proved() -> None:
    """The search cannot tell all such numbers apart and says so; the solver finds that the set is not enough."""
    pack = pack_of([number("p.x"), fact("p.b")], [must_not("ban", "p.x * p.x < 120 * p.x", "p.b")])
    verdict = verdict_on(pack, {})
    assert not verdict.sufficiency.proved
    found = certify(pack, verdict)
    assert not found.contradictions
    assert found.statements


def test_no_remedy_names_a_number_that_no_case_can_state() -> None:
    """One step above the largest number there is no other to change to."""
    largest = 9007199254
    pack = pack_of([number("p.x", changeable=True, resolution=Fraction(1))], [must("much", f"p.x > {largest}")])
    verdict = verdict_on(pack, {"p.x": 1})
    assert verdict.remedies == ()
    assert certify(pack, verdict).proved


def test_a_threshold_beyond_all_numbers_leaves_the_others() -> None:
    """Where a comparison turns on a number that no case can state, any other number stands for all."""
    pack = pack_of([number("p.x", minimum=None), fact("p.b")], [must("far", "p.x >= 0 - 9007199254 * 9", "p.b")])
    verdict = verdict_on(pack, {})
    assert verdict.missing_sets == (("p.x", "p.b"),)
    assert certify(pack, verdict).proved


def test_a_number_of_which_only_some_value_is_wanted_is_given_one() -> None:
    """A comparison of a missing number with itself wants a value, and any will do."""
    pack = pack_of(
        [number("p.x", minimum=None, changeable=True), fact("p.b", changeable=True)], [must("a", "p.b", "p.x == p.x")]
    )
    verdict = verdict_on(pack, {"p.b": False})
    assert [[c.fact for c in remedy.changes] for remedy in verdict.remedies] == [["p.x", "p.b"]]
    assert certify(pack, verdict).proved


def test_the_question_for_a_fact_is_made_to_arise() -> None:
    """A fact whose question does not arise is mended together with the fact that makes it arise."""
    arises = All((Holds(FactRef("p.inside")),))
    facts = [fact("p.inside", changeable=True), fact("p.built", changeable=True, arises=arises)]
    pack = pack_of(facts, [must("one", "p.built")])
    verdict = verdict_on(pack, {"p.inside": False, "p.built": False})
    assert [[c.fact for c in remedy.changes] for remedy in verdict.remedies] == [["p.inside", "p.built"]]
    assert certify(pack, verdict).proved


# ---------------------------------------------------------------- the command

RIVER = Path(__file__).parent / "data" / "packs" / "river"


def river_case(folder: Path, distance: object = 5000) -> Path:
    """A smelter on the small pack of the tests: it takes too much water, and may lie too near to the river."""
    facts = {"所在镇": "上镇", "建设内容": "冶炼", "已开工": "否", "距岸线距离": distance}
    facts |= {"北取水量": 11, "南取水量": 1}
    path = folder / "case.json"
    data = {"case": "small", "level": "project", "as_of": "2022-05-01", "facts": facts}
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


@pytest.mark.parametrize("fmt", ["text", "md", "html"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_report_prints_the_certificate(tmp_path: Path, fmt: str, lang: str) -> None:
    """Every printed form has the section, the solver's version and a line a statement, refused and undetermined."""
    head = {"zh": ("求解器证明", "已证明"), "en": ("Certificate by a solver", "proved")}[lang]
    for distance, sentence in (
        (5000, {"zh": "代价更低", "en": "costs less"}),
        ("未知", {"zh": "定论", "en": "settle"}),
    ):
        words = "check", river_case(tmp_path, distance), "--pack", RIVER, "--format", fmt, "--lang", lang
        plain, ran = Ran(*words), Ran(*words, "--certify")
        assert ran.status == plain.status
        assert all(word in ran.out for word in (*head, "z3 ", sentence[lang]))
        assert head[0] not in plain.out


def test_the_json_of_a_certified_verdict_fits_its_schema(tmp_path: Path) -> None:
    """The published schema admits the certificate, and a verdict without one is as it was."""
    for distance in (5000, "未知"):
        words = "check", river_case(tmp_path, distance), "--pack", RIVER, "--format", "json"
        (data,) = json.loads(Ran(*words, "--certify").out)
        Draft202012Validator(schema("verdict")).validate(data)
        assert data["certificate"]["proved"]
        assert data["receipt"]["engines"][-1].startswith("z3 ")
        assert "certificate" not in json.loads(Ran(*words).out)[0]


def test_advice_that_the_solver_refutes_gives_4_and_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A faulty search is found out by `--certify`: it says what is wrong, prints the counterexample, writes nothing."""
    monkeypatch.setattr("ynpolicy.judge.sufficiency", lambda *_: Sufficiency())
    out = tmp_path / "report.txt"
    words = "check", river_case(tmp_path), "--pack", RIVER, "--certify"
    ran = Ran(*words, "--out", out)
    assert ran.status == 4
    assert "the solver refutes what is advised on case sha256:" in ran.err
    assert not out.exists()
    assert "反例：以下调整可行" in Ran(*words).out


def test_seconds_without_certify_are_refused(tmp_path: Path) -> None:
    """An option that would do nothing is an error."""
    ran = Ran("check", river_case(tmp_path), "--pack", RIVER, "--seconds", "5", "--lang", "en")
    assert ran.status == 2
    assert "it says what `--certify` may take" in ran.err


def test_without_the_solver_the_error_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where z3 is not installed, the error says what to install, and is no traceback."""

    def absent() -> str:
        raise ModuleNotFoundError("No module named 'z3'")

    monkeypatch.setattr("ynpolicy.engines.smt.version", absent)
    ran = Ran("check", river_case(tmp_path), "--pack", RIVER, "--certify", "--lang", "en")
    assert ran.status == 2
    assert "pip install 'ynpolicy[proof]'" in ran.err
    assert not ran.out
