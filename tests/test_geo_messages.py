"""What is wrong with a site or a layer is told in Chinese too."""

from __future__ import annotations

import re
from typing import Final

import pytest

from tests import test_geo_files, test_geo_reading, test_geo_sites, test_geo_systems
from tests.test_messages import OURS
from ynpolicy.errors import Place, Problem
from ynpolicy.messages import in_chinese

NAMES: Final = re.compile(
    "CGCS|EPSG|PROJ|GeoJSON|Shapefile|GeoPackage|FlatGeobuf|KML|DXF|DWG|[.][a-z]{3}|dx.*?accuracy"
)
"""Names of formats and systems, and keys, which stay as they are."""


KEYS: Final = re.compile(
    "`(?:accuracy|complete_for|corners|extent|file|kind|point|ranks|rivers|source|system|systems|table|title|width)`"
)
"""Keys of a layer, which whoever writes Chinese keys is told in Chinese."""


def split(text: str) -> tuple[str, str]:
    """A pinned problem without its place: message and help."""
    message, _, help = text.partition("\n  help: ")
    return re.sub(r"^[^ ]*?: ", "", message) if not message[0].isdigit() else message.partition(": ")[2], help


PINNED: Final = {
    *test_geo_systems.REFUSED.values(),
    *((message, help) for _, _, message, help in test_geo_systems.NUMBERS),
    *((message, help) for _, message, help in test_geo_files.BAD.values()),
    *((message, "") for *_, message in test_geo_files.CLASH),
    *(split(problem) for problems in test_geo_sites.BAD.values() for problem in problems),
    *(split(problem) for problems in test_geo_reading.BAD.values() for problem in problems),
}


@pytest.mark.parametrize(("message", "help"), sorted(PINNED))
def test_every_pinned_message_has_its_chinese(message: str, help: str) -> None:
    """No English is left in what a reviewer is told, but for names and for what is to be written."""
    told = in_chinese(Problem(Place("a.yaml"), message, help), {})
    assert re.search("[一-鿿]", told.message)
    assert bool(told.help) == bool(help)
    assert not KEYS.search(told.message)
    for text in (told.message, told.help):
        left = NAMES.sub("", OURS.sub("", re.sub("可用的有.*|可选.*|它的列有.*|用 `图层:` 选.*", "", text)))
        assert re.findall("[A-Za-z]{4,}", left) == [], text
