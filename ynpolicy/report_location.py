"""Where a site lies, in words and as a map: distances with their bounds, the county, what is in doubt, and a drawing.

The drawing becomes paths in a square of `SIDE` units with north up; a template has only to set them down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Final

from ynpolicy.ir import Text
from ynpolicy.location import (
    Discrepancy,
    DistanceFound,
    Doubt,
    Drawing,
    Drawn,
    LayerUsed,
    Location,
    Path,
    UnitFound,
)
from ynpolicy.sentences import Phrasing
from ynpolicy.values import number_text

View = dict[str, Any]

SIDE: Final = 1000
"""The map's width and height, in units of its own."""
_BELOW: Final = {"county": 0, "band": 1, "buffer": 2, "hint": 3, "river": 4, "accuracy": 5, "nearest": 6, "site": 7}
"""What lies below what on the map."""

DOUBTS: Final[dict[Doubt, Text]] = {
    Doubt.NO_LAYER: Text(
        "没有可用的图层；须提供河流（岸线）或行政区划图层",
        "no layer can answer: give a layer of rivers or of boundaries",
    ),
    Doubt.NO_RIVER: Text(
        "图层中没有确定应计入的河流；须注明各河流的水系和级别",
        "the layer holds no river that surely counts: say of each river its system and rank",
    ),
    Doubt.INCOMPLETE: Text(
        "图层未声明对应计入的河流完整，更近处可能另有河流；须使用按官方名录完整的图层",
        "the layer is not declared complete for the rivers that count, so another one could be nearer: use one that is "
        "complete for the official list",
    ),
    Doubt.UNRANKED: Text(
        "更近处有河流未注明水系或级别，不知是否应计入；须查明其级别",
        "a nearer river is in the layer without its system or rank: find out whether it counts",
    ),
    Doubt.LAYER_ACCURACY: Text(
        "图层未注明精度；须取得其精度（最大误差）", "the layer's accuracy is not stated: obtain its largest error"
    ),
    Doubt.SITE_ACCURACY: Text(
        "厂址未注明精度；须说明坐标的最大误差", "the site's accuracy is not stated: say its largest error"
    ),
    Doubt.SITE_EXTENT: Text(
        "厂址只有一个点，未说明厂界到该点最远多少米；须提供厂界或该距离",
        "the site is a point, and how far it reaches around it is not stated: give its boundary or that distance",
    ),
    Doubt.SITE_SYSTEM: Text(
        "厂址未声明坐标系，误差已按各种常用坐标系放宽；须查明坐标系",
        "the site's coordinate system is not declared and the bounds are widened for any in use: find out which it is",
    ),
    Doubt.LAYER_SYSTEM: Text(
        "图层未声明坐标系，误差已按各种常用坐标系放宽；须查明坐标系",
        "the layer's coordinate system is not declared and the bounds are widened for any in use: find out which it is",
    ),
    Doubt.WIDTH: Text(
        "图层为河道中心线或岸线（线状），且未注明最大河宽，岸线可能更近，厂址也可能在两岸之间；须注明最大河宽，或提供水面（面状）图层",
        "the layer has lines without the river's width, so the bank may be nearer, or the site between two banks: give "
        "the greatest width, or the water as areas",
    ),
    Doubt.CENTRELINE: Text(
        "图层为河道中心线，下限已减去半个河宽", "the layer has centrelines: half the river's width is taken off"
    ),
    Doubt.WATER: Text(
        "厂址距岸线（线状）不足最大河宽的一半，可能位于两岸之间的水面；须核对坐标，或提供水面（面状）图层",
        "the site is nearer to a bank line than half the greatest width, so it may lie in the water: check the "
        "coordinates, or use a layer with the water as areas",
    ),
    Doubt.ACCURACY: Text(
        "厂址与图层的误差跨越限值；须用更精确的岸线或实测",
        "the accuracies of site and layer straddle the limit: use a more accurate bank line, or survey it",
    ),
    Doubt.CONTRADICTION: Text(
        "几个图层互相矛盾，超出各自声明的精度；须查明哪个有误",
        "the layers contradict each other beyond their stated accuracies: find out which is wrong",
    ),
    Doubt.NEAR_BOUNDARY: Text(
        "厂址距行政区划界线近于图层和厂址的误差；须由主管部门确认属地",
        "a boundary is nearer than the accuracies of layer and site: have the authority confirm the county",
    ),
    Doubt.OUTSIDE: Text(
        "厂址或其一部分在图层范围之外，或可能在其外；须核对坐标，或使用覆盖该处及周边的图层",
        "the site, or a part of it, lies outside the layer or may do so: check the coordinates, or use a layer that "
        "covers the place and what is around it",
    ),
}
"""Each doubt, and what would settle it."""


def location_view(location: Location | None, words: Phrasing) -> View:
    """What a report says of a site's place; empty where none is given."""
    if location is None:
        return {}
    zh = words.lang == "zh"
    distances = [_distance(found, words) for found in location.distances]
    units = [_unit(found, words) for found in location.units]
    layers = [_layer(layer, words) for layer in location.layers]
    hints = [
        f"{one.name}，约{_length(one.measured)}" if zh else f"{one.name}, about {_length(one.measured)}"
        for one in location.nearby
    ]
    return {
        "site": _site(location, words),
        "found": [*distances, *units],
        "nearby": words.joined(hints),
        "discrepancies": [discrepancy_text(one, words) for one in location.discrepancies],
        "layers": [words.joined((told, used.digest)) for told, used in zip(layers, location.layers, strict=True)],
        "sources": words.field("图层" if zh else "Layers", words.listed(layers)),
        "map": _map(location.drawing, words) if location.drawing else {},
    }


def discrepancy_text(one: Discrepancy, words: Phrasing) -> str:
    """That case and geometry exclude each other on a fact, with what each says."""
    label = words.fact_label(one.fact)
    if words.lang == "zh":
        return f"{label}：填报为“{one.stated}”，与按坐标核查的结果“{one.found}”不符，两者均未采用"
    return f"{label}: stated as “{one.stated}”, while the coordinates give “{one.found}”; neither is taken"


def doubt_texts(doubts: Iterable[Doubt], lang: str) -> list[str]:
    """Each doubt in words, once."""
    return [DOUBTS[doubt][lang] for doubt in dict.fromkeys(doubts)]


def _site(location: Location, words: Phrasing) -> str:
    zh = words.lang == "zh"
    undeclared = "坐标系未声明" if zh else "coordinate system not declared"
    system = _system(location.system, words.lang) or undeclared
    parts = [system]
    if location.accuracy is not None:
        parts.append(
            f"误差不超过{_length(location.accuracy)}" if zh else f"off by at most {_length(location.accuracy)}"
        )
    if location.extent:
        reach = _length(location.extent)
        parts.append(f"厂界在该点周围{reach}以内" if zh else f"the whole site within {reach} of the point")
    return location.site + words.aside(words.joined(parts))


def _distance(found: DistanceFound, words: Phrasing) -> View:
    zh = words.lang == "zh"
    low, high = _length(found.at_least), None if found.at_most is None else _length(found.at_most)
    if high is not None:
        span = f"{low}至{high}" if zh else f"{low} to {high}"
    else:
        span = (
            (f"不小于{low}" if zh else f"at least {low}")
            if found.at_least
            else ("不能确定" if zh else "cannot be told")
        )
    lines = [line for line in (_answer(found, words), _nearest(found, words)) if line]
    return {
        "label": words.fact_label(found.fact),
        "shown": span,
        "inside": {True: "in", False: "out", None: "open"}[found.inside],
        "lines": lines,
        "doubts": doubt_texts(found.doubts, words.lang),
        "line": words.field(words.fact_label(found.fact), span),
    }


def _answer(found: DistanceFound, words: Phrasing) -> str:
    """In, out or cannot tell, and by how much."""
    if found.buffer is None:
        return ""
    zh, buffer = words.lang == "zh", _length(found.buffer)
    margin = "" if found.margin is None else _length(found.margin)
    match found.inside:
        case True:
            return f"在{buffer}范围以内（余量{margin}）" if zh else f"within {buffer} (by {margin})"
        case False:
            return f"在{buffer}范围以外（余量{margin}）" if zh else f"beyond {buffer} (by {margin})"
        case None:
            return f"不能判断是否在{buffer}范围以内" if zh else f"whether it is within {buffer} cannot be told"


def _nearest(found: DistanceFound, words: Phrasing) -> str:
    """The nearest river, where, how far on the layer, and on which layer."""
    if found.measured is None:
        return ""
    zh, measured = words.lang == "zh", _length(found.measured)
    river = found.river or ("未命名河流" if zh else "a river without a name")
    point = "" if found.nearest is None else _point(found.nearest)
    layer = words.field("图层" if zh else "layer", found.layer.title) if found.layer else ""
    nearest = f"图上最近的是{river}，量得{measured}" if zh else f"nearest on the layer: {river}, {measured}"
    return words.joined((nearest, point, layer))


def _unit(found: UnitFound, words: Phrasing) -> View:
    zh, fact = words.lang == "zh", words.pack.facts[found.fact]
    lines = []
    if found.code:
        known = found.code in fact.symbols
        name = words.symbol(found.code, fact.symbols) if known else "".join(found.names) or found.code
        shown = name + words.aside(found.code)
        if not known:
            lines.append(words.field("本规则包的区划表没有" if zh else "not among the units of this pack", name))
    else:
        shown = "不能确定" if zh else "cannot be told"
        names = found.names or tuple(words.symbol(code, fact.symbols) for code in found.candidates)
        if names:
            lines.append(words.field("可能为" if zh else "it may be", ("、" if zh else ", ").join(names)))
    if found.to_boundary is not None:
        line = f"距界线{_length(found.to_boundary)}" if zh else f"{_length(found.to_boundary)} to the boundary"
        if found.needed is not None:
            needed = _length(found.needed)
            line += f"，超过{needed}方可确定" if zh else f"; it is sure from {needed} on"
        lines.append(line)
    if found.layer:
        lines.append(words.field("图层" if zh else "layer", found.layer.title))
    return {
        "label": words.fact_label(found.fact),
        "shown": shown,
        "inside": "in" if found.code else "open",
        "lines": lines,
        "doubts": doubt_texts(found.doubts, words.lang),
        "line": words.field(words.fact_label(found.fact), shown),
    }


_KINDS: Final = {
    "bank": Text("岸线", "bank lines"),
    "centreline": Text("河道中心线", "centrelines"),
    "boundaries": Text("行政区划", "boundaries"),
    "hint": Text("示意图层，精度不足以判定", "a hint layer, too coarse to decide"),
}


def _layer(layer: LayerUsed, words: Phrasing) -> str:
    zh = words.lang == "zh"
    parts = [_KINDS[layer.kind][words.lang]] if layer.kind in _KINDS else []
    parts += [part for part in (layer.source, layer.date, _system(layer.system, words.lang)) if part]
    if layer.accuracy is None:
        parts.append("精度未注明" if zh else "accuracy not stated")
    else:
        parts.append(f"精度{_length(layer.accuracy)}" if zh else f"accurate to {_length(layer.accuracy)}")
    if layer.measured:
        parts.append(f"精度依据：{layer.measured}" if zh else f"measured by {layer.measured}")
    if layer.listed:
        parts.append(f"按{layer.listed}完整" if zh else f"complete for {layer.listed}")
    return layer.title + words.aside(words.joined(parts))


_SYSTEM_WORDS: Final = (
    (r" / (\d)-degree Gauss-Kruger zone (\d+)", r" \1度带\2带"),
    (r" / (\d)-degree Gauss-Kruger CM (\d+)E", r" \1度带 中央经线\2°"),
    (r" / Gauss-Kruger CM ([\d.]+)E", r" 中央经线\1°"),
    (r"^Beijing 19", "北京"),
    (r"^Xian 19", "西安"),
    (r", seven parameters$", "，七参数"),
    (r" \((EPSG:\d+)\)", r"（\1）"),
)
"""Parts of EPSG's names of coordinate systems, as Chinese surveyors write them."""


def _system(name: str, lang: str) -> str:
    for english, chinese in _SYSTEM_WORDS if lang == "zh" else ():
        name = re.sub(english, chinese, name)
    return name


def _length(length: Fraction) -> str:
    """A length in m, to the centimetre at most."""
    return f"{number_text(Fraction(round(length * 100), 100))} m"


def _point(place: tuple[float, float]) -> str:
    """Longitude and latitude, to about a metre."""
    return "{:.5f}°E {:.5f}°N".format(*place)


# ---------------------------------------------------------------- the map


def _map(drawing: Drawing, words: Phrasing) -> View:
    """The drawing as paths and labels, the lowest first, with a scale bar."""
    features = sorted(drawing.features, key=lambda feature: _BELOW.get(feature.role, 0))
    bar = _bar(drawing.reach)
    return {
        "side": SIDE,
        "features": [_feature(feature, drawing.reach) for feature in features if feature.paths],
        "labels": _labels(features, drawing.reach),
        "bar": {
            "length": bar * SIDE // (2 * drawing.reach),
            "label": f"{bar // 1000} km" if bar >= 1000 else f"{bar} m",
        },
        "buffer": _length(Fraction(drawing.buffer)) if drawing.buffer else "",
        "has": sorted({feature.role for feature in features if feature.paths}),
        "alt": words.field("厂址位置示意图" if words.lang == "zh" else "Map of the site", _point(drawing.centre)),
    }


def _feature(feature: Drawn, reach: int) -> View:
    return {"role": feature.role, "path": " ".join(_path(path, feature.rings, reach) for path in feature.paths)}


def _path(path: Path, closed: bool, reach: int) -> str:
    points = " ".join(f"{x} {y}" for x, y in (_placed(point, reach) for point in path))
    return f"M{points}{'Z' if closed else ''}"


def _placed(point: tuple[int, int], reach: int) -> tuple[int, int]:
    """Metres east and north of the centre as units right and down of the upper left corner."""
    east, north = point
    return (east + reach) * SIDE // (2 * reach), (reach - north) * SIDE // (2 * reach)


def _labels(features: Iterable[Drawn], reach: int) -> list[View]:
    labels = []
    for feature in features:
        if feature.name and feature.label_at is not None:
            x, y = _placed(feature.label_at, reach)
            labels.append({"role": feature.role, "x": x, "y": y, "text": feature.name})
    return labels


def _bar(reach: int) -> int:
    """The longest of 1, 2, 5, 10, … m that takes at most a third of the map's width."""
    length = 1
    for step in (1, 2, 5):
        power = step
        while power <= 2 * reach // 3:
            length = max(length, power)
            power *= 10
    return length
