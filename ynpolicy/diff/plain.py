"""A comparison as plain data for JSON, and its witnesses as case files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ynpolicy.amendments import Element
from ynpolicy.diff.portfolio import JudgedTwice, Portfolio
from ynpolicy.diff.relations import Comparison, NormPair, Relation, Shown, Side, Witness
from ynpolicy.documents_text import to_yaml
from ynpolicy.schemas_diff import DIFF_SCHEMA


def comparison_to_dict(found: Comparison, portfolio: Portfolio | None = None) -> dict[str, Any]:
    """The whole comparison: every norm of either pack with its relation, what makes it differ, and its witnesses; and
    what becomes of the cases of a portfolio."""
    counts = Counter(pair.relation for pair in found.norms)
    files = file_names(found)
    return {
        "schema": DIFF_SCHEMA,
        "a": _side(found.a),
        "b": _side(found.b),
        "same": found.same,
        "engines": list(found.engines),
        "counts": {relation.value: counts[relation] for relation in Relation},
        "renamed": [{"kind": note.kind, "a": note.name, "b": note.after} for note in found.notes],
        "vocabulary": [_element(element) for element in found.vocabulary],
        "norms": [_pair(pair, names) for pair, names in zip(found.norms, files, strict=True)],
        **({} if portfolio is None else {"portfolio": _portfolio(portfolio)}),
    }


def _side(side: Side) -> dict[str, Any]:
    pack = side.pack
    return {
        "id": pack.id,
        "version": pack.version,
        "digest": pack.digest,
        "readings": dict(pack.chosen),
        "as_of": side.as_of.isoformat() if side.as_of else None,
    }


def _element(element: Element) -> dict[str, Any]:
    return {
        "kind": element.kind,
        "name": element.name,
        "aspects": [{"name": aspect.name, "a": aspect.before, "b": aspect.after} for aspect in element.aspects],
    }


def _pair(pair: NormPair, names: tuple[tuple[str, ...], ...]) -> dict[str, Any]:
    data: dict[str, Any] = {
        "a": pair.name_a or None,
        "b": pair.name_b or None,
        "level": pair.level,
        "relation": pair.relation.value,
    }
    if pair.why:
        data["why"] = pair.why
    if pair.elements:
        data["differences"] = [_element(element) for element in pair.elements]
    if pair.witnesses:
        shown = zip(pair.witnesses, names, strict=True)
        data["witnesses"] = [{"files": list(own), **_witness(witness)} for witness, own in shown]
    return data


def _witness(witness: Witness) -> dict[str, Any]:
    return {
        "shows": witness.shows,
        "replays": witness.replays,
        "a": _shown(witness.a),
        "b": _shown(witness.b),
    }


def _shown(shown: Shown) -> dict[str, Any]:
    return {
        "outcome": shown.outcome.value if shown.outcome else None,
        "decision": shown.decision.value if shown.decision else None,
        "case": dict(shown.case),
    }


# ---------------------------------------------------------------- a portfolio


def _portfolio(portfolio: Portfolio) -> dict[str, Any]:
    decisions = [
        {"a": before.value, "b": after.value if after else None, "cases": count}
        for (before, after), count in portfolio.decisions().most_common()
    ]
    return {
        "cases": len(portfolio.cases),
        "changed": len(portfolio.changed),
        "other_levels": portfolio.elsewhere,
        "columns_passed_over": list(portfolio.passed_over),
        "decisions": decisions,
        "clauses": dict(portfolio.clauses().most_common()),
        "by": {
            fact: {
                symbol: {"cases": whole, "changed": some} for symbol, (whole, some) in portfolio.grouped(fact).items()
            }
            for fact in portfolio.by
        },
        "changes": [_judged(case) for case in portfolio.changed],
    }


def _judged(case: JudgedTwice) -> dict[str, Any]:
    return {
        "case": case.title,
        "place": str(case.place),
        "level": case.level,
        "as_of": list(case.as_of),
        "decision": {"a": case.before.value, "b": case.after.value if case.after else None},
        "findings": [
            {
                "a": finding.name_a or None,
                "b": finding.name_b or None,
                "clauses": list(finding.clauses),
                "outcome": {
                    "a": finding.before.value if finding.before else None,
                    "b": finding.after.value if finding.after else None,
                },
            }
            for finding in case.findings
        ],
        "left_out": [{"kind": one.kind, "name": one.name} for one in case.left_out],
        "problems": [str(problem) for problem in case.problems],
    }


# ---------------------------------------------------------------- files


def file_names(found: Comparison) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """The names of the witnesses' files, for each norm and witness: `stricter-3.yaml`, counted within each relation.

    Where the two packs need the case in other words, or on other days, there is a file for each.
    """
    counted: Counter[str] = Counter()
    names: list[tuple[tuple[str, ...], ...]] = []
    for pair in found.norms:
        own: list[tuple[str, ...]] = []
        for witness in pair.witnesses:
            counted[pair.relation.value] += 1
            stem = f"{pair.relation.value}-{counted[pair.relation.value]}"
            own.append((f"{stem}.yaml",) if witness.a.case == witness.b.case else (f"{stem}.a.yaml", f"{stem}.b.yaml"))
        names.append(tuple(own))
    return tuple(names)


def witness_files(found: Comparison) -> Iterator[tuple[str, str]]:
    """Every witness as a case file, with the outcomes to expect in comments: the file's name, and its text."""
    for pair, names in zip(found.norms, file_names(found), strict=True):
        for witness, own in zip(pair.witnesses, names, strict=True):
            for name, shown in zip(own, (witness.a, witness.b), strict=False):
                yield name, _head(found, pair, witness) + to_yaml(dict(shown.case))


def _head(found: Comparison, pair: NormPair, witness: Witness) -> str:
    lines = [f"{pair.id}: {pair.relation.value}"]
    for letter, side, id, shown in (
        ("A", found.a, pair.name_a, witness.a),
        ("B", found.b, pair.name_b, witness.b),
    ):
        chosen = "".join(f" --reading {reading}={option}" for reading, option in side.pack.chosen.items())
        said = f"{id} {shown.outcome.value}" if shown.outcome else "-"
        lines.append(f"{letter}: {said} (ynpolicy check --pack {side.name or side.pack.id}{chosen})")
    return "".join(f"# {line}\n" for line in lines)
