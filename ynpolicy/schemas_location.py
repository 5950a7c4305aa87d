"""Where a site lies, as JSON data and as its schema. Lengths are exact decimal texts in m; a drawing is no data."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ynpolicy.location import DistanceFound, Doubt, LayerUsed, Location, UnitFound
from ynpolicy.schemas_shapes import DECIMAL, DIGEST, NULL, TEXT, WORD, Shape, closed, either, listing, one_of
from ynpolicy.values import number_text


def location_to_dict(location: Location | None) -> dict[str, Any] | None:
    """A location as plain data; None where the case gives no site."""
    if location is None:
        return None
    return {
        "site": location.site,
        "system": location.system,
        "accuracy": _length(location.accuracy),
        "extent": _length(location.extent),
        "digest": location.digest,
        "distances": [_distance(found) for found in location.distances],
        "units": [_unit(found) for found in location.units],
        "nearby": [
            {"name": one.name, "measured": _length(one.measured), "layer": one.layer.digest} for one in location.nearby
        ],
        "layers": [_layer(layer) for layer in location.layers],
        "discrepancies": [{"fact": d.fact, "stated": d.stated, "found": d.found} for d in location.discrepancies],
    }


def _length(length: Fraction | None) -> str | None:
    return None if length is None else number_text(length)


def _distance(found: DistanceFound) -> dict[str, Any]:
    return {
        "fact": found.fact,
        "systems": list(found.systems),
        "at_least": _length(found.at_least),
        "at_most": _length(found.at_most),
        "measured": _length(found.measured),
        "river": found.river,
        "nearest": None if found.nearest is None else [f"{degrees:.7f}" for degrees in found.nearest],
        "layer": found.layer.digest if found.layer else None,
        "buffer": _length(found.buffer),
        "answer": {True: "in", False: "out", None: "cannot_tell"}[found.inside],
        "margin": _length(found.margin),
        "doubts": [doubt.value for doubt in found.doubts],
    }


def _unit(found: UnitFound) -> dict[str, Any]:
    return {
        "fact": found.fact,
        "code": found.code or None,
        "candidates": list(found.candidates),
        "names": list(found.names),
        "to_boundary": _length(found.to_boundary),
        "needed": _length(found.needed),
        "layer": found.layer.digest if found.layer else None,
        "doubts": [doubt.value for doubt in found.doubts],
    }


def _layer(layer: LayerUsed) -> dict[str, Any]:
    return {
        "title": layer.title,
        "kind": layer.kind,
        "source": layer.source,
        "date": layer.date,
        "system": layer.system,
        "accuracy": _length(layer.accuracy),
        "measured": layer.measured,
        "complete_for": layer.listed,
        "digest": layer.digest,
    }


def location_schema() -> Shape:
    """The JSON Schema of `location_to_dict`."""
    length, doubts = either(NULL, DECIMAL), listing(one_of(doubt.value for doubt in Doubt))
    distance = {
        "fact": WORD,
        "systems": listing(WORD, 1),
        "at_least": DECIMAL,
        **dict.fromkeys(("at_most", "measured", "buffer", "margin"), length),
        "river": TEXT,
        "nearest": either(NULL, {**listing(DECIMAL, 2), "maxItems": 2}),
        "layer": either(NULL, DIGEST),
        "answer": one_of(("in", "out", "cannot_tell")),
        "doubts": doubts,
    }
    unit = {
        "fact": WORD,
        "code": either(NULL, WORD),
        "candidates": listing(WORD),
        "names": listing(TEXT),
        "to_boundary": length,
        "needed": length,
        "layer": either(NULL, DIGEST),
        "doubts": doubts,
    }
    layer = {
        **dict.fromkeys(("title", "kind"), WORD),
        **dict.fromkeys(("source", "date", "system", "measured", "complete_for"), TEXT),
        "accuracy": length,
        "digest": DIGEST,
    }
    return either(
        NULL,
        closed(
            {
                "site": WORD,
                "system": TEXT,
                "accuracy": length,
                "extent": length,
                "digest": DIGEST,
                "distances": listing(closed(distance)),
                "units": listing(closed(unit)),
                "nearby": listing(closed({"name": WORD, "measured": DECIMAL, "layer": DIGEST})),
                "layers": listing(closed(layer)),
                "discrepancies": listing(closed({"fact": WORD, "stated": TEXT, "found": TEXT})),
            }
        ),
    )
