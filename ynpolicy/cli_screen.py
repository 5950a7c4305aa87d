"""The command `ynpolicy screen`: a table of cases judged at once, with its result, its summary, and any row's verdict.

Exit status: 0 every row in order; 1 some row refused; 3 none refused, but some not in order; 2 some row rejected, or
the input or the command is wrong; 4 the engines disagree on an explained row; 130 interrupted.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ynpolicy.cli_mapping import mapping_of
from ynpolicy.cli_options import check_level, read_day
from ynpolicy.console import chosen_options, in_language, print_problems, refuse, width, write
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.ir import Text
from ynpolicy.whole_files import check_written

if TYPE_CHECKING:
    from ynpolicy.ir import Pack
    from ynpolicy.screening.prepare import Screening
    from ynpolicy.screening.streams import Source
    from ynpolicy.screening.summary import Summary
    from ynpolicy.screening.whole import Screened

_SUMMARIES: Final = (".html", ".txt", ".json")
_INTERRUPTED: Final = 130
_BAR: Final = 20

_SAID: Final = {
    "goes_on": Text(
        "已中断，已完成{}行；再执行同一命令即接着做", "interrupted after {} rows; the same command goes on from there"
    ),
    "stopped": Text("已中断，没有写出任何文件", "interrupted; nothing is written"),
    "more": Text("另有{}行有误未判，见 {}", "{} more rows are rejected: see {}"),
    "more_unwritten": Text(
        "另有{}行有误未判；加 --out 则逐行写出原因", "{} more rows are rejected; with --out all reasons are written"
    ),
    "rows": Text("行", "rows"),
    "a_second": Text("行/秒", "rows/s"),
    "left": Text("剩余", "left"),
    "earlier": Text("接着做：此前已完成{}行", "going on: {} rows were done before"),
}


def _files(command: Callable[..., None]) -> Callable[..., None]:
    """The options that name files to be written."""
    for name, to, help in (
        ("--summary", "summary_file", "The whole summary: .html, .txt or .json."),
        ("--rejected", "rejected", "What is wrong with rejected rows: .csv; else beside --out."),
        ("--out", "out", "The result, a row for each: .parquet, .csv or .xlsx."),
        ("--write-mapping", "write_mapping", "Write the guessed mapping here, and judge nothing."),
    ):
        path = click.Path(dir_okay=False, path_type=Path)
        command = click.option(name, to, type=path, metavar="FILE", help=help)(command)
    help = "A database for the result: duckdb://FILE, postgresql://USER@HOST/NAME."
    command = click.option("--into", default="", metavar="URL", help=help)(command)
    return click.option("--into-table", default="", metavar="NAME", help="What the table of --into is called.")(command)


@click.command()
@click.argument("table", metavar="TABLE")
@click.option("--pack", "pack_name", default="yunnan-14fyp", show_default=True, help="A pack's name or folder.")
@click.option("--level", default="", help="What kind of case a row is; else the mapping's, else project.")
@click.option("--as-of", "as_of", default="", help="The day of acceptance of all rows, 2022-05-01.")
@click.option(
    *("--mapping", "mapping_file"),
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="What the columns mean; else it is guessed.",
)
@click.option("--yes", is_flag=True, help="Judge by the guessed mapping without asking; doubts are not taken.")
@_files
@click.option(
    "--table", "inside", default="", metavar="NAME", help="The table of a database: its name, or SCHEMA.NAME."
)
@click.option("--sheet", default="", help="The sheet of a workbook; else the first.")
@click.option("--encoding", default="", help="Of a CSV file, where it is misjudged: utf-8, gbk.")
@click.option("--missing", is_flag=True, help="List in the result which facts each row lacks.")
@click.option("--keep", "keep", multiple=True, metavar="COLUMN", help="Keep a column in the result; `*` keeps all.")
@click.option("--by", "by", multiple=True, metavar="FACT", help="Count by this fact, not by prefecture and industry.")
@click.option("--explain", "explained", default="", metavar="ID", help="The verdict on the row of this key or number.")
@click.option(
    *("--format", "fmt"),
    type=click.Choice(["text", "md", "html", "json"]),
    default="text",
    show_default=True,
    help="Of --explain.",
)
@click.option("--reading", "readings", multiple=True, metavar="ID=OPTION", help="Choose another option of a reading.")
@click.option("--tables", type=click.Path(path_type=Path), help="A folder of your own tables, laid over the pack's.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language.")
@click.option("--chunk", type=click.IntRange(1), default=None, help="So many rows at a time; else 500,000.")
@click.option("--restart", is_flag=True, help="Begin anew, whatever an interrupted run has left.")
@click.option("--progress", "shows", is_flag=True, help="Show progress also where there is no terminal.")
@in_language
def screen(
    table: str,
    pack_name: str,
    level: str,
    as_of: str,
    mapping_file: Path | None,
    yes: bool,
    write_mapping: Path | None,
    inside: str,
    sheet: str,
    encoding: str,
    out: Path | None,
    into: str,
    into_table: str,
    rejected: Path | None,
    summary_file: Path | None,
    missing: bool,
    keep: tuple[str, ...],
    by: tuple[str, ...],
    explained: str,
    fmt: str,
    readings: tuple[str, ...],
    tables: Path | None,
    lang: str,
    chunk: int | None,
    restart: bool,
    shows: bool,
) -> None:
    """Judge the cases of TABLE, one a row: CSV, Excel, Parquet, or the URL of a database, with --table.

    Without --mapping the meaning of the columns is guessed from their heads, shown, and to be confirmed. Prints a
    summary; --out writes each row's outcomes. A row that cannot be read or cannot be is rejected: it stays in the
    result, marked, and a file beside it says why. An interrupted run goes on where it was.
    """
    from ynpolicy.choices import choose
    from ynpolicy.loader import load_pack

    pack = choose(load_pack(pack_name, tables), chosen_options(readings))
    day = read_day(as_of)
    check_level(level, {norm.level for norm in pack.norms.values()})
    if summary_file is not None and summary_file.suffix.lower() not in _SUMMARIES:
        message = f"`{summary_file.suffix or summary_file.name}` is no form of a summary"
        refuse(str(summary_file), message, f"end the name in {', '.join(_SUMMARIES)}")
    if bool(into) is not bool(into_table):
        refuse("--into", "a table in a database has a URL and a name", "give both --into and --into-table")
    try:
        from ynpolicy.screening.prepare import prepare
        from ynpolicy.screening.run import CHUNK
        from ynpolicy.screening.sources import open_source
    except ModuleNotFoundError as error:
        if error.name != "polars":
            raise
        refuse("screen", "tables of cases need the package `polars`", "pip install 'ynpolicy[bulk]'")
    from ynpolicy.case_tables import WORKBOOKS
    from ynpolicy.screening.database_results import DatabaseTable
    from ynpolicy.screening.whole import Outputs

    resultless, is_workbook = not (out or into or explained), table.lower().endswith(WORKBOOKS)
    _refuse_idle(
        ("--missing", missing and resultless, "without a result", "give --out or --into, or leave it out"),
        ("--keep", bool(keep) and resultless, "without a result", "give --out or --into, or leave it out"),
        ("--format", fmt != "text" and not explained, "without --explain", "leave it out"),
        ("--sheet", bool(sheet) and not is_workbook, "with a table that is no workbook", "leave it out"),
        ("--table", bool(inside) and "://" not in table, "with a file", "a table of a database has a URL before it"),
    )
    outputs = Outputs(out, DatabaseTable(into, into_table) if into else None, rejected, lang)
    written = (out, outputs.rejections, summary_file, write_mapping)
    read = (Path(table), mapping_file)
    check_written([path for path in written if path is not None], [path for path in read if path is not None])
    there = bool(into) and into == table and out is None and not explained
    source = _opened(table, inside, there) if "://" in table else open_source(table, sheet, encoding)
    mapping = mapping_of(source, pack, level, mapping_file, yes, write_mapping, lang)
    if mapping is None:
        return
    if there:
        from ynpolicy.cli_screen_database import screen_there

        if rejected is not None:
            message = "rejected rows are written into a table beside the result"
            refuse(str(rejected), message, "leave --rejected out")
        summary = screen_there(pack, source, mapping, day, into_table, by=by, keep=keep, listed=missing, lang=lang)
        if summary_file is not None:
            _write_summary(summary_file, pack, lang, summary)
            click.echo(str(summary_file), err=True)
        sys.exit(summary.status)
    screening = prepare(pack, source, mapping, day, by=by, keep=keep, listed=missing, chunk=chunk or CHUNK)
    if explained:
        _explain(screening, explained, fmt, lang, out)
        return
    from ynpolicy.screening.whole import check_outputs
    from ynpolicy.screening.whole import screen as screen_table

    check_outputs(screening, outputs)
    progress = _Progress(screening, lang, shows or sys.stderr.isatty())
    try:
        found = screen_table(
            screening,
            outputs,
            restart=restart,
            progress=progress,
            last=None if summary_file is None else partial(_write_summary, summary_file, pack, lang),
        )
    except KeyboardInterrupt:
        progress.end()
        said = _SAID["stopped" if outputs.work is None else "goes_on"][lang]
        click.echo(said.replace("{}", f"{progress.done:,}"), err=True)
        sys.exit(_INTERRUPTED)
    progress.end()
    _tell(screening, found, [str(one) for one in (summary_file, outputs.into) if one is not None], lang)
    sys.exit(found.summary.status)


def _refuse_idle(*options: tuple[str, bool, str, str]) -> None:
    """Refuses, all at once, options that say nothing beside the others: the name, whether it is one, why, the help."""
    idle = [
        Problem(Place(name), f"`{name}` does nothing {why}", help) for name, is_idle, why, help in options if is_idle
    ]
    if idle:
        raise InputError(idle)


def _opened(url: str, table: str, writes: bool) -> Source:
    """A table of a database, which may be written to; ends with status 2 where the library for it is missing."""
    try:
        from ynpolicy.screening.database import open_database
    except ModuleNotFoundError as error:
        if error.name != "ibis":
            raise
        refuse("screen", "databases need the package `ibis-framework`", "pip install 'ynpolicy[bulk]'")
    return open_database(url, table, writes)


def _explain(screening: Screening, id: str, fmt: str, lang: str, out: Path | None) -> None:
    """Prints the full verdict on one row; ends with the status of `check`."""
    from ynpolicy.screening.explain import explain_row
    from ynpolicy.verdict import Decision

    verdict = explain_row(screening, id)
    if fmt == "json":
        text = json.dumps(verdict.to_dict(), ensure_ascii=False, indent=2) + "\n"
    else:
        from ynpolicy.render import render

        text = render(verdict, screening.pack, fmt, lang, width=width())
    if out is None:
        click.echo(text, nl=False)
    else:
        write(out, text)
        click.echo(str(out), err=True)
    if verdict.decision is Decision.REFUSED:
        sys.exit(1)
    sys.exit(0 if verdict.decision is Decision.IN_ORDER else 3)


def _tell(screening: Screening, found: Screened, others: Sequence[str], lang: str) -> None:
    """Prints the summary, the first problems of rejected rows, and the names of all that is written."""
    from ynpolicy.render.screening import render_summary
    from ynpolicy.screening.explain import problems_told

    pack, summary = screening.pack, found.summary
    click.echo(render_summary(summary, pack, "text", lang, width(), brief=True), nl=False)
    print_problems(problems_told(screening, found.problems), lang, pack)
    left = summary.tally.rejected - found.problems["row"].n_unique()
    if left > 0:
        named = next((str(file) for file in found.files if str(file).endswith(".csv")), "")
        said = _SAID["more" if named else "more_unwritten"][lang]
        click.echo(said.replace("{}", f"{left:,}", 1).replace("{}", named), err=True)
    for name in (*map(str, found.files), *others):
        click.echo(name, err=True)


def _write_summary(file: Path, pack: Pack, lang: str, summary: Summary) -> None:
    from ynpolicy.render.screening import render_summary

    form = file.suffix.lower()
    if form == ".json":
        write(file, json.dumps(summary.to_dict(pack), ensure_ascii=False, indent=2) + "\n")
    else:
        write(file, render_summary(summary, pack, "html" if form == ".html" else "text", lang))


def _bar(done: int, whole: int) -> str:
    """A share as a bar and in hundredths."""
    share = min(done / whole, 1.0)
    full = int(share * _BAR)
    return f"{'█' * full}{'░' * (_BAR - full)} {int(share * 100)} %"


class _Progress:
    """Says on one line of standard error how far a screening is: the share, the rate, and the time that is left."""

    def __init__(self, screening: Screening, lang: str, shows: bool) -> None:
        self._whole = screening.source.rows or screening.source.about()
        self._lang, self._shows = lang, shows
        self._began = time.monotonic()
        self._said = False
        self.done = 0

    def __call__(self, done: int, earlier: int) -> None:
        self.done = done
        if not self._shows:
            return
        if done == earlier and earlier:
            click.echo(_SAID["earlier"][self._lang].replace("{}", f"{earlier:,}"), err=True)
        seconds = time.monotonic() - self._began
        rate = (done - earlier) / seconds if seconds else 0.0
        words = {name: _SAID[name][self._lang] for name in ("rows", "a_second", "left")}
        share = f"{_bar(done, self._whole)}  " if self._whole else ""
        line = f"{share}{done:,} {words['rows']}  {rate:,.0f} {words['a_second']}"
        if rate and self._whole > done:
            minutes, left = divmod(round((self._whole - done) / rate), 60)
            line += f"  {words['left']} {minutes}:{left:02d}"
        click.echo(f"\r{line:<90}", nl=False, err=True)
        self._said = True

    def end(self) -> None:
        """Ends the line."""
        if self._said:
            click.echo(err=True)
            self._said = False
