"""Drawn cases of any pack: they pass the normaliser, read back as written, and land where they are aimed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import ynpolicy
from ynpolicy.errors import InputError
from ynpolicy.ir import Case, Pack, facts_read, is_settled
from ynpolicy.loader import load_pack
from ynpolicy.semantics import judge
from ynpolicy.testing.chance import seeded
from ynpolicy.testing.drawn_cases import CaseSpace
from ynpolicy.testing.learning import having_learnt, narrows, open_facts, partial, refined, settled
from ynpolicy.testing.strategies import (
    aimed_cases,
    cases,
    learning_cases,
    packs_with_case,
    partial_cases,
    uniform_cases,
)
from ynpolicy.testing.written import as_normalised, as_yaml, normalised, written
from ynpolicy.values import Interval, Missing, SymbolSet
from ynpolicy.verdict import Outcome

RIVER = Path(__file__).parent / "data" / "packs" / "river"
PACKS = {"river": RIVER, "plan": "yunnan-14fyp"}


@pytest.fixture(scope="module", params=PACKS)
def space(request: pytest.FixtureRequest) -> CaseSpace:
    return CaseSpace(load_pack(PACKS[request.param]))


def told(case: Case) -> tuple[object, ...]:
    """What a case says, whoever wrote it and in which words."""
    return case.level, case.as_of, case.values, case.missing, case.parameters, case.justified, case.reviewed


@given(packs_with_case)
def test_a_drawn_case_reads_back_as_it_is_written(both: tuple[Pack, Case]) -> None:
    """On drawn packs, a case is the same after it was written as plain data and normalised."""
    pack, case = both
    assert told(as_normalised(pack, case)) == told(case)


def test_a_case_of_a_pack_reads_back_from_its_file(space: CaseSpace, tmp_path: Path) -> None:
    """Written as YAML, alone or as a dossier, each case is judged as it was."""
    judge = ynpolicy.Judge(space.pack, use_forward=False)
    drawn = [space.mixed(seeded("file", number)) for number in range(10)]
    for number, case in enumerate(drawn):
        path = tmp_path / f"{number}.yaml"
        path.write_text(as_yaml(space.pack, [case]), encoding="utf-8")
        assert told(judge.check(path).case) == told(case)
    path.write_text(as_yaml(space.pack, drawn), encoding="utf-8")
    assert len(judge.check_all(path)) == len(drawn)


def test_cases_meet_every_state_of_a_fact(space: CaseSpace) -> None:
    """Known, measured, partly known, unknown, in conflict, absent and not applicable: each comes up."""
    met: set[object] = set()
    for number in range(60):
        case = space.mixed(seeded("states", number))
        met.update(case.missing.values())
        met.update(type(value) for value in case.values.values() if not is_settled(value))
        met.update(case.state(fact.name) for fact in space.asked(case.level) if fact.name not in case.values)
    assert met == {Interval, SymbolSet, *Missing}


def test_aimed_cases_meet_both_sides_of_a_norm() -> None:
    """A hundred cases about one norm reach breach, compliance, exemption, doubt and both ends of its scope."""
    space = CaseSpace(load_pack(RIVER), norm="river.ban")
    drawn = [space.aimed(seeded("outcomes", number)) for number in range(100)]
    found = {f.outcome for case in drawn for f in judge(space.pack, case) if f.norm.id == "river.ban"}
    assert found == set(Outcome) - {Outcome.DEPARTED, Outcome.JUSTIFIED, Outcome.REVIEW, Outcome.ADVICE}


@pytest.mark.parametrize(
    ("at", "reached", "least"),
    [
        ("threshold", lambda case: case.values.get("site.bank_distance") == case.parameters["river_buffer"], 15),
        ("date", lambda case: str(case.as_of) in ("2020-12-31", "2021-01-01", "2022-12-31", "2023-01-01"), 20),
        ("exception", lambda case: case.values.get("project.begun") is True, 55),
    ],
)
def test_a_case_lands_where_it_is_aimed(at: str, reached: Callable[[Case], bool], least: int) -> None:
    """Aimed at a threshold, a date or an exception, a good share of sixty cases are on the very point."""
    space = CaseSpace(load_pack(RIVER), norm="river.ban")
    drawn = [space.aimed(seeded("aim", number), at=[at]) for number in range(60)]
    assert sum(map(reached, drawn)) >= least


def test_what_is_learnt_of_a_case_never_contradicts_it(space: CaseSpace) -> None:
    """Refined, settled and half forgotten cases know more, everything, and less, derived facts included."""
    for number in range(20):
        draw = seeded("learn", number)
        case = space.mixed(draw)
        everything = settled(draw, space, case)
        for less, more in (
            (case, refined(draw, space, case)),
            (case, everything),
            (partial(draw, space, case), case),
        ):
            assert all(narrows(value, more.values.get(name)) for name, value in less.values.items())
        for name in open_facts(space, everything):
            derived = [fact for fact in space.pack.facts.values() if fact.derived and name in fact.derived.sources]
            assert derived or space.pack.facts[name].derived


def test_what_contradicts_the_case_is_not_learnt() -> None:
    """A town that lies in another district than the one stated cannot be learnt; one that lies in it can."""
    space = CaseSpace(load_pack(RIVER))
    data = {"case": "c", "level": "project", "as_of": "2022-05-01", "facts": {"site.district": "north"}}
    case = normalised(space.pack, data)
    rows = {row["district"]: key for key, row in space.pack.tables["towns"].rows.items()}
    assert having_learnt(space, case, {"site.town": rows["south"]}) == case
    assert having_learnt(space, case, {"site.town": rows["north"]}).values["site.town"] == rows["north"]


@pytest.mark.parametrize("strategy", [cases, uniform_cases, aimed_cases, partial_cases])
def test_strategies_give_plain_data_that_a_judge_takes(strategy: Any) -> None:
    """Whatever the strategy, each case is judged without a problem; `level` and `norm` are kept to."""
    judge = ynpolicy.load(RIVER, use_forward=False)

    @given(strategy(judge, level="project"))
    def each_is_judged(data: dict[str, Any]) -> None:
        assert judge.check(data).case.level == "project"

    each_is_judged()


@given(learning_cases(RIVER, accuracy_only=True))
def test_more_accuracy_adds_no_fact(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """The facts that are known are the same before and after."""
    before, after = both
    assert before["facts"].keys() == after["facts"].keys()


def test_a_conflict_is_written_as_two_sources() -> None:
    """A drawn conflict is stated as sources that disagree, and read back as one."""
    pack = load_pack(RIVER)
    for name in ("site.town", "site.bank_distance", "project.begun", "project.works"):
        data = {"case": "c", "level": "project", "as_of": "2022-05-01", "facts": {}}
        case = normalised(pack, data)
        case = as_normalised(pack, Case("c", "project", case.as_of, {}, {name: Missing.CONFLICT}))
        assert case.missing == {name: Missing.CONFLICT}
        assert len(written(pack, case)["facts"][name]["sources"]) == 2


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"norm": "river.bann"}, "unknown norm `river.bann`"),
        ({"level": "province"}, "does not judge by a norm on the level `province`"),
        ({"at": ["treshold"]}, "unknown aim `treshold`"),
        ({"norm": "water.quota[upper]", "at": ["exception"]}, "has what is aimed at: exception"),
    ],
)
def test_what_a_pack_does_not_have_cannot_be_drawn(wanted: dict[str, Any], message: str) -> None:
    """An unknown norm, a level without norms and an aim that no norm has are input errors."""
    with pytest.raises(InputError, match=message.replace("[", r"\[")):
        CaseSpace(load_pack(RIVER), wanted.get("level", ""), wanted.get("norm", "")).aimed(
            seeded("x"), wanted.get("at", ())
        )


def test_every_fact_that_a_norm_reads_is_drawn(space: CaseSpace) -> None:
    """On the level of each norm, the facts that it reads are among those that are drawn."""
    for norm in space.norms:
        asked = {fact.name for fact in space.asked(norm.level)}
        for condition in norm.conditions:
            assert set(facts_read(condition)) <= asked


def test_without_hypothesis_the_module_names_its_extra() -> None:
    """Where hypothesis is not installed, the error says what to install."""
    code = "import sys; sys.modules['hypothesis'] = None; import ynpolicy.testing"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    wanted = "ImportError: ynpolicy.testing needs the package `hypothesis`: pip install 'ynpolicy[testing]'"
    assert ran.stderr.splitlines()[-1] == wanted
