"""Verdicts as text for a terminal, as Markdown, and as one self-contained HTML page, in Chinese or in English.

A user's own template directory lies over the built-in one: a file of the same name wins, and may extend the built-in
one as `ynpolicy/report.html.j2`. All templates run in Jinja's sandbox and see plain data only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from ynpolicy import cache
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.findings import View
from ynpolicy.ir import Pack
from ynpolicy.report import report
from ynpolicy.verdict import Verdict

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

FORMATS: Final = {"text": "report.txt.j2", "md": "report.md.j2", "html": "report.html.j2"}
LANGUAGES: Final = ("zh", "en")
NARROWEST: Final = 40


def render(
    verdicts: Verdict | Sequence[Verdict | Sequence[Verdict]],
    pack: Pack | Sequence[Pack],
    fmt: str = "text",
    lang: str = "zh",
    templates: Path | str | None = None,
    width: int = 88,
    detail: bool = False,
    brief: bool = False,
) -> str:
    """One report on one verdict or several, the gravest decision on top.

    Where several packs judged, the verdicts on one case stand together in a list, and `pack` holds all packs.
    `fmt` is `text`, `md` or `html`; `width` is in terminal columns, for text only. `detail` adds the full trace to text
    and Markdown; HTML always folds it in, and prints it on paper with `detail` only. `brief` leaves out what explains
    the findings one by one, for a page to sign. `templates` is a directory that lies over the built-in templates.
    Raises `InputError` for an unknown format or language, a width under 40, or a template that fails, with its file
    and line.
    """
    _check(fmt, lang, width)
    full = not brief and (detail or fmt == "html")
    packs = {pack.id: pack} if isinstance(pack, Pack) else {one.id: one for one in pack}
    cases = [_case(on_case, packs, lang, full) for on_case in _by_case(verdicts)]
    cases.sort(key=lambda case: int(case["reports"][0]["gravity"]))
    if not cases:
        _refuse("there is no verdict to render", "pass one verdict or several")
    directory = None if templates is None else Path(templates)
    from ynpolicy.render.words import phrases

    reports = [view for case in cases for view in case["reports"]]
    text = _fill(
        _built_in(fmt) if directory is None else _environment(fmt, directory),
        FORMATS[fmt],
        directory,
        {
            "reports": reports,
            "cases": cases,
            "w": phrases(lang, all(one.instrument == "plan" for one in packs.values())),
            "lang": lang,
            "detail": detail,
            "brief": brief,
            "width": width,
            "pack": reports[0]["pack"],
            "packs": [one["pack"] for one in _once_a_pack(reports)],
            "notices": _notices(reports, lang),
        },
    )
    return _finished(text, fmt, width)


def _by_case(verdicts: Verdict | Sequence[Verdict | Sequence[Verdict]]) -> list[Sequence[Verdict]]:
    if isinstance(verdicts, Verdict):
        return [[verdicts]]
    return [[found] if isinstance(found, Verdict) else found for found in verdicts]


def _case(verdicts: Sequence[Verdict], packs: Mapping[str, Pack], lang: str, full: bool) -> View:
    """What a report says of one case: the headline of the gravest verdict, and the views of all."""
    several = len(packs) > 1
    only = next(iter(packs.values()))
    views = [
        report(verdict, packs[verdict.receipt.pack] if several else only, lang, full, several) for verdict in verdicts
    ]
    views.sort(key=lambda view: int(view["gravity"]))
    return {"headline": views[0]["case_headline"], "decision": views[0]["decision"], "reports": views}


def _once_a_pack(reports: Sequence[View]) -> list[View]:
    return list({view["pack"]["id"]: view for view in reports}.values())


def _notices(reports: Sequence[View], lang: str) -> list[str]:
    """The notices of every pack; of several packs, with the name of the instrument that each belongs to."""
    packs = _once_a_pack(reports)
    if len(packs) == 1:
        return list(packs[0]["notices"])
    colon = "：" if lang == "zh" else ": "
    return [f"{view['pack']['title']}{colon}{notice}" for view in packs for notice in view["notices"]]


def fill(fmt: str, template: str, lang: str, width: int, view: dict[str, Any]) -> str:
    """One of the built-in templates, filled with plain data. Raises `InputError` as `render` does."""
    _check(fmt, lang, width)
    text = _fill(_built_in(fmt), template, None, {"lang": lang, "width": width, **view})
    return _finished(text, fmt, width)


def _finished(text: str, fmt: str, width: int) -> str:
    if fmt == "text":
        from ynpolicy.render.layout import fit

        return fit(text, width)
    return text.rstrip("\n") + "\n"


def _check(fmt: str, lang: str, width: int) -> None:
    if fmt not in FORMATS:
        _refuse(f"`{fmt}` is not a report format", f"the formats are {', '.join(FORMATS)}")
    if lang not in LANGUAGES:
        _refuse(f"`{lang}` is not a report language", f"the languages are {', '.join(LANGUAGES)}")
    if width < NARROWEST:
        _refuse(f"a width of `{width}` columns is too narrow", f"give at least {NARROWEST}")


def _refuse(message: str, help: str) -> NoReturn:
    raise InputError([Problem(Place("render"), message, help)])


@lru_cache(maxsize=len(FORMATS))
def _built_in(fmt: str) -> SandboxedEnvironment:
    """The environment of the built-in templates, made and compiled once a format."""
    return _environment(fmt, None)


def _environment(fmt: str, directory: Path | None) -> SandboxedEnvironment:
    from jinja2 import ChoiceLoader, FileSystemBytecodeCache, FileSystemLoader, PrefixLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from markupsafe import Markup

    from ynpolicy.render.markup import code_span, escape_markdown, keep_whole

    ours = FileSystemLoader(Path(__file__).parent / "templates")
    loaders: list[Any] = [ours, PrefixLoader({"ynpolicy": ours})]
    if directory is not None:
        if not directory.is_dir():
            raise InputError([Problem(Place(str(directory)), "there is no such template directory")])
        loaders.insert(0, FileSystemLoader(directory))

    def in_markdown(value: object) -> object:
        return value if isinstance(value, Markup) else Markup(escape_markdown(str(value)))

    compiled = cache.folder()
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader(loaders),
        undefined=StrictUndefined,
        autoescape=fmt != "text",
        finalize=in_markdown if fmt == "md" else None,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=FileSystemBytecodeCache(str(compiled)) if compiled else None,
    )
    del environment.filters["safe"]
    environment.filters["code"] = lambda text: Markup(code_span(str(text)))
    environment.filters["whole"] = lambda text: Markup(keep_whole(str(text)))
    if fmt == "text":
        from ynpolicy.render.layout import columns, cut, glue, pad

        environment.filters |= {"pad": pad, "columns": columns, "cut": cut, "glue": glue}
    return environment


def _fill(environment: SandboxedEnvironment, name: str, directory: Path | None, view: dict[str, Any]) -> str:
    """The filled template. A failure in a user's templates becomes an `InputError`; one in ours is a fault of ours."""
    try:
        return environment.get_template(name).render(view)
    except Exception as error:
        if directory is None:
            raise
        place = _where(error, directory)
        help = "see the built-in templates in `ynpolicy/render/templates` for what a report offers"
        raise InputError([Problem(place, f"the template fails: `{_message(error)}`", help)]) from error


def _message(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _where(error: Exception, directory: Path) -> Place:
    """The file and line in which a template failed: a syntax error knows it, else the innermost frame of a template."""
    from jinja2 import TemplateSyntaxError

    if isinstance(error, TemplateSyntaxError):
        return Place(error.filename or error.name or str(directory), error.lineno, 1)
    place = Place(str(directory))
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith(".j2"):
            place = Place(file, trace.tb_lineno, 1)
        trace = trace.tb_next
    return place
