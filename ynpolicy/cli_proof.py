"""The command `ynpolicy prove`. Exit status: 0 clean, 1 findings or something undecided, 2 bad input."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from ynpolicy.cli_options import check_level
from ynpolicy.console import chosen_options, in_language, refuse, width, write


@click.command()
@click.argument("pack_name", default="yunnan-14fyp", metavar="[PACK]")
@click.option("--level", default="", help="Only the norms of one kind of case: project, transfer, ...")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language.")
@click.option("--format", "fmt", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--detail", is_flag=True, help="Every check, with what the solver said (in json: always).")
@click.option("--reading", "readings", multiple=True, metavar="ID=OPTION", help="Choose another option of a reading.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write the witnesses to this folder.")
@in_language
def prove(
    pack_name: str, level: str, lang: str, fmt: str, detail: bool, readings: tuple[str, ...], out: Path | None
) -> None:
    """Prove a pack's rules consistent: no contradiction, nothing dead, no gap."""
    from ynpolicy.judge import load
    from ynpolicy.proof import prove as prove_pack
    from ynpolicy.proof.plain import proof_to_dict, witness_files

    judge = load(pack_name, readings=chosen_options(readings))
    check_level(level, {norm.level for norm in judge.pack.norms.values()})
    if out is not None:
        make_ready(out)
    proof = prove_pack(judge, level, _tell if sys.stderr.isatty() else None)
    if fmt == "json":
        report = json.dumps(proof_to_dict(proof, judge.pack), ensure_ascii=False, indent=2) + "\n"
    else:
        from ynpolicy.render.proof import render_proof

        report = render_proof(proof, judge.pack, lang, width(), detail)
    if out is not None:
        write_all(out, dict(witness_files(proof)))
    click.echo(report, nl=False)
    sys.exit(0 if proof.clean else 1)


def _tell(level: str) -> None:
    """On a terminal, which level is being proved: a large pack takes a quarter of a minute."""
    click.echo(level, err=True)


def make_ready(folder: Path) -> None:
    """Makes a folder for witnesses; one that is not empty is refused, lest an old witness stand among the new."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = any(folder.iterdir())
    except OSError as error:
        refuse(str(folder), f"the folder cannot be made: {(error.strerror or str(error)).lower()}")
    if taken:
        refuse(str(folder), "the folder is not empty", "give a new or empty folder for the witnesses")


def write_all(folder: Path, files: dict[str, str]) -> None:
    """The witnesses, into a folder that is new or empty."""
    make_ready(folder)
    for name, text in files.items():
        write(folder / name, text)
