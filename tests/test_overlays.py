"""A user's own tables over the pack's: a limit that the user has found decides, and the verdict says whose it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import ynpolicy
from ynpolicy.errors import InputError
from ynpolicy.judge import Judge

NORM = "limits.value-existing[gb25466_2010_pb]"
LIMITS = "emission_limits.csv"
OWN = "key,value,status,source\ngb25466_2010_pb,2,verified,查得的修改单\n"


def smelter(lead: str) -> dict[str, Any]:
    facts = {
        "enterprise.county": "会泽县",
        "enterprise.activity": ["pb_zn_smelting"],
        "enterprise.operating_status": "operating",
        "enterprise.emission_standard": "gb25466_2010",
        "enterprise.air_lead": lead,
    }
    return {"case": "会泽县现有铅锌冶炼厂", "level": "enterprise", "as_of": "2024-06-01", "facts": facts}


def judge_with(folder: Path, text: str, name: str = LIMITS) -> Judge:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return ynpolicy.load("yunnan-14fyp", tables=folder)


def outcome(judge: Judge, lead: str) -> str:
    return next(f.outcome.value for f in judge.check(smelter(lead)).findings if f.norm.id == NORM)


def test_a_value_of_the_users_own_decides_and_is_named(tmp_path: Path) -> None:
    """Without it the limit decides nothing; with it 2 complies and 2.001 does not, and the report names the row."""
    assert outcome(ynpolicy.load("yunnan-14fyp"), "1") == "undetermined"
    judge = judge_with(tmp_path, OWN)
    assert [outcome(judge, lead) for lead in ("2", "2.001")] == ["complied", "violated"]
    verdict = judge.check(smelter("2"))
    assert verdict.receipt.tables == ("emission_limits.csv: gb25466_2010_pb",)
    assert verdict.to_dict()["receipt"]["tables"] == ["emission_limits.csv: gb25466_2010_pb"]
    text = ynpolicy.render(verdict, width=400)
    assert "使用者自备的表覆盖了规则包的表：emission_limits.csv: gb25466_2010_pb" in text
    assert "查得的修改单" in text


def test_the_pack_without_the_users_table_is_untouched(tmp_path: Path) -> None:
    """The digest covers the user's table, and the pack as it comes is not changed by it."""
    plain = ynpolicy.load("yunnan-14fyp").pack
    laid = judge_with(tmp_path, OWN).pack
    assert laid.digest != plain.digest
    assert ynpolicy.load("yunnan-14fyp").pack == plain
    assert judge_with(tmp_path, OWN.replace(",2,", ",3,")).pack.digest != laid.digest


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        (OWN, "emission_limit.csv", "the pack has no table `emission_limit`\n  help: did you mean `emission_limits`?"),
        (
            OWN.replace("status", "statsu"),
            "emission_limits.csv",
            "has no column `statsu`\n  help: did you mean `status`?",
        ),
        (
            OWN.replace("key,", "value,").replace(",value,", ",key,"),
            "emission_limits.csv",
            "the first column is `value`",
        ),
        (OWN.replace(",2,", ",zwei,"), LIMITS, "`zwei` is not a plain decimal number"),
        (OWN.replace("verified", "sure"), LIMITS, "unknown status `sure`"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(tmp_path: Path, text: str, name: str, message: str) -> None:
    """Unknown tables and columns, another key, and cells that are no numbers are input errors with help."""
    with pytest.raises(InputError) as caught:
        judge_with(tmp_path, text, name)
    assert message in str(caught.value)


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    """A folder that is not there, or holds no table, is an input error."""
    for folder, message in (
        (tmp_path / "none", "there is no such folder"),
        (tmp_path, "there is no table in this folder"),
    ):
        with pytest.raises(InputError, match=message):
            ynpolicy.load("yunnan-14fyp", tables=folder)
