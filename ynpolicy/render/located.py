"""Where a site lies, as one self-contained HTML page with its map."""

from __future__ import annotations

from datetime import date

from ynpolicy.ir import Case, Pack
from ynpolicy.location import Location
from ynpolicy.render import NARROWEST, fill
from ynpolicy.render.words import phrases
from ynpolicy.report import clean
from ynpolicy.report_location import location_view
from ynpolicy.sentences import Phrasing


def render_located(location: Location, pack: Pack, level: str, day: date, lang: str = "zh") -> str:
    """The page. Raises `InputError` as `render` does."""
    view = location_view(location, Phrasing(pack, Case("-", level, day, {}), lang))
    clean(view)
    return fill("html", "located.html.j2", lang, NARROWEST, {"p": view, "w": phrases(lang), "brief": False})
