"""The command `ynpolicy diff`. Exit status: 0 no difference, 1 differences or something undecided, 2 bad input."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ynpolicy.cli_options import check_level, read_day
from ynpolicy.cli_proof import write_all
from ynpolicy.console import chosen_options, in_language, print_problems, width, write

if TYPE_CHECKING:
    from ynpolicy.errors import Problem
    from ynpolicy.ir import Pack
    from ynpolicy.judge import Judge


@click.command()
@click.argument("pack_a", metavar="A")
@click.argument("pack_b", default="", metavar="[B]")
@click.option("--as-of", "as_of", default="", help="The law of this day only, 2022-12-31; else of every day.")
@click.option("--as-of-b", "as_of_b", default="", help="The day for B, where it is another.")
@click.option("--reading", "readings", multiple=True, metavar="ID=OPTION", help="An option of a reading, in A and B.")
@click.option("--reading-b", "readings_b", multiple=True, metavar="ID=OPTION", help="The same, in B only.")
@click.option(
    "--cases", "files", multiple=True, metavar="FILE", help="Cases, dossiers, or a table (CSV, xlsx) of cases."
)
@click.option("--by", multiple=True, metavar="FACT", help="Count cases by this fact, not by prefecture.")
@click.option("--level", default="", help="Only the norms of one kind of case: project, transfer, ...")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language.")
@click.option("--format", "fmt", type=click.Choice(["text", "html", "json"]), default="text", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@click.option("--witnesses", type=click.Path(file_okay=False, path_type=Path), help="Write witnesses to this folder.")
@in_language
def diff(
    pack_a: str,
    pack_b: str,
    as_of: str,
    as_of_b: str,
    readings: tuple[str, ...],
    readings_b: tuple[str, ...],
    files: tuple[str, ...],
    by: tuple[str, ...],
    level: str,
    lang: str,
    fmt: str,
    out: Path | None,
    witnesses: Path | None,
) -> None:
    """Compare packs A and B, or A with itself on two days or under two readings: what is stricter, what looser.

    Each difference has a witness, a case that the two judge otherwise. With --cases it says which of your cases change
    their outcomes and decision.
    """
    from ynpolicy.diff import Side, compare
    from ynpolicy.diff.plain import comparison_to_dict, witness_files
    from ynpolicy.diff.portfolio import judge_portfolio
    from ynpolicy.loader import load_pack

    day, day_b = read_day(as_of), read_day(as_of_b, "--as-of-b")
    a, b = _judges(
        load_pack(pack_a),
        load_pack(pack_b or pack_a),
        chosen_options(readings),
        chosen_options(readings_b, "--reading-b"),
    )
    check_level(level, {norm.level for judge in (a, b) for norm in judge.pack.norms.values()})
    side_a, side_b = Side(a, day, pack_a), Side(b, day_b or day, pack_b or pack_a)
    found = compare(side_a, side_b, level)
    problems: list[Problem] = []
    portfolio = judge_portfolio(side_a, side_b, files, level, by, problems) if files else None
    if fmt == "json":
        report = json.dumps(comparison_to_dict(found, portfolio), ensure_ascii=False, indent=2) + "\n"
    else:
        from ynpolicy.render.diff import render_comparison

        report = render_comparison(found, portfolio, fmt, lang, width())
    if witnesses is not None and not problems:
        write_all(witnesses, dict(witness_files(found)))
    if out is None:
        click.echo(report, nl=False)
    elif not problems:
        write(out, report)
        click.echo(str(out), err=True)
    print_problems(problems, lang, a.pack)
    if problems:
        sys.exit(2)
    sys.exit(0 if found.same and not (portfolio and portfolio.changed) else 1)


def _judges(a: Pack, b: Pack, chosen: Mapping[str, str], chosen_b: Mapping[str, str]) -> tuple[Judge, Judge]:
    """Both packs under their readings; one that is chosen for both need stand in one of them only.

    Raises `InputError`.
    """
    from ynpolicy.choices import choose
    from ynpolicy.judge import Judge

    mine = {id: option for id, option in chosen.items() if id in a.readings or id not in b.readings}
    theirs = {id: option for id, option in chosen.items() if id in b.readings} | dict(chosen_b)
    return Judge(choose(a, mine)), Judge(choose(b, theirs))
