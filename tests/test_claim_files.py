"""`proof.yaml`: what a pack says of itself for its proof, and what is wrong with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ynpolicy.errors import InputError
from ynpolicy.ir import Pack
from ynpolicy.loader import load_pack
from ynpolicy.logic import show

RIVER = Path(__file__).parent / "data" / "packs" / "river"
REASON = "reason: {zh: 甲, en: a}"


def river(tmp_path: Path, text: str) -> Pack:
    folder = tmp_path / "river"
    shutil.copytree(RIVER, folder)
    (folder / "proof.yaml").write_text(text, encoding="utf-8")
    return load_pack(folder)


def test_claims_are_read_with_their_conditions(tmp_path: Path) -> None:
    """Each entry stands once for each level and topic that it names, and once for each row of a table."""
    pack = river(
        tmp_path,
        f"""
possible:
  - id: "{{town}}-is-somewhere"
    for_each: towns
    levels: project
    holds: site.town != "{{town}}" or as_of >= day("2021-01-01")
    {REASON}
silences:
  - {{topics: [river, water], levels: project, when: not project.begun, {REASON}}}
settled:
  - {{kind: row_gap, about: towns, {REASON}}}
""",
    )
    possible = pack.claims.constraints_at("project")
    assert len(possible) == len(pack.tables["towns"].rows) > 1
    assert "as_of" in pack.parameters
    assert len({show(constraint.holds) for constraint in possible}) == len(possible)
    assert [silence.topic for silence in pack.claims.silences] == ["river", "water"]
    assert pack.claims.settled[0].about == ("towns",)


def test_a_pack_without_the_file_claims_nothing() -> None:
    """The file may be left out."""
    claims = load_pack(RIVER).claims
    assert (claims.possible, claims.silences, claims.settled) == ((), (), ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("posible: []", "unknown key `posible` in proof.yaml"),
        (f"possible: [{{levels: project, holds: project.begun, {REASON}}}]", "what is possible has no `id`"),
        (f"possible: [{{id: a, levels: project, {REASON}}}]", "what is possible has no `holds`"),
        (f"possible: [{{id: a, levels: village, holds: project.begun, {REASON}}}]", "unknown name `village` under"),
        (f"possible: [{{id: a, levels: project, holds: project.began, {REASON}}}]", "unknown fact `project.began`"),
        ("possible: [{id: a, levels: project, holds: project.begun}]", "what is possible has no `reason`"),
        (f"silences: [{{topics: rivers, levels: project, {REASON}}}]", "unknown name `rivers` under `topics`"),
        (f"silences: [{{topics: river, {REASON}}}]", "a silence has no `levels`"),
        (f"settled: [{{kind: dead, about: river.ban, {REASON}}}]", "unknown kind `dead`"),
        (f"settled: [{{kind: dead_line, about: river.bann, {REASON}}}]", "did you mean `river.ban`?"),
        (f"settled: [{{kind: dead_line, about: river.ban, reading: none, {REASON}}}]", "unknown reading `none`"),
    ],
)
def test_a_claim_that_does_not_fit_the_pack_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """Keys, levels, topics, norms, readings, kinds and conditions are checked, with their places."""
    with pytest.raises(InputError) as caught:
        river(tmp_path, text)
    assert message in str(caught.value)
    assert "proof.yaml:1:" in str(caught.value)
