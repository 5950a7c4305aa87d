"""The command `ynpolicy portfolio`: a list of cases judged together. Exit status as that of `check`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ynpolicy.cli_options import read_day
from ynpolicy.console import chosen_options, in_language, print_problems, width, write
from ynpolicy.errors import InputError
from ynpolicy.verdict import Decision
from ynpolicy.whole_files import check_written

if TYPE_CHECKING:
    from ynpolicy.portfolio.files import JudgedFiles


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE_OR_FOLDER...", type=click.Path(path_type=Path))
@click.option("--pack", "pack_name", default="yunnan-14fyp", show_default=True, help="A pack's name or folder.")
@click.option("--complete", multiple=True, metavar="LEVEL", help="The list has every case of this level: transfer, ...")
@click.option("--level", default="", help="The level of table rows that state none: project, transfer, ...")
@click.option(
    "--only", multiple=True, metavar="GROUPING", help="Judge this grouping only; else all that the list touches."
)
@click.option("--as-of", "as_of", default="", help="The day at which the list is judged; overrides the cases' own.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language.")
@click.option("--format", "fmt", type=click.Choice(["text", "md", "html", "json"]), default="text", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@click.option("--reading", "readings", multiple=True, metavar="ID=OPTION", help="Choose another option of a reading.")
@click.option("--tables", type=click.Path(path_type=Path), help="A folder of your own tables, laid over the pack's.")
@in_language
def portfolio(
    files: tuple[Path, ...],
    pack_name: str,
    complete: tuple[str, ...],
    level: str,
    only: tuple[str, ...],
    as_of: str,
    lang: str,
    fmt: str,
    out: Path | None,
    readings: tuple[str, ...],
    tables: Path | None,
) -> None:
    """Judge a list of cases together: what they add up to, and what each county or prefecture must have."""
    from ynpolicy.choices import choose
    from ynpolicy.loader import load_pack
    from ynpolicy.portfolio.files import judge_files

    pack = choose(load_pack(pack_name, tables), chosen_options(readings))
    try:
        judged = judge_files(pack, files, read_day(as_of), complete, level, only)
    except InputError as error:
        print_problems(error.problems, lang, pack)
        sys.exit(2)
    if out is not None:
        check_written([out], judged.files)
    found = judged.portfolio
    text = _report(judged, fmt, lang)
    if out is None:
        click.echo(text, nl=False)
    else:
        write(out, text)
        click.echo(str(out), err=True)
    sys.exit(1 if Decision.REFUSED in found.decisions else 0 if found.decisions <= {Decision.IN_ORDER} else 3)


def _report(judged: JudgedFiles, fmt: str, lang: str) -> str:
    if fmt == "json":
        from ynpolicy.portfolio.data import portfolio_to_dict

        return json.dumps(portfolio_to_dict(judged.portfolio), ensure_ascii=False, indent=2) + "\n"
    from ynpolicy.render.portfolio import render_portfolio

    return render_portfolio(judged.portfolio, judged.passed_over, fmt, lang, width())
