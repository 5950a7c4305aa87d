"""What `prove` finds, what it takes as settled, and that every witness replays."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from attrs import evolve

from tests.faulty_packs import FAULTS, NOTHING, P, Q, days, possible, sound
from tests.handmade import lines, must, must_not
from tests.ran import Ran
from ynpolicy import load
from ynpolicy.choices import choose
from ynpolicy.claims import Claims, Settlement, Silence
from ynpolicy.ir import All, Pack, Reading, Text
from ynpolicy.judge import Judge
from ynpolicy.proof import KINDS, Check, Proof, Standing, prove
from ynpolicy.render.proof import ANSWER_WORDS, KIND_WORDS, render_proof

RIVER = Path(__file__).parent / "data" / "packs" / "river"
REASON = Text("已知", "known")


def proved(pack: Pack) -> Proof:
    return prove(Judge(pack))


def findings(proof: Proof) -> list[tuple[str, frozenset[str]]]:
    return [(check.kind, frozenset(check.about)) for check in proof.having(Standing.FINDING)]


def assert_shown(checks: Iterable[Check]) -> None:
    """Each of the checks has a case that shows it, and that every engine judges as the solver said."""
    for check in checks:
        assert check.witnesses, check
        assert all(witness.replays for witness in check.witnesses), check


def test_a_sound_pack_is_clean() -> None:
    """Nothing is found, nothing is undecided, and every kind of question was asked."""
    proof = proved(sound())
    assert findings(proof) == []
    assert proof.clean
    assert {check.standing for check in proof.checks} == {Standing.PROVED}
    asked = {"contradiction", "dead_norm", "dead_line", "swallowed", "implied", "row_overlap", "row_gap", "date_gap"}
    assert {check.kind for check in proof.checks} == asked | {"gap"}


@pytest.mark.parametrize(("kind", "about", "pack"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_planted_fault_is_found(kind: str, about: str, pack: Pack) -> None:
    """A fault planted in a sound pack is found, named, and shown by a case that replays on each engine."""
    proof = proved(pack)
    assert (kind, frozenset(about.split())) in findings(proof)
    assert proof.having(Standing.UNDECIDED) == ()
    assert_shown(proof.having(Standing.FINDING))


def test_faults_of_every_kind_are_planted() -> None:
    """There are twenty faults and more, and each kind of finding on a pack's rules comes up twice, a gap once."""
    kinds = [kind for _, kind, _, _ in FAULTS]
    assert len(FAULTS) >= 20
    for kind in ("contradiction", "dead_norm", "dead_line", "swallowed", "implied", "row_gap", "date_gap"):
        assert kinds.count(kind) >= 2
    assert {"row_overlap", "gap"} <= set(kinds)


def test_norms_that_can_be_kept_together_are_no_contradiction() -> None:
    """Two bounds that leave one number, and a duty and a ban in different cases, are proved compatible."""
    narrow = must("x", "a.size >= 10", applies=[P])
    elsewhere = must_not("y", "a.done", applies=["not a.flag"])
    assert findings(proved(sound(narrow, elsewhere))) == []


def test_a_norm_that_follows_another_on_the_next_day_leaves_no_gap() -> None:
    """The last day of the one and the first of the other, next to each other, are no finding."""
    old = days(must("old", "a.load >= 2", applies=[Q]), None, date(2022, 6, 30))
    new = days(must("new", "a.load >= 3", applies=[Q]), date(2022, 7, 1), None)
    proof = proved(sound(old, new))
    assert findings(proof) == []
    assert ("date_gap", ("old", "new")) in {(check.kind, check.about) for check in proof.checks}


def test_an_impossible_case_is_no_witness() -> None:
    """What the pack says of every possible case takes a contradiction away that only an impossible case would show."""
    ban = must_not("x", "a.done", applies=[P])
    assert ("contradiction", frozenset({"done", "x"})) in findings(proved(sound(ban)))
    assert findings(proved(sound(ban, claims=possible('not a.flag or a.kind != "p"')))) == []


def test_claims_that_leave_no_case_are_a_finding() -> None:
    """Of no possible case everything would be proved; so that there is none is told, and nothing is called proved."""
    proof = proved(sound(claims=possible("a.flag and not a.flag")))
    assert findings(proof) == [("stale_claim", frozenset("c"))]
    assert proof.having(Standing.PROVED) == tuple(check for check in proof.checks if check.solver == "by counting")


def test_what_is_settled_is_listed_and_no_finding() -> None:
    """A settled contradiction stays in the proof, with its reason and its witnesses, and the pack is clean."""
    settled = Settlement("contradiction", ("done", "x"), REASON)
    pack = sound(must_not("x", "a.done", applies=[P]), claims=Claims(settled=(settled,)))
    proof = proved(pack)
    assert proof.clean
    (check,) = proof.having(Standing.SETTLED)
    assert (check.kind, check.about, check.reason) == ("contradiction", ("done", "x"), REASON)
    assert_shown([check])


def test_a_settlement_covers_its_own_kind_and_norms_only() -> None:
    """A settled contradiction of two norms hides neither another pair nor another kind."""
    other_pair = Claims(settled=(Settlement("contradiction", ("size", "x"), REASON),))
    other_kind = Claims(settled=(Settlement("dead_line", ("done", "x"), REASON),))
    for claims in (other_pair, other_kind):
        found = findings(proved(sound(must_not("x", "a.done", applies=[P]), claims=claims)))
        assert ("contradiction", frozenset({"done", "x"})) in found


def test_a_claim_that_nothing_bears_out_is_a_finding() -> None:
    """What is said to be settled and is not found, and a silence in which no case lies, are stale."""
    settled = Settlement("dead_line", ("done",), REASON)
    silence = Silence("t", "project", All(()), REASON)
    proof = proved(sound(claims=Claims(silences=(silence,), settled=(settled,))))
    assert sorted(findings(proof), key=str) == sorted(
        [("stale_claim", frozenset({"dead_line", "done"})), ("stale_claim", frozenset({"t", "project"}))], key=str
    )


def test_a_claim_about_a_norm_that_a_reading_leaves_out_is_not_stale() -> None:
    """What is settled of a norm waits until the option is chosen under which the norm stands."""
    options = {"a": REASON, "b": REASON}
    reading = Reading("r", REASON, REASON, REASON, REASON, REASON, options)
    ban = evolve(must_not("x", "a.done", applies=[P]), under={"r": ("b",)})
    claims = Claims(settled=(Settlement("contradiction", ("done", "x"), REASON),))
    pack = evolve(sound(ban, claims=claims), readings={"r": reading})
    parameters = {name: evolve(found, every=found.values) for name, found in pack.parameters.items()}
    pack = evolve(pack, parameters=parameters)
    left_out, taken = proved(pack), proved(choose(pack, {"r": "b"}))
    assert left_out.clean
    assert [check.about for check in left_out.having(Standing.SETTLED)] == [("r", "b")]
    assert taken.clean
    assert [check.about for check in taken.having(Standing.SETTLED)] == [("done", "x"), ("r", "a")]


def test_a_silence_covers_the_cases_that_it_names() -> None:
    """A declared silence is listed with a case; a case outside it is still a gap."""
    wide = Silence("t", "project", lines("a.size >= 100"), REASON)
    narrow = Silence("t", "project", lines("a.size >= 101"), REASON)
    bands = Settlement("row_gap", ("band",), REASON)
    for silence, clean in ((wide, True), (narrow, False)):
        proof = proved(sound(without="band[top]", claims=Claims(silences=(silence,), settled=(bands,))))
        assert proof.clean is clean
        (declared,) = proof.having(Standing.SILENT)
        assert declared.reason == REASON
        assert_shown([declared])


def test_what_the_solver_does_not_decide_is_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without time to decide, nothing is taken for a proof, and the pack is not clean."""
    monkeypatch.setattr("ynpolicy.engines.smt.search.Search._ask", _gives_up)
    proof = proved(sound())
    assert not proof.clean
    assert any(check.kind == "dead_norm" for check in proof.having(Standing.UNDECIDED))


def _gives_up(search: object) -> object:
    from ynpolicy.engines.smt import Answer, Status

    return Answer(Status.UNDECIDED, reason="timeout")


def test_a_witness_that_does_not_replay_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an engine judges a witness otherwise than the solver, the finding is undecided."""
    pack = {name: pack for name, _, _, pack in FAULTS}["a duty and a ban of one thing"]
    monkeypatch.setattr("ynpolicy.proof.bench.outcome_in", lambda *_: None)
    proof = proved(pack)
    (check,) = [c for c in proof.having(Standing.UNDECIDED) if c.kind == "contradiction"]
    assert not any(witness.replays for witness in check.witnesses)


def test_the_day_of_a_witness_is_within_the_fault() -> None:
    """The case that shows a day without a value is of that day."""
    pack = {name: pack for name, _, _, pack in FAULTS}["days without a value"]
    (check,) = proved(pack).having(Standing.FINDING)
    assert [witness.case["as_of"] for witness in check.witnesses] == [date(2022, 12, 31).isoformat()]


# ---------------------------------------------------------------- the packs that come with the library


def test_the_plan_is_proved_and_its_contradictions_are_settled() -> None:
    """The plan's rules are consistent; the box on Nujiang appears with the reading that settles it, and replays."""
    proof = prove(load("yunnan-14fyp"))
    assert proof.clean, proof.having(Standing.FINDING) + proof.having(Standing.UNDECIDED)
    assert_shown((*proof.having(Standing.SETTLED), *proof.having(Standing.SILENT)))
    (lanping,) = [check for check in proof.checks if check.about == ("lanping-ratio", "equal")]
    assert (lanping.standing, lanping.reading) == (Standing.SETTLED, "lanping-ratio")
    strict, equal = lanping.witnesses
    assert strict.outcomes["offset.lanping-ratio"].value == "violated"
    assert equal.readings == {"lanping-ratio": "equal"}
    assert equal.outcomes["offset.other-region-ratio"].value == "complied"
    assert strict.case["facts"]["site.county"] == "533325"
    assert sum(check.standing is Standing.PROVED for check in proof.checks) > 10_000


def test_the_article_on_the_yangtze_is_proved() -> None:
    """The second pack is clean too."""
    assert prove(load("yangtze-law-26")).clean


# ---------------------------------------------------------------- the command


def test_a_pack_is_proved_under_another_option_of_a_reading() -> None:
    """The report says which option was chosen; a word that chooses none is refused."""
    ran = Ran("prove", "yunnan-14fyp", "--level", "transfer", "--reading", "lanping-ratio=equal", "--lang", "en")
    assert ran.status == 0
    assert "readings chosen: lanping-ratio=equal" in ran.out
    assert Ran("prove", RIVER, "--reading", "nothing").status == 2


def test_findings_make_the_command_end_with_1_and_write_their_cases(tmp_path: Path) -> None:
    """Each witness is a case file that `check` reads; a folder that is not empty is refused."""
    ran = Ran("prove", RIVER, "--out", tmp_path / "w", "--lang", "en")
    assert ran.status == 1
    assert "gap: no norm of the topic river applies to this case" in ran.out
    files = sorted(path.name for path in (tmp_path / "w").iterdir())
    assert files == ["gap-1.yaml", "row_gap-1.yaml"]
    assert Ran("check", tmp_path / "w" / "gap-1.yaml", "--pack", RIVER).status in (0, 1, 3)
    again = Ran("prove", RIVER, "--out", tmp_path / "w", "--lang", "en")
    assert again.status == 2
    assert "the folder is not empty" in again.err


def test_a_folder_that_cannot_be_used_is_refused_before_anything_is_proved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for a proof whose witnesses have nowhere to go."""
    (tmp_path / "old.yaml").write_text("", encoding="utf-8")

    def never(*_: object) -> Proof:
        raise AssertionError("the pack was proved all the same")

    monkeypatch.setattr("ynpolicy.proof.prove", never)
    ran = Ran("prove", RIVER, "--out", tmp_path, "--lang", "en")
    assert (ran.status, "the folder is not empty" in ran.err) == (2, True)


def test_the_proof_as_json_has_every_check() -> None:
    """JSON holds all checks with what the solver said; text counts them, and lists them with `--detail`."""
    data = json.loads(Ran("prove", RIVER, "--format", "json").out)
    assert (data["schema"], data["clean"]) == ("ynpolicy.proof/1", False)
    assert {"unsat", "sat"} <= {check["solver"] for check in data["checks"]}
    detail = Ran("prove", RIVER, "--detail", "--lang", "en").out
    assert sum(line.startswith(("- dead_line proved", "- dead_norm proved")) for line in detail.splitlines()) == sum(
        check["kind"] in ("dead_line", "dead_norm") and check["standing"] == "proved" for check in data["checks"]
    )


def test_every_kind_and_answer_has_its_words() -> None:
    """No report breaks off for want of a word, in either language."""
    assert set(KIND_WORDS) == set(KINDS)
    proof = proved(sound())
    for lang, proved_word in (("zh", "已证明"), ("en", "Proved")):
        report = render_proof(proof, sound(), lang, detail=True)
        assert proved_word in report
        assert {check.solver for check in proof.checks} <= set(ANSWER_WORDS)
        assert len(report.splitlines()) > len(proof.checks)


def test_a_level_without_norms_is_refused() -> None:
    """The help names the levels that there are."""
    ran = Ran("prove", RIVER, "--level", "county", "--lang", "en")
    assert ran.status == 2
    assert "no norm stands on the level `county`" in ran.err


def test_without_the_solver_the_command_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where z3 is not installed, the error says what to install, and is no traceback."""

    def absent() -> str:
        raise ModuleNotFoundError("No module named 'z3'")

    monkeypatch.setattr("ynpolicy.engines.smt.version", absent)
    ran = Ran("prove", RIVER, "--lang", "en")
    assert ran.status == 2
    assert "pip install 'ynpolicy[proof]'" in ran.err


def test_claims_do_not_change_what_a_case_is_judged_to_be() -> None:
    """What a pack says for its proof is no part of any verdict."""
    pack = sound(claims=possible("not a.flag"))
    data = {"case": "c", "level": "project", "as_of": "2022-05-01", "facts": {"a.flag": True, "a.done": False}}
    with_claims, without = (Judge(p).check(data).findings for p in (pack, evolve(pack, claims=NOTHING)))
    assert [f.outcome for f in with_claims] == [f.outcome for f in without]
