"""The report on a proof: what is found, what is settled or meant, and what was proved, for those who keep a pack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from ynpolicy.ir import Pack, Text
from ynpolicy.proof import KINDS, Check, Proof, Standing
from ynpolicy.proof.plain import file_names
from ynpolicy.render import fill

PHRASES: Final[Mapping[str, Text]] = {
    "colon": Text("：", ": "),
    "proof": Text("规则一致性证明", "Proof that the rules are consistent"),
    "clean": Text("无问题：以下各项都已证明、已有定论或已声明", "Clean: all is proved, settled or declared"),
    "not_clean": Text("有问题", "Findings"),
    "finding": Text("问题", "Findings"),
    "undecided": Text("未能判定", "Undecided"),
    "settled": Text("已有定论（不计为问题）", "Settled, and no findings"),
    "silent": Text("已声明的留白（不计为问题）", "Declared silences, and no findings"),
    "proved": Text("已证明", "Proved"),
    "checks": Text("逐项", "Every check"),
    "reason": Text("理由", "why"),
    "reading": Text("读法", "reading"),
    "witness": Text("见证案例", "witness"),
    "replayed": Text("每个见证案例都经各引擎复演", "every witness replays on each engine"),
    "solver": Text("求解器", "solver"),
    "about": Text("涉及", "about"),
    "under": Text("所选读法", "readings chosen"),
    "seconds": Text("秒", "s"),
}
KIND_WORDS: Final[Mapping[str, Text]] = {
    "contradiction": Text("规范互不矛盾，可同时遵守", "no two norms contradict, each can be kept with all others"),
    "dead_norm": Text("规范能适用、能违反", "each norm can bind a case and be broken"),
    "dead_line": Text("每行都可能起决定作用", "on each line some outcome turns"),
    "swallowed": Text("例外不吞没规范", "no exception swallows its norm"),
    "implied": Text("规范不被另一条包含", "no norm is implied by another"),
    "row_overlap": Text("表的各行不重叠", "no rows of a table overlap"),
    "row_gap": Text("表不缺行", "no row of a table is missing"),
    "date_gap": Text("参数的日期连续、不重叠", "parameters have one value on every day"),
    "gap": Text("每个主题都有话说", "each topic speaks to every case"),
    "reading": Text("有选择的读法和说法不一的文字", "readings with a choice, and passages that say otherwise"),
    "stale_claim": Text("声明都有根据", "each claim is borne out"),
}
ANSWER_WORDS: Final[Mapping[str, Text]] = {
    "unsat": Text("不可满足", "unsat"),
    "sat": Text("可满足", "sat"),
    "unknown": Text("未知", "unknown"),
    "apart": Text("无共同事实，不必求解", "no fact in common, not asked"),
    "by counting": Text("逐行清点", "by counting rows"),
    "never applies": Text("从不适用", "never applies"),
    "not found": Text("未发现", "not found"),
}
_NAMED: Final = 6


def render_proof(proof: Proof, pack: Pack, lang: str = "zh", width: int = 88, detail: bool = False) -> str:
    """A proof as text for a terminal of `width` columns; with `detail`, every check with what the solver said."""
    files = dict(zip(map(id, proof.checks), file_names(proof), strict=True))
    view = {
        "w": {name: text[lang] for name, text in PHRASES.items()},
        "title": pack.title[lang],
        "pack": f"{pack.id} {pack.version}",
        "readings": ", ".join(f"{reading}={option}" for reading, option in pack.chosen.items()),
        "clean": proof.clean,
        "engines": ", ".join(proof.engines),
        "seconds": f"{proof.seconds:.0f}",
        "findings": [_told(check, files[id(check)], lang) for check in proof.having(Standing.FINDING)],
        "undecided": [_told(check, files[id(check)], lang) for check in proof.having(Standing.UNDECIDED)],
        "settled": _grouped(proof.having(Standing.SETTLED), files, lang),
        "silent": _grouped(proof.having(Standing.SILENT), files, lang),
        "kinds": [_kind(kind, proof, lang) for kind in KINDS],
        "detail": [_line(check, lang) for check in proof.checks] if detail else [],
    }
    return fill("text", "proof.txt.j2", lang, width, view)


def _told(check: Check, files: tuple[str, ...], lang: str) -> dict[str, Any]:
    return {"kind": check.kind, "says": check.says[lang], "files": files}


def _grouped(checks: Iterable[Check], files: Mapping[int, tuple[str, ...]], lang: str) -> list[dict[str, Any]]:
    """Checks that one reason settles, together: what they are about, and the first witness."""
    groups: dict[tuple[str, Text, str], list[Check]] = {}
    for check in checks:
        groups.setdefault((check.kind, check.reason, check.reading), []).append(check)
    told = []
    for (kind, reason, reading), group in groups.items():
        about = list(dict.fromkeys(", ".join(check.about) for check in group))
        more = f" … ({len(about)})" if len(about) > _NAMED else ""
        told.append(
            {
                "kind": kind,
                "about": "; ".join(about[:_NAMED]) + more,
                "says": group[0].says[lang] if len(group) == 1 else "",
                "reason": reason[lang],
                "reading": reading,
                "files": [name for check in group for name in files[id(check)]][:_NAMED],
            }
        )
    return told


def _kind(kind: str, proof: Proof, lang: str) -> dict[str, Any]:
    proved = [check for check in proof.checks if check.kind == kind and check.standing is Standing.PROVED]
    answers = Counter(check.solver for check in proved)
    told = ", ".join(f"{ANSWER_WORDS[answer][lang]} {count}" for answer, count in answers.most_common())
    return {"label": KIND_WORDS[kind][lang], "kind": kind, "count": len(proved), "answers": told}


def _line(check: Check, lang: str) -> str:
    return f"{check.kind} {check.standing.value} {ANSWER_WORDS[check.solver][lang]}: {', '.join(check.about)}"
