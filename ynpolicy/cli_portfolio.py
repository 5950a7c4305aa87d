"""The command `ynpolicy portfolio`: a list of cases judged together. Exit status as that of `check`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ynpolicy.cli_options import read_day
from ynpolicy.console import chosen_options, in_language, refuse, width, write
from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.verdict import Decision

if TYPE_CHECKING:
    from ynpolicy.ir import Case, Pack
    from ynpolicy.portfolio.judging import Portfolio, PortfolioJudge
    from ynpolicy.portfolio.sources import Listing


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
    from ynpolicy.portfolio.judging import PortfolioJudge
    from ynpolicy.portfolio.sources import levels_named, read_listing

    pack = choose(load_pack(pack_name, tables), chosen_options(readings))
    _check_groupings(pack, only)
    problems: list[Problem] = []
    whole = tuple(levels_named(complete, Place("--complete"), problems))
    given = next(levels_named([level] if level else [], Place("--level"), problems), "")
    if problems:
        raise InputError(problems)
    listing = read_listing(files, pack, given)
    judge = PortfolioJudge(pack)
    found = _judged(judge, listing, read_day(as_of), (*whole, *listing.complete), only)
    text = _report(found, listing, fmt, lang)
    if out is None:
        click.echo(text, nl=False)
    else:
        write(out, text)
        click.echo(str(out), err=True)
    sys.exit(1 if Decision.REFUSED in found.decisions else 0 if found.decisions <= {Decision.IN_ORDER} else 3)


def _check_groupings(pack: Pack, only: tuple[str, ...]) -> None:
    if not pack.groupings:
        refuse("--pack", f"`{pack.id}` has no groupings", "a pack says in portfolio/ which cases it judges together")
    for name in only:
        if name not in pack.groupings:
            help = nearest(name, pack.groupings) or f"there are {', '.join(pack.groupings)}"
            refuse("--only", f"there is no grouping `{name}`", help)


def _judged(
    judge: PortfolioJudge, listing: Listing, day: object, complete: tuple[str, ...], only: tuple[str, ...]
) -> Portfolio:
    """The verdicts, with every problem of every case told first. A list with a wrong case is not judged: it would be
    judged without that case. Raises `InputError`."""
    from datetime import date

    from ynpolicy.portfolio.sources import day_of

    problems = list(listing.problems)
    as_of = day if isinstance(day, date) else listing.as_of or day_of(listing.cases, problems)
    cases: list[Case] = []
    for raw in listing.cases if as_of is not None else ():
        try:
            cases.append(judge.read(raw, as_of))
        except InputError as error:
            problems += error.problems
    if problems or as_of is None:
        raise InputError(problems)
    found = judge.judge(cases, as_of, tuple(dict.fromkeys(complete)), only)
    if not found.groupings:
        levels = sorted({one.members for one in judge.pack.groupings.values()})
        refuse(
            "portfolio", "no grouping is about the cases of this list", f"there are groupings of {', '.join(levels)}"
        )
    return found


def _report(found: Portfolio, listing: Listing, fmt: str, lang: str) -> str:
    if fmt == "json":
        from ynpolicy.portfolio.data import portfolio_to_dict

        return json.dumps(portfolio_to_dict(found), ensure_ascii=False, indent=2) + "\n"
    from ynpolicy.render.portfolio import render_portfolio

    return render_portfolio(found, listing.passed_over, fmt, lang, width())
