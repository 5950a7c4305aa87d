"""The command `ynpolicy`. Exit status of `check`: 0 in order; 1 some case refused; 3 none refused but some not settled;
2 the input or the command is wrong; 4 two engines disagree, or the solver refutes what a verdict advises.
Of `lint`, `test`, `text`: 0 clean, 1 findings, 2 bad input; of `replay` and `diff`: 0 the same, 1 something differs,
2 bad input."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ynpolicy.cli_diff import diff
from ynpolicy.cli_locate import layer_options, locate
from ynpolicy.cli_options import check_level, read_day
from ynpolicy.cli_portfolio import portfolio
from ynpolicy.cli_proof import prove
from ynpolicy.cli_screen import screen
from ynpolicy.console import chosen_options, guarded, in_language, print_problems, refuse, width, write
from ynpolicy.errors import EngineDisagreement, InputError, Problem, nearest
from ynpolicy.verdict import Decision, Verdict
from ynpolicy.version import __version__

if TYPE_CHECKING:
    from ynpolicy.casebook import CaseResult
    from ynpolicy.cases import CaseFile
    from ynpolicy.ir import Pack
    from ynpolicy.joint import JointVerdict
    from ynpolicy.judge import Judge, JudgedVerdict

DEFAULT_PACK: Final = "yunnan-14fyp"

_packs = click.option(
    "--pack",
    "pack_names",
    multiple=True,
    default=[DEFAULT_PACK],
    show_default=True,
    help="A pack's name or folder; several are asked together.",
)
_pack = click.option("--pack", "pack_name", default=DEFAULT_PACK, show_default=True, help="A pack's name or folder.")
_lang = click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language.")
_level = click.option("--level", default="", help="What kind of case: project, transfer, ...")
_reading = click.option(
    "--reading", "readings", multiple=True, metavar="[PACK:]ID=OPTION", help="Choose another option of a reading."
)
_out = click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="ynpolicy")
def app() -> None:
    """Judge cases against environmental planning rules, with an explanation a reviewer can sign under."""


@app.command()
@click.argument("cases", nargs=-1, required=True, metavar="CASE...")
@_packs
@click.option("--as-of", "as_of", default="", help="The day of acceptance, 2022-05-01; overrides the cases' own.")
@_lang
@click.option("--format", "fmt", type=click.Choice(["text", "md", "html", "json"]), default="text", show_default=True)
@_out
@click.option("--templates", type=click.Path(path_type=Path), help="A folder whose templates lie over ours.")
@click.option("--detail", is_flag=True, help="With the full tree of why (in html: on paper too).")
@click.option("--brief", is_flag=True, help="The decision, what to ask for and the list of findings only.")
@_reading
@click.option("--tables", type=click.Path(path_type=Path), help="A folder of your own tables, laid over the pack's.")
@layer_options
@click.option("--bundle", type=click.Path(dir_okay=False, path_type=Path), help="Keep cases, verdicts and pack here.")
@click.option("--certify", is_flag=True, help="Have a solver prove the sets to ask for and the remedies.")
@click.option("--seconds", type=click.FloatRange(0), help="What --certify may take for one case; else 60.")
@in_language
def check(
    cases: tuple[str, ...],
    pack_names: tuple[str, ...],
    as_of: str,
    lang: str,
    fmt: str,
    out: Path | None,
    templates: Path | None,
    detail: bool,
    brief: bool,
    readings: tuple[str, ...],
    tables: Path | None,
    rivers: tuple[str, ...],
    boundaries: tuple[str, ...],
    bundle: Path | None,
    certify: bool,
    seconds: float | None,
) -> None:
    """Judge case files (YAML, JSON, or an Excel form) and print the verdicts, the gravest first."""
    from ynpolicy.joint import gravest_case_first, load_all

    problems: list[Problem] = []
    judged: list[tuple[CaseFile, tuple[JointVerdict, ...]]] = []
    disagreements: list[EngineDisagreement] = []
    day = read_day(as_of)
    if bundle is not None and len(pack_names) > 1:
        refuse("--bundle", "a bundle keeps the verdicts of one pack", "keep a case for each pack, with its own facts")
    if seconds is not None and not certify:
        refuse("--seconds", "it says what `--certify` may take", "give --certify, too, or leave it out")
    judge = load_all(pack_names, readings=chosen_options(readings), tables=tables, rivers=rivers, boundaries=boundaries)
    for name in cases:
        try:
            file = _source(name)
            judged.append((file, judge.check_each(file, day)))
        except InputError as error:
            problems += error.problems
        except EngineDisagreement as error:
            disagreements.append(error)
    ordered = [joint.verdicts for joint in gravest_case_first(joint for _, joints in judged for joint in joints)]
    refuted: list[str] = []
    if certify:
        ordered, refuted = _certified(ordered, seconds)
    if ordered:
        text = _report(ordered, judge.packs, fmt, lang, templates, detail, brief)
        if out is None:
            click.echo(text, nl=False)
        elif not problems and not disagreements and not refuted:
            write(out, text)
            click.echo(str(out), err=True)
    if bundle is not None and ordered and not problems and not disagreements:
        from ynpolicy.bundles import Judged, make_bundle

        kept = [Judged(file, tuple(joint.verdicts[0] for joint in joints), day) for file, joints in judged]
        write(bundle, make_bundle(kept, str(bundle)))
        click.echo(str(bundle), err=True)
    print_problems(problems, lang, *judge.packs)
    for disagreement in (*map(str, disagreements), *refuted):
        click.echo(disagreement, err=True)
    verdicts = [one for several in ordered for one in several]
    sys.exit(_status(verdicts, bool(problems), bool(disagreements or refuted)))


def _certified(
    ordered: Sequence[tuple[JudgedVerdict, ...]], seconds: float | None
) -> tuple[list[tuple[JudgedVerdict, ...]], list[str]]:
    """The verdicts with their certificates, and what the solver refutes of what they say. Raises `InputError`."""
    from ynpolicy.certify import SECONDS, certified, refutations

    longest = SECONDS if seconds is None else seconds
    found = [tuple(certified(one.pack, one, longest) for one in several) for several in ordered]
    return found, [text for several in found for one in several for text in refutations(one)]


def _status(verdicts: Sequence[Verdict], wrong_input: bool, disagreement: bool) -> int:
    if disagreement:
        return 4
    if wrong_input:
        return 2
    decisions = {verdict.decision for verdict in verdicts}
    if Decision.REFUSED in decisions:
        return 1
    return 0 if decisions <= {Decision.IN_ORDER} else 3


def _source(name: str) -> CaseFile:
    """A case file, or standard input for `-`, as it is now. Raises `InputError` where it cannot be read."""
    from ynpolicy.cases import STANDARD_INPUT, CaseFile
    from ynpolicy.documents import read_bytes

    if name == "-":
        return CaseFile(STANDARD_INPUT, sys.stdin.buffer.read())
    return CaseFile(name, read_bytes(Path(name)))


def _report(
    cases: Sequence[Sequence[JudgedVerdict]],
    packs: Sequence[Pack],
    fmt: str,
    lang: str,
    templates: Path | None,
    detail: bool,
    brief: bool,
) -> str:
    if fmt == "json":
        data = [verdict.to_dict() for verdicts in cases for verdict in verdicts]
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    from ynpolicy.render import render

    return render(cases, packs, fmt, lang, templates, width(), detail, brief)


@app.command()
@click.argument("bundles", nargs=-1, required=True, metavar="BUNDLE...", type=click.Path(path_type=Path))
@click.option("--pack", "newer", default="", help="Judge under this newer pack, too, and say what it changes and why.")
@_lang
@click.option("--format", "fmt", type=click.Choice(["text", "html", "json"]), default="text", show_default=True)
@_out
@in_language
def replay(bundles: tuple[Path, ...], newer: str, lang: str, fmt: str, out: Path | None) -> None:
    """Judge the cases of bundles again, with the pack that each holds, and compare with what was recorded."""
    from ynpolicy.replays import Replay
    from ynpolicy.replays import replay as replay_bundle

    problems: list[Problem] = []
    found: list[Replay] = []
    for path in bundles:
        try:
            found.append(replay_bundle(path, newer or None))
        except InputError as error:
            problems += error.problems
    if found:
        if fmt == "json":
            report = json.dumps([one.to_dict() for one in found], ensure_ascii=False, indent=2) + "\n"
        else:
            from ynpolicy.render.replay import render_replays

            report = render_replays(found, fmt, lang, width())
        if out is None:
            click.echo(report, nl=False)
        elif not problems:
            write(out, report)
            click.echo(str(out), err=True)
    print_problems(problems, lang)
    sys.exit(2 if problems else 0 if all(one.same for one in found) else 1)


@app.command()
@_packs
@click.option("--level", required=True, help="What kind of case: project, transfer, ...")
@_lang
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here; .xlsx makes a workbook.")
@click.option("--force", is_flag=True, help="Overwrite the file if it is there.")
@in_language
def template(pack_names: tuple[str, ...], level: str, lang: str, out: Path | None, force: bool) -> None:
    """Write a blank form for a case: commented YAML, or an Excel workbook with drop-downs."""
    from ynpolicy.forms import blank_form
    from ynpolicy.loader import load_pack
    from ynpolicy.together import united

    pack = united([load_pack(name) for name in pack_names])
    check_level(level, {norm.level for norm in pack.norms.values()})
    if out is not None and out.exists() and not force:
        refuse(str(out), "the file is already there", "give another name, or --force to overwrite it")
    if out is not None and out.suffix.lower() == ".xlsx":
        from ynpolicy.tables import write_form

        write_form(pack, level, out, lang)
    elif out is not None:
        write(out, blank_form(pack, level, lang))
    click.echo(blank_form(pack, level, lang) if out is None else f"{out}\n", nl=False)


@app.command()
@click.argument(
    "kind",
    type=click.Choice(["case", "verdict", "pack", "bundle", "replay", "diff", "portfolio", "screening"]),
)
@click.option("--pack", "pack_name", default="", help="For `case`: with the facts of this pack.")
def schema(kind: str, pack_name: str) -> None:
    """Print the JSON Schema of a case, a verdict, a pack, a bundle, a replay, a diff, a portfolio or a screening."""
    from ynpolicy.loader import load_pack
    from ynpolicy.schemas import schema as schema_of

    pack = load_pack(pack_name) if pack_name else None
    click.echo(json.dumps(schema_of(kind, pack), ensure_ascii=False, indent=2))


@app.command()
@click.argument("norm", default="")
@_pack
@_level
@_lang
@in_language
def norms(norm: str, pack_name: str, level: str, lang: str) -> None:
    """List the norms, or explain one."""
    from ynpolicy.catalogue import explain_norm, list_norms
    from ynpolicy.loader import load_pack

    pack = load_pack(pack_name)
    if not norm:
        check_level(level, {n.level for n in pack.norms.values()})
        click.echo(list_norms(pack, level, lang))
        return
    found = pack.norms.get(norm) or next((n for n in pack.norms.values() if norm in n.aliases), None)
    if found is None:
        refuse(norm, "there is no such norm", nearest(norm, pack.norms) or "`ynpolicy norms` lists them")
    click.echo(explain_norm(found, pack, lang))


@app.command()
@_pack
@_level
@_lang
@in_language
def facts(pack_name: str, level: str, lang: str) -> None:
    """List the vocabulary: what may be said about a case, in which words."""
    from ynpolicy.catalogue import list_facts
    from ynpolicy.loader import load_pack

    pack = load_pack(pack_name)
    check_level(level, {name for fact in pack.facts.values() for name in fact.levels})
    click.echo(list_facts(pack, level, lang))


@app.command()
@click.argument("pack_name", default=DEFAULT_PACK, metavar="[PACK]")
@click.option("--text", type=click.Path(path_type=Path), help="The instrument's official text, to look the quotes up.")
def lint(pack_name: str, text: Path | None) -> None:
    """Check a pack: names, types, units, quotes, dates, and that every norm has its cases."""
    from ynpolicy.judge import load
    from ynpolicy.lint import lint as lint_pack

    judge = load(pack_name)
    problems = lint_pack(judge, text)
    print_problems(problems)
    pack = judge.pack
    click.echo(f"{pack.id}: {len(pack.norms)} norms, {len(pack.facts)} facts, {len(problems)} findings")
    sys.exit(1 if problems else 0)


@app.command()
@click.argument("pack_name", default=DEFAULT_PACK, metavar="[PACK]")
@_lang
@click.option("--format", "fmt", type=click.Choice(["text", "html"]), default="text", show_default=True)
@_out
def coverage(pack_name: str, lang: str, fmt: str, out: Path | None) -> None:
    """Print the ledger by chapter: each clause with its norms, or why none can judge it (html)."""
    from ynpolicy.accounts import account
    from ynpolicy.casebook import read_casebook
    from ynpolicy.loader import load_pack
    from ynpolicy.render.ledger import render_coverage

    pack = load_pack(pack_name)
    whole = account(pack, [case.norm for case in read_casebook(pack)])
    report = render_coverage(whole, pack, fmt, lang, width())
    if out is None:
        click.echo(report, nl=False)
    else:
        write(out, report)
        click.echo(str(out), err=True)


@app.command()
@click.argument("plan", metavar="PLAN", type=click.Path(path_type=Path))
@_pack
@_lang
def text(plan: Path, pack_name: str, lang: str) -> None:
    """Compare the instrument's official text with a pack's ledger of clauses."""
    from ynpolicy.collation import collate
    from ynpolicy.loader import load_pack
    from ynpolicy.render.ledger import render_collation

    pack = load_pack(pack_name)
    collation = collate(pack, plan)
    click.echo(render_collation(collation, pack, lang, width()), nl=False)
    sys.exit(1 if collation.deviations else 0)


@app.command()
@click.argument("pack_name", default=DEFAULT_PACK, metavar="[PACK]")
@click.option("--mutate", is_flag=True, help="Also change the rules one by one: do the cases notice?")
def test(pack_name: str, mutate: bool) -> None:
    """Run a pack's own cases on every engine; print what they cover."""
    from ynpolicy.casebook import coverage, read_casebook, run_casebook
    from ynpolicy.judge import load

    judge = load(pack_name)
    cases = read_casebook(judge.pack)
    results, problems = run_casebook(judge, cases)
    print_problems(problems)
    found = coverage(judge.pack, results)
    for gap in found.gaps():
        click.echo(gap)
    for label, items in (
        ("norms with cases", found.norms),
        ("exceptions", found.exceptions),
        ("boundary sides", found.boundaries),
        ("norms with an undetermined case", found.unknowns),
        ("norms with a case outside their scope", found.scopes),
    ):
        click.echo(f"{label}: {sum(reached for _, reached in items)} of {len(items)}")
    click.echo(f"{len(cases)} cases: {len(cases) - len({p.place for p in problems})} passed, {len(problems)} problems")
    failed = _run_lists(judge)
    noticed = not mutate or _notices_mutants(judge.pack, results)
    sys.exit(1 if problems or failed or not noticed else 0)


def _run_lists(judge: Judge) -> bool:
    """Runs a pack's cases on its groupings, where it has any, and prints what they cover; whether one of them fails."""
    if not judge.pack.groupings:
        return False
    from ynpolicy.portfolio.casebook import list_gaps, read_lists, run_lists
    from ynpolicy.portfolio.judging import PortfolioJudge

    lists = read_lists(judge.pack)
    results, problems = run_lists(PortfolioJudge(judge.pack, judge.use_forward), lists)
    print_problems(problems)
    for gap in list_gaps(judge.pack, results):
        click.echo(gap)
    passed = len(lists) - len({problem.place for problem in problems})
    click.echo(
        f"{len(lists)} lists of {len(judge.pack.groupings)} groupings: {passed} passed, {len(problems)} problems"
    )
    return bool(problems)


def _notices_mutants(pack: Pack, results: Sequence[CaseResult]) -> bool:
    """Prints the mutation of a pack's rules, and says whether its cases kill enough mutants."""
    from ynpolicy.mutation import PASSING_SCORE
    from ynpolicy.mutation import mutate as mutate_pack
    from ynpolicy.mutation.report import report

    found = mutate_pack(pack, results)
    for line in report(found):
        click.echo(line)
    return found.score >= PASSING_SCORE


app.add_command(diff)
app.add_command(prove)
app.add_command(locate)
app.add_command(portfolio)
app.add_command(screen)


def main() -> None:
    """The entry point of the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and (stream.encoding or "").lower() not in ("utf-8", "utf8"):
            stream.reconfigure(encoding="utf-8")
    sys.exit(guarded(app))
