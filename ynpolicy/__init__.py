"""Policy as code for environmental planning rules: cases judged with an explanation that a reviewer can sign under.

>>> import ynpolicy
>>> pack = ynpolicy.load("yunnan-14fyp")
>>> verdict = pack.check({"case": "示例", "level": "project", "as_of": "2022-05-01", "facts": {"省份": "广西"}})
>>> verdict.decision.value
'not_judged'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ynpolicy import render as _render
from ynpolicy.errors import EngineDisagreement, InputError, Place, Problem, YnpolicyError
from ynpolicy.joint import JointJudge, JointVerdict, load_all
from ynpolicy.judge import Judge, JudgedVerdict, load
from ynpolicy.loader import load_pack, pack_names
from ynpolicy.verdict import Decision, Finding, Outcome, Verdict
from ynpolicy.version import __version__

if TYPE_CHECKING:
    from ynpolicy.replays import Replay

__all__ = [
    "Decision",
    "EngineDisagreement",
    "Finding",
    "InputError",
    "JointJudge",
    "JointVerdict",
    "Judge",
    "Outcome",
    "Problem",
    "Verdict",
    "YnpolicyError",
    "__version__",
    "bundle",
    "load",
    "load_all",
    "load_pack",
    "pack_names",
    "render",
    "replay",
]


def bundle(
    judge: Judge,
    cases: Path | str | Mapping[str, Any] | Sequence[Path | str | Mapping[str, Any]],
    path: Path | str,
    as_of: date | None = None,
) -> tuple[JudgedVerdict, ...]:
    """Judges case files, and keeps them, their verdicts and the pack in one file. Gives the verdicts, in their order.

    A case is a path, or plain data, which is kept as the JSON that states it. `as_of` goes before the cases' own dates.
    The file is written whole or not at all. Raises `InputError` as `Judge.check` does, also where the pack's files have
    changed since they were loaded or the file cannot be written; and `EngineDisagreement`.
    """
    from ynpolicy.bundles import case_file, judge_files, make_bundle
    from ynpolicy.console import write

    several = cases if isinstance(cases, Sequence) and not isinstance(cases, str) else [cases]
    judged = judge_files(judge, map(case_file, several), as_of)
    write(Path(path), make_bundle(judged, str(path)))
    return tuple(verdict for one in judged for verdict in one.verdicts)


def replay(path: Path | str, newer: Path | str | None = None) -> Replay:
    """The cases of a bundle judged again with the pack that it holds, each compared with its recorded verdict.

    With `newer`, a pack by name or folder, also under that pack: what it changes and why stands in `.newer`. `.same`
    says whether nothing differs, `.cases` how each case came out, `.to_dict()` all of it as plain data. Raises
    `InputError` for a file that is no bundle or in which any byte was changed, and `EngineDisagreement`.
    """
    from ynpolicy.replays import replay as replay_bundle

    return replay_bundle(path, newer)


def render(
    verdicts: JudgedVerdict | JointVerdict | Sequence[JudgedVerdict | JointVerdict],
    fmt: str = "text",
    lang: str = "zh",
    templates: Path | str | None = None,
    width: int = 88,
    detail: bool = False,
    brief: bool = False,
) -> str:
    """One report on one verdict or several, of one pack or of several together, the gravest decision on top.

    `fmt` is `text`, `md` or `html`, `lang` is `zh` or `en`, `width` is in terminal columns, for text only. `detail`
    adds the full trace to text and Markdown, and to HTML on paper; `brief` leaves out what explains the findings one by
    one. `templates` is a folder whose templates lie over the built-in ones.
    Raises `InputError` for an unknown format or language, a width under 40, or a template that fails.
    """
    chosen = [verdicts] if isinstance(verdicts, (JudgedVerdict, JointVerdict)) else list(verdicts)
    if not chosen:
        raise InputError([Problem(Place("render"), "there is no verdict to render", "pass one verdict or several")])
    cases = [found.verdicts if isinstance(found, JointVerdict) else (found,) for found in chosen]
    packs = {verdict.pack.id: verdict.pack for case in reversed(cases) for verdict in case}
    return _render.render(cases, list(packs.values()), fmt, lang, templates, width, detail, brief)
