"""Verdicts as text for a terminal, as Markdown, and as one self-contained HTML page, in Chinese or in English.

A user's own template directory lies over the built-in one: a file of the same name wins, and may extend the built-in
one as `ynpolicy/report.html.j2`. All templates run in Jinja's sandbox and see plain data only.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from ynpolicy import cache
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.ir import Pack
from ynpolicy.report import report
from ynpolicy.verdict import Verdict

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

FORMATS: Final = {"text": "report.txt.j2", "md": "report.md.j2", "html": "report.html.j2"}
LANGUAGES: Final = ("zh", "en")
NARROWEST: Final = 40


def render(
    verdicts: Verdict | Sequence[Verdict],
    pack: Pack,
    fmt: str = "text",
    lang: str = "zh",
    templates: Path | str | None = None,
    width: int = 88,
    detail: bool = False,
    brief: bool = False,
) -> str:
    """One report on one verdict or several, the gravest decision on top.

    `fmt` is `text`, `md` or `html`; `width` is in terminal columns, for text only. `detail` adds the full trace to text
    and Markdown; HTML always folds it in, and prints it on paper with `detail` only. `brief` leaves out what explains
    the findings one by one, for a page to sign. `templates` is a directory that lies over the built-in templates.
    Raises `InputError` for an unknown format or language, a width under 40, or a template that fails, with its file
    and line.
    """
    _check(fmt, lang, width)
    chosen = [verdicts] if isinstance(verdicts, Verdict) else list(verdicts)
    full = not brief and (detail or fmt == "html")
    views = [report(verdict, pack, lang, trace=full) for verdict in chosen]
    views.sort(key=lambda view: int(view["gravity"]))
    if not views:
        _refuse("there is no verdict to render", "pass one verdict or several")
    directory = None if templates is None else Path(templates)
    from ynpolicy.render.words import phrases

    text = _fill(
        _built_in(fmt) if directory is None else _environment(fmt, directory),
        FORMATS[fmt],
        directory,
        {
            "reports": views,
            "w": phrases(lang),
            "lang": lang,
            "detail": detail,
            "brief": brief,
            "width": width,
            "pack": views[0]["pack"],
            "notices": views[0]["notices"],
        },
    )
    return _finished(text, fmt, width)


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
