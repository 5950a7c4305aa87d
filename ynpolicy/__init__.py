"""Policy as code for environmental planning rules: cases judged with an explanation that a reviewer can sign under.

>>> import ynpolicy
>>> pack = ynpolicy.load("yunnan-14fyp")
>>> verdict = pack.check({"case": "示例", "level": "project", "as_of": "2022-05-01", "facts": {"省份": "广西"}})
>>> verdict.decision.value
'not_judged'
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ynpolicy import render as _render
from ynpolicy.errors import EngineDisagreement, InputError, Place, Problem, YnpolicyError
from ynpolicy.judge import Judge, JudgedVerdict, load
from ynpolicy.loader import load_pack, pack_names
from ynpolicy.verdict import Decision, Finding, Outcome, Verdict
from ynpolicy.version import __version__

__all__ = [
    "Decision",
    "EngineDisagreement",
    "Finding",
    "InputError",
    "Judge",
    "Outcome",
    "Problem",
    "Verdict",
    "YnpolicyError",
    "__version__",
    "load",
    "load_pack",
    "pack_names",
    "render",
]


def render(
    verdicts: JudgedVerdict | Sequence[JudgedVerdict],
    fmt: str = "text",
    lang: str = "zh",
    templates: Path | str | None = None,
    width: int = 88,
    detail: bool = False,
    brief: bool = False,
) -> str:
    """One report on one verdict or several of one pack, the gravest decision on top.

    `fmt` is `text`, `md` or `html`, `lang` is `zh` or `en`, `width` is in terminal columns, for text only. `detail`
    adds the full trace to text and Markdown, and to HTML on paper; `brief` leaves out what explains the findings one by
    one. `templates` is a folder whose templates lie over the built-in ones.
    Raises `InputError` for an unknown format or language, a width under 40, or a template that fails.
    """
    chosen = [verdicts] if isinstance(verdicts, JudgedVerdict) else list(verdicts)
    if not chosen:
        raise InputError([Problem(Place("render"), "there is no verdict to render", "pass one verdict or several")])
    return _render.render(chosen, chosen[0].pack, fmt, lang, templates, width, detail, brief)
