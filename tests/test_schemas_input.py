"""The schemas of cases and packs: they take what the readers take, and refuse mistakes."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests import small_pack
from tests.plain_data import errors, plain
from ynpolicy import casebook, claim_files, loader, norms, passages, vocabulary
from ynpolicy.casebook import read_casebook
from ynpolicy.cases import RawCase, read_cases
from ynpolicy.documents import read_file
from ynpolicy.errors import InputError
from ynpolicy.ir import Pack
from ynpolicy.loader import load_pack, pack_names
from ynpolicy.normalise import normalise
from ynpolicy.rows import FOR_EACH
from ynpolicy.schemas import schema
from ynpolicy.sheets import NOT_APPLICABLE_WORDS, UNKNOWN_WORDS, YES_NO_WORDS

REAL = load_pack("yunnan-14fyp")
OWN, GENERAL = (Draft202012Validator(schema("case", pack)) for pack in (small_pack.PACK, None))

# ---------------------------------------------------------------- cases


def as_data(raw: RawCase) -> dict[str, Any]:
    """A raw case as the JSON of a case file."""
    records = {"justifications": plain(raw.justifications), "reviews": plain(raw.reviews)}
    as_of = raw.as_of.text if raw.as_of else None
    return {"case": raw.title, "level": raw.level, "as_of": as_of, "facts": plain(raw.facts), "records": records}


def test_the_cases_of_the_real_pack_are_valid() -> None:
    """Every case that the pack is tested with passes the general schema and the one with the pack's facts."""
    real = Draft202012Validator(schema("case", REAL))
    cases = read_casebook(REAL)
    assert len(cases) > 20
    for case in cases:
        data = as_data(case.raw)
        assert (errors(real, data), errors(GENERAL, data)) == ([], []), case.title


def reads(data: dict[str, Any]) -> bool:
    """Whether the case reader takes some data as a case of the small pack."""
    try:
        for raw in read_cases(data):
            normalise(small_pack.PACK, raw)
    except InputError:
        return False
    return True


CASE: dict[str, Any] = {"case": "某项目", "level": "project", "as_of": "2022-05-01", "facts": {}}
REVIEW = {"norm": "siting.strict", "reviewer": "李四", "date": "2022-04-01", "conclusion": "accepted"}
GOOD: list[dict[str, Any]] = [
    {"facts": None},
    {"facts": {"site": None, "project": {"in_park": True, "行业": ["锡冶炼"]}}},
    {"facts": {"site": {"bank_distance": 12.5}}},
    {"facts": {"岸线距离": "1.04 km"}},
    {"facts": {"distance to the bank": {"value": "1040.10", "accuracy": 60, "unit": "m", "文件": "报告书"}}},
    {"facts": {"site.bank_distance": {"at_least": 900, "at_most": "1000", "document": "报告书"}}},
    {"facts": {"site.bank_distance": {"sources": [{"value": 1, "document": "甲"}, {"值": 2, "文件": "乙"}]}}},
    {"facts": {"project.activity": {"includes": ["锡冶炼"], "complete": False, "页码": 3}}},
    {"facts": {"project.nature": "新建、扩建", "project.recovery": "不适用", "project.in_park": False}},
    {"facts": {"site.county": {"value": "第1县（简）", "document": "报告书"}, "project.accepted_on": "2022年5月1日"}},
    {"facts": {"project.remark": "备注"}, "id": 7, "schema": "ynpolicy.case/1"},
    {"level": "建设项目", "as_of": "2022/5/1", "records": {"reviews": [REVIEW]}},
    {"records": {"论证记录": [{"规范": "siting.park", "文件": "报告", "认可单位": "省厅", "理由": None}]}},
    *({"facts": {"project.in_park": word}} for word in YES_NO_WORDS),
    *({"facts": {"project.in_park": word}} for word in UNKNOWN_WORDS),
    *({"facts": {"project.in_park": "否", "project.recovery": word}} for word in NOT_APPLICABLE_WORDS),
]
BAD: list[dict[str, Any]] = [
    {"level": "projekt"},
    {"level": None},
    {"as_of": "1 May 2022"},
    {"schema": "ynpolicy.case/2"},
    {"fact": {}},
    {"facts": []},
    {"facts": {"site.bank_distanse": 1}},
    {"facts": {"site": {"county": "第1县", "in_park": True}}},
    {"facts": {"transfer.origin": "四川"}},
    {"facts": {"site.bank_distance": -1}},
    {"facts": {"site.bank_distance": True}},
    {"facts": {"site.bank_distance": "1,040"}},
    {"facts": {"site.bank_distance": "not_applicable"}},
    {"facts": {"site.bank_distance": [1, 2]}},
    {"facts": {"site.bank_distance": {"value": 1, "sigma": 2}}},
    {"facts": {"site.bank_distance": {"at_least": 1}}},
    {"facts": {"site.bank_distance": {"document": "报告书"}}},
    {"facts": {"site.bank_distance": {"includes": [1]}}},
    {"facts": {"project.in_park": "在"}},
    {"facts": {"project.in_park": {"value": True, "unit": "m"}}},
    {"facts": {"project.in_park": {"value": True, "accuracy": 1}}},
    {"facts": {"project.accepted_on": "22-05-01"}},
    {"facts": {"site.county": "第99县"}},
    {"facts": {"site.county": ["第1县"]}},
    {"facts": {"project.nature": ["新建", "重建"]}},
    {"records": {"reviews": [{**REVIEW, "conclusion": "yes"}]}},
    {"records": {"reviews": [{**REVIEW, "norm": "siting.park"}]}},
    {"records": {"reviews": [{key: text for key, text in REVIEW.items() if key != "reviewer"}]}},
    {"records": {"justifications": [{"norm": "siting.river-ban", "document": "报告", "accepted_by": "省厅"}]}},
    {"records": {"reviews": REVIEW}},
]


@pytest.mark.parametrize("change", GOOD, ids=lambda change: json.dumps(change, ensure_ascii=False)[:60])
def test_what_the_reader_takes_the_schema_takes(change: dict[str, Any]) -> None:
    """English and Chinese keys, groups, units, sources, ranges, open sets and every word for `unknown`."""
    data = {**CASE, **change}
    assert reads(data)
    assert (errors(OWN, data), errors(GENERAL, data)) == ([], [])


@pytest.mark.parametrize("change", BAD, ids=lambda change: json.dumps(change, ensure_ascii=False)[:60])
def test_what_the_schema_of_a_pack_refuses_the_reader_refuses(change: dict[str, Any]) -> None:
    """Unknown facts, impossible values, wrong types and records of the wrong norm fail in both."""
    data = {**CASE, **change}
    assert not reads(data)
    assert errors(OWN, data)


def test_a_case_may_be_written_in_chinese_throughout() -> None:
    """Chinese keys of the outline, of the facts and of their sources, with and without the pack's facts."""
    source = {"值": "第1县", "文件": "报告书", "填表人": "张三"}
    data = {"案件": "某项目", "层级": "项目", "受理日期": "2022年5月1日", "事实": {"所在县": source}, "记录": None}
    assert reads(data)
    for validator in (OWN, GENERAL):
        assert errors(validator, data) == []
        assert errors(validator, {**data, "层级": "村"})
    assert errors(OWN, {**data, "事实": {"所在乡": source}})


def test_a_dossier_holds_cases() -> None:
    """A dossier is a title and a list of cases, each valid by itself; an empty one, or one within one, is not."""
    dossier = {"dossier": "某企业", "as_of": "2022-05-01", "cases": [CASE, {**CASE, "as_of": None}]}
    assert errors(OWN, dossier) == []
    assert reads(dossier)
    for wrong in ({**dossier, "cases": []}, {**dossier, "cases": [dossier]}, {**dossier, "facts": {}}):
        assert errors(OWN, wrong)
        assert not reads(wrong)


# ---------------------------------------------------------------- packs


def files_of(pack: Pack) -> dict[str, Any]:
    """The YAML files of a pack, as the schema of a pack describes them."""
    root = Path(pack.root)
    return {path.relative_to(root).as_posix(): plain(read_file(path)) for path in sorted(root.rglob("*.yaml"))}


FILES = files_of(REAL)
PACK_SCHEMA = Draft202012Validator(schema("pack"))


def test_the_files_of_the_real_packs_are_valid() -> None:
    """Every file that the loader takes passes the schema."""
    assert {"pack.yaml", "facts.yaml", "norms/siting.yaml"} <= FILES.keys()
    for name in pack_names():
        assert errors(PACK_SCHEMA, files_of(load_pack(name))) == []


def listed(shape: Any, key: str) -> Any:
    """The items of a list that may be left out."""
    return next(each["items"] for each in shape["properties"][key]["anyOf"] if "items" in each)


def test_the_schema_knows_the_keys_that_the_loader_knows() -> None:
    """A key that the loader comes to take, and one that it no longer takes, must change the schema too."""
    defs = schema("pack")["$defs"]
    (fact,) = defs["facts"]["patternProperties"].values()
    (parameter,) = defs["parameters"]["patternProperties"].values()
    for described, taken in (
        (defs["pack"], loader.PACK_KEYS),
        (defs["outline"], passages.OUTLINE_KEYS),
        (defs["outline"]["properties"]["chapters"]["anyOf"][1]["items"], passages.CHAPTER_KEYS),
        (defs["proof"], claim_files.CLAIM_KEYS),
        (listed(defs["proof"], "possible"), (*claim_files.POSSIBLE_KEYS, FOR_EACH)),
        (listed(defs["proof"], "silences"), claim_files.SILENCE_KEYS),
        (listed(defs["proof"], "settled"), claim_files.SETTLED_KEYS),
        (fact, (*vocabulary.FACT_KEYS, FOR_EACH)),
        (parameter["properties"]["values"]["items"], vocabulary.DATED_KEYS),
        (defs["clauses"]["items"], passages.CLAUSE_KEYS),
        (defs["norms"]["items"], (*norms.NORM_KEYS, FOR_EACH)),
        (defs["cases"]["properties"]["cases"]["items"], (*casebook.CASE_KEYS, FOR_EACH)),
    ):
        assert set(described["properties"]) == set(taken)


BOTH = {"zh": "甲", "en": "a"}
NORM = {
    "id": "a.b",
    "title": {"zh": "甲", "en": "a"},
    "explanation": {"zh": "甲", "en": "a"},
    "clauses": ["c"],
    "level": "project",
    "applies": [],
    "must": ["site.x > limit"],
}
FACT = {"type": "number", "label": {"zh": "甲", "en": "a"}, "question": {"zh": "甲", "en": "a"}}


@pytest.mark.parametrize(
    ("file", "content", "fits"),
    [
        ("norms/a.yaml", [NORM], True),
        ("norms/a.yaml", [{**NORM, "must": {"any": ["a.b", {"not": "c.d"}]}}], True),
        ("norms/a.yaml", [{**NORM, "must_not": ["a.b"]}], False),
        ("norms/a.yaml", [{key: value for key, value in NORM.items() if key != "must"}], False),
        ("norms/a.yaml", [{**NORM, "must": []}], False),
        ("norms/a.yaml", [{**NORM, "review": {"zh": "甲", "en": "a"}}], False),
        ("norms/a.yaml", [{**NORM, "level": "village"}], False),
        ("norms/a.yaml", [{**NORM, "title": {"zh": "甲"}}], False),
        ("norms/a.yaml", [{**NORM, "exept": []}], False),
        ("norms/a.yaml", [{**NORM, "id": "A B"}], False),
        ("rules/a.yaml", [NORM], False),
        ("facts.yaml", {"site.x": FACT}, True),
        ("facts.yaml", {"site.x.y": FACT}, False),
        ("facts.yaml", {"site.{key}": {**FACT, "type": "number", "unit": "{unit}", "resolution": "{step}"}}, True),
        ("facts.yaml", {"site.x": {**FACT, "type": "number", "resolution": "fine"}}, False),
        ("facts.yaml", {"site.x": {**FACT, "type": "float"}}, False),
        ("facts.yaml", {"site.x": {**FACT, "type": "symbol"}}, False),
        ("facts.yaml", {"site.x": {**FACT, "type": "date", "unit": "m"}}, False),
        ("facts.yaml", {"site.x": {**FACT, "symbols": {"a": {"zh": "甲", "en": "a"}}}}, False),
        ("facts.yaml", {"site.x": {**FACT, "derive": {"sum": ["site.y"], "lookup": "t"}}}, False),
        ("parameters.yaml", {"a.b": {}}, False),
        ("parameters.yaml", {"a": {"type": "number", "label": {"zh": "甲", "en": "a"}, "values": []}}, False),
        ("cases/a.yaml", {"cases": [{"case": "甲", "norm": "a.b", "expect": "refused"}]}, False),
        ("cases/a.yaml", {"cases": [{"case": "甲", "norm": "a.b", "expect": "violated"}]}, True),
        ("clauses.yaml", [{"id": "c"}], False),
        ("outline.yaml", {"entries": 2, "least_share": "0.94", "chapters": None}, True),
        ("outline.yaml", {"entries": -1}, False),
        ("outline.yaml", {"chapters": [{"section": "一", "title": {"zh": "甲"}}]}, False),
        ("proof.yaml", {"silences": [{"topics": "a", "levels": ["project"], "reason": {"zh": "甲", "en": "a"}}]}, True),
        (
            "proof.yaml",
            {"silences": [{"topics": "a", "levels": ["village"], "reason": {"zh": "甲", "en": "a"}}]},
            False,
        ),
        ("proof.yaml", {"settled": [{"kind": "typo", "about": "a.b", "reason": {"zh": "甲", "en": "a"}}]}, False),
        ("proof.yaml", {"possible": [{"id": "a", "levels": "project", "holds": []}]}, False),
    ],
)
def test_the_schema_of_a_pack_tells_good_from_bad(file: str, content: Any, fits: bool) -> None:
    """Modalities, types, names, levels and keys are checked in every file of a pack."""
    files = {**deepcopy(FILES), file: content}
    assert (errors(PACK_SCHEMA, files) == []) is fits


@pytest.mark.parametrize(
    ("entry", "fits"),
    [
        ({"value": 1, "clause": "c"}, True),
        ({"value": "2022-12-31", "source": "附件"}, True),
        ({"value": None, "status": "unverified", "note": {"zh": "甲", "en": "a"}}, True),
        ({"value": None, "status": "unverified"}, False),
        ({"value": 1}, False),
        ({"value": None, "clause": "c"}, False),
        ({"value": 1, "clause": "c", "status": "guessed"}, False),
    ],
)
def test_a_value_of_the_law_has_a_source_or_says_what_would_settle_it(entry: dict[str, Any], fits: bool) -> None:
    """A verified value needs a clause or a source, an unverified one a note."""
    parameter = {"type": "number", "label": {"zh": "甲", "en": "a"}, "values": [entry]}
    assert (errors(PACK_SCHEMA, {**FILES, "parameters.yaml": {"a": parameter}}) == []) is fits
