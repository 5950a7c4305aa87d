"""Readings that a user chooses: which norms and values then count, and that the verdict says so."""

from __future__ import annotations

import pytest

import ynpolicy
from ynpolicy.choices import choose
from ynpolicy.errors import InputError
from ynpolicy.judge import Judge
from ynpolicy.schemas import schema

LANPING = {
    "case": "兰坪县铅锌采选扩建",
    "level": "project",
    "as_of": "2022-06-01",
    "facts": {
        "site.county": "兰坪县",
        "project.heavy_metal_key_industry": True,
        "project.nature": ["expansion"],
        "offset.increase_total": 10,
        "offset.external_reduction_total": 11,
        "offset.own_cuts_total": 0,
    },
}


@pytest.fixture(scope="module")
def plan() -> Judge:
    return ynpolicy.load("yunnan-14fyp")


def outcomes(judge: Judge) -> dict[str, str]:
    return {finding.norm.id: finding.outcome.value for finding in judge.check(LANPING).findings}


def test_the_pack_takes_the_first_option_of_a_reading(plan: Judge) -> None:
    """1.1 in Lanping is a violation as the pack reads it, and the norm of the other option is not judged."""
    found = outcomes(plan)
    assert found["offset.lanping-ratio"] == "violated"
    assert found["offset.other-region-ratio"] == "not_applicable"


def test_another_option_changes_norms_and_values_and_the_verdict_says_so(plan: Judge) -> None:
    """Chosen one for one, 1.1 complies; the first lines, the receipt and the finding name the reading chosen."""
    judge = plan.under({"lanping-ratio": "equal"})
    found = outcomes(judge)
    assert "offset.lanping-ratio" not in found
    assert found["offset.other-region-ratio"] == "complied"
    verdict = judge.check(LANPING)
    assert verdict.receipt.readings == {"lanping-ratio": "equal"}
    data = verdict.to_dict()
    assert data["receipt"]["readings"] == {"lanping-ratio": "equal"}
    taken = [r for f in data["findings"] for r in f["readings"] if r["id"] == "lanping-ratio"]
    assert {reading["option"] for reading in taken} == {"equal"}
    text = ynpolicy.render(verdict, width=400)
    assert "按使用者选定的条文理解判定：兰坪县适用1.2:1还是等量替换：按怒江州专栏，兰坪县也是等量替换" in text
    assert "readings chosen: lanping-ratio=equal" in ynpolicy.render(verdict, lang="en", width=400)
    assert set(schema("verdict")["properties"]["receipt"]["properties"]) == set(data["receipt"])


def test_choosing_what_is_taken_anyway_changes_nothing(plan: Judge) -> None:
    """The first option, and going back to it, give the pack as it is."""
    there = choose(plan.pack, {"lanping-ratio": "equal"})
    assert choose(there, {"lanping-ratio": "key-region"}) == plan.pack == choose(plan.pack, {})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lanping-ratoi": "equal"}, "there is no such reading\n  help: did you mean `lanping-ratio`?"),
        ({"river-distance": "x"}, "reading `river-distance` leaves nothing to choose"),
        ({"lanping-ratio": "equl"}, "unknown option `equl`\n  help: did you mean `equal`?"),
    ],
)
def test_a_choice_that_does_not_exist_is_refused(plan: Judge, options: dict[str, str], message: str) -> None:
    """A reading or an option that is not there is an input error with the nearest right word."""
    with pytest.raises(InputError) as caught:
        plan.under(options)
    assert message in str(caught.value)
