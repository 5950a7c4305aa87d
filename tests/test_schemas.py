"""Verdicts as JSON: what is written passes its schema, and mistakes do not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import evolve
from jsonschema import Draft202012Validator

from tests import sample_verdict, small_pack
from tests.plain_data import errors, walk
from ynpolicy import semantics
from ynpolicy.casebook import read_casebook
from ynpolicy.errors import InputError
from ynpolicy.ir import Pack
from ynpolicy.judge import Judge
from ynpolicy.loader import load_pack
from ynpolicy.normalise import normalise
from ynpolicy.schemas import schema, verdict_to_dict
from ynpolicy.verdict import Outcome, Verdict

REAL = load_pack("yunnan-14fyp")
VERDICT = Draft202012Validator(schema("verdict"))
DIGEST = "sha256:" + "a" * 64


def sample() -> Verdict:
    """The sample verdict, in which every outcome occurs, with digests of their real length."""
    verdict = sample_verdict.make_verdict()
    receipt = evolve(verdict.receipt, pack_digest=DIGEST, clauses_digest=DIGEST, text_digest=DIGEST, case_digest=DIGEST)
    return evolve(verdict, receipt=receipt, case=evolve(verdict.case, digest=DIGEST))


# ---------------------------------------------------------------- schemas


@pytest.mark.parametrize(
    ("kind", "pack", "identifier"),
    [
        ("case", None, "urn:ynpolicy:case:1"),
        ("case", REAL, "urn:ynpolicy:case:1:yunnan-14fyp"),
        ("verdict", None, "urn:ynpolicy:verdict:1"),
        ("pack", None, "urn:ynpolicy:pack:1"),
    ],
)
def test_each_schema_is_a_schema(kind: str, pack: Pack | None, identifier: str) -> None:
    """Each is draft 2020-12, has its own identifier, and no reference leads nowhere."""
    found = schema(kind, pack)
    Draft202012Validator.check_schema(found)
    assert (found["$schema"], found["$id"]) == ("https://json-schema.org/draft/2020-12/schema", identifier)
    references = {item["$ref"] for item in walk(found) if isinstance(item, dict) and "$ref" in item}
    assert references <= {f"#/$defs/{name}" for name in found["$defs"]}
    assert json.loads(json.dumps(found)) == found


def test_another_kind_has_no_schema() -> None:
    """The error names what there is."""
    with pytest.raises(InputError) as error:
        schema("verdicts")
    assert error.value.problems[0].help == "did you mean `verdict`?"


# ---------------------------------------------------------------- verdicts


def test_a_verdict_with_every_outcome_is_valid() -> None:
    """All ten outcomes, a measured number, an open set, a conflict and a remedy pass the published schema."""
    data = verdict_to_dict(sample(), sample_verdict.PACK)
    assert {finding["outcome"] for finding in data["findings"]} == {outcome.value for outcome in Outcome}
    assert errors(VERDICT, json.loads(json.dumps(data))) == []


def test_a_location_is_data() -> None:
    """Distances with their bounds, the county, doubts and layers are in the data, and the schema describes them."""
    located = evolve(sample().case, location=sample_verdict.LOCATION)
    data = verdict_to_dict(evolve(sample(), case=located), sample_verdict.PACK)
    assert errors(VERDICT, data) == []
    found = data["location"]
    assert {key: found["distances"][0][key] for key in ("at_least", "at_most", "answer", "margin", "doubts")} == {
        "at_least": "985",
        "at_most": "1015.25",
        "answer": "cannot_tell",
        "margin": None,
        "doubts": ["accuracy"],
    }
    assert (found["units"][0]["code"], found["units"][0]["candidates"]) == (None, ["gejiu", "kaiyuan"])
    assert found["discrepancies"] == [{"fact": "site.county", "stated": "屏边县", "found": "个旧市、开远市"}]
    assert verdict_to_dict(sample(), sample_verdict.PACK)["location"] is None


def test_what_the_reference_says_is_valid() -> None:
    """Findings on the real pack's own cases pass the schema, one case for each outcome that is expected."""
    entries = {entry.expect: entry for entry in read_casebook(REAL)}
    assert len(entries) > 4
    for entry in entries.values():
        case = normalise(REAL, entry.raw)
        verdict = evolve(sample(), case=case, findings=semantics.judge(REAL, case))
        assert errors(VERDICT, verdict_to_dict(verdict, REAL)) == [], entry.title


def test_no_float_leaves_the_library() -> None:
    """Numbers are decimal texts; the only other numbers are the ten counts."""
    data = verdict_to_dict(sample(), sample_verdict.PACK)
    counts = data.pop("counts")
    assert list(counts) == [outcome.value for outcome in Outcome]
    assert sum(counts.values()) == len(data["findings"])
    assert not [item for item in walk(data) if isinstance(item, (int, float)) and not isinstance(item, bool)]


def test_an_operand_says_what_it_was_and_where_it_came_from() -> None:
    """A measured fact shows both ends, its unit, why it does not settle the matter, and its document."""
    data = verdict_to_dict(sample(), sample_verdict.PACK)
    operands = [o for item in walk(data) if isinstance(item, dict) and "operands" in item for o in item["operands"]]
    (reduction,) = {json.dumps(o, ensure_ascii=False) for o in operands if o["name"] == "offset.reduction"}
    assert json.loads(reduction) == {
        "name": "offset.reduction",
        "kind": "number",
        "value": {"lo": "110", "hi": "130"},
        "unit": "kg/a",
        "state": "imprecise",
        "origins": [{"document": "替代方案", "stated": "120 ± 10"}],
    }
    metals = next(o for o in operands if o["name"] == "waste.metals")
    assert (metals["value"], metals["state"]) == ({"members": ["Cd"], "complete": False}, "incomplete")
    conflict = next(o for o in operands if o["name"] == "offset.same_industry")
    assert (conflict["value"], conflict["state"], len(conflict["origins"])) == (None, "conflict", 2)


def test_a_finding_carries_what_another_system_needs() -> None:
    """Clauses with their quotes, the contrary passage, the reading taken, and a trace with places in the pack."""
    case = {
        "level": "project",
        "as_of": "2022-05-01",
        "facts": {"site.county": "第1县", "project.activity": ["锡冶炼"]},
    }
    verdict = Judge(small_pack.PACK, use_forward=False).check(case)
    data = verdict_to_dict(verdict, small_pack.PACK)
    assert errors(VERDICT, data) == []
    finding = next(finding for finding in data["findings"] if finding["norm"] == "siting.river-ban")
    assert finding["clauses"] == [{"id": "river", "section": "三（五）1", "quote": "岸线1公里范围内不得新建"}]
    assert [clause["id"] for clause in finding["contrary"]] == ["box"]
    assert finding["readings"][0]["taken"] == {"zh": "干流及主要支流", "en": "mainstems"}
    assert (finding["outcome"], finding["unverified"]) == ("undetermined", ["issue_date"])
    assert finding["missing"] == list(next(f for f in verdict.findings if f.norm.id == "siting.river-ban").missing)
    applies = next(node for node in finding["trace"] if node["id"] == "siting.river-ban/applies")
    assert [node["place"] for node in applies["items"]] == ["small/norms/siting.yaml:10", "small/norms/siting.yaml:11"]
    assert data["notices"] == [{"zh": "仅供参考", "en": "for reference"}]
    assert (data["schema"], data["case"]["digest"]) == ("ynpolicy.verdict/1", data["receipt"]["case_digest"])


def test_the_same_verdict_is_the_same_text() -> None:
    """Nothing depends on the order in which a set or a mapping was built."""
    verdict = sample()
    shuffled = evolve(
        verdict,
        case=evolve(
            verdict.case,
            values={name: verdict.case.values[name] for name in reversed(list(verdict.case.values))},
            origins={name: verdict.case.origins[name] for name in reversed(list(verdict.case.origins))},
        ),
    )
    texts = {json.dumps(verdict_to_dict(one, sample_verdict.PACK), ensure_ascii=False) for one in (verdict, shuffled)}
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("decision",), "approved"),
        (("schema",), "ynpolicy.verdict/2"),
        (("extra",), 1),
        (("counts", "violated"), -1),
        (("counts", "passed"), 0),
        (("receipt", "as_of"), "2022/05/01"),
        (("receipt", "engines"), []),
        (("findings", 0, "outcome"), "ok"),
        (("findings", 0, "modality"), "shall"),
        (("findings", 0, "trace", 0, "truth"), True),
        (("findings", 0, "trace", 0, "items", 0, "operands", 0, "value"), 1000.5),
        (("findings", 0, "trace", 0, "items", 0, "operands", 0, "state"), "missing"),
        (("findings", 0, "clauses", 0, "page"), "3"),
        (("remedies", 0, "changes"), []),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_a_wrong_verdict_is_refused(path: tuple[str | int, ...], value: object) -> None:
    """The schema is closed: an unknown word, an unknown key, a float or a missing part is an error."""
    data: Any = verdict_to_dict(sample(), sample_verdict.PACK)
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    assert errors(VERDICT, data)


@pytest.mark.parametrize("key", ["receipt", "counts", "missing", "missing_sets_proved", "findings", "notices"])
def test_no_part_of_a_verdict_may_be_left_out(key: str) -> None:
    """Another system can rely on every part being there."""
    data = verdict_to_dict(sample(), sample_verdict.PACK)
    del data[key]
    assert errors(VERDICT, data)
