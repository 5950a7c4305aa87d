"""A proof as plain data for JSON, and its witnesses as case files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from ynpolicy.documents_text import to_yaml
from ynpolicy.ir import Pack
from ynpolicy.proof.checks import Check, Proof, Witness

PROOF_SCHEMA: Final = "ynpolicy.proof/1"


def proof_to_dict(proof: Proof, pack: Pack) -> dict[str, Any]:
    """The whole proof: every check with what the solver said, texts in both languages, witnesses as cases."""
    return {
        "schema": PROOF_SCHEMA,
        "pack": {"id": pack.id, "version": pack.version, "digest": pack.digest, "readings": dict(pack.chosen)},
        "engines": list(proof.engines),
        "clean": proof.clean,
        "counts": dict(Counter(check.standing.value for check in proof.checks)),
        "checks": [_check(check, names) for check, names in zip(proof.checks, file_names(proof), strict=True)],
    }


def _check(check: Check, names: tuple[str, ...]) -> dict[str, Any]:
    data: dict[str, Any] = {
        "kind": check.kind,
        "about": list(check.about),
        "standing": check.standing.value,
        "solver": check.solver,
    }
    for key, text in (("says", check.says), ("reason", check.reason)):
        if text.zh:
            data[key] = {"zh": text.zh, "en": text.en}
    if check.reading:
        data["reading"] = check.reading
    if check.witnesses:
        shown = zip(names, check.witnesses, strict=True)
        data["witnesses"] = [{"file": name, **_witness(witness)} for name, witness in shown]
    return data


def _witness(witness: Witness) -> dict[str, Any]:
    return {
        "readings": dict(witness.readings),
        "outcomes": {id: outcome.value for id, outcome in witness.outcomes.items()},
        "replays": witness.replays,
        "case": dict(witness.case),
    }


def file_names(proof: Proof) -> tuple[tuple[str, ...], ...]:
    """The names of the witnesses' files, for each check: `dead_line-3.yaml`, counted within each kind."""
    counted: Counter[str] = Counter()
    names: list[tuple[str, ...]] = []
    for check in proof.checks:
        own: list[str] = []
        for _ in check.witnesses:
            counted[check.kind] += 1
            own.append(f"{check.kind}-{counted[check.kind]}.yaml")
        names.append(tuple(own))
    return tuple(names)


def witness_files(proof: Proof) -> Iterator[tuple[str, str]]:
    """Every witness as a case file: its name, and its text with what it shows in comments."""
    for check, names in zip(proof.checks, file_names(proof), strict=True):
        for name, witness in zip(names, check.witnesses, strict=True):
            yield name, _case_file(check, witness)


def _case_file(check: Check, witness: Witness) -> str:
    lines = [check.says.zh, check.says.en, *(f"{id}: {outcome.value}" for id, outcome in witness.outcomes.items())]
    if witness.readings:
        lines.append("ynpolicy check " + " ".join(f"--reading {r}={o}" for r, o in witness.readings.items()))
    head = "".join(f"# {line}\n" for line in lines if line)
    return head + to_yaml(dict(witness.case) | {"case": f"{check.kind}: {', '.join(check.about)}"})
