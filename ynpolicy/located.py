"""What geometry finds about a site, joined with what the case states of it.

Both are bounds that surely hold, so a number lies in both; where they exclude each other the fact is in conflict, and
the discrepancy is named. What geometry cannot tell leaves the case's own answer as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

from attrs import evolve

from ynpolicy.answers import Answer
from ynpolicy.ir import FactType, Lookup, Origin, Pack, Table
from ynpolicy.location import Discrepancy, DistanceFound, Doubt, LayerUsed, Location, UnitFound
from ynpolicy.values import Interval, Missing, number_text

FARTHEST: Final = Fraction(20_037_509)
"""Half of the Earth's circumference, in m: no distance is greater, so it bounds one that nothing else bounds."""


def add_located(pack: Pack, level: str, location: Location, answers: dict[str, Answer]) -> Location:
    """Joins the answers of a case with what geometry finds; returns the location with its discrepancies."""
    found: list[Discrepancy] = []

    def join(fact: FactType, located: Answer) -> None:
        stated = answers.get(fact.name)
        joined = _joined(stated, located)
        if joined is None:
            return
        answers[fact.name] = joined
        if joined.missing is Missing.CONFLICT and stated is not None:
            found.append(Discrepancy(fact.name, _shown(stated), _shown(located)))

    for distance in location.distances:
        fact = pack.facts[distance.fact]
        if not fact.levels or level in fact.levels:
            join(fact, _distance(fact, distance))
    for unit in location.units:
        fact, possible = pack.facts[unit.fact], set(unit.candidates) or {unit.code} - {""}
        stated = answers.get(unit.fact)
        excluded = bool(possible) and Doubt.OUTSIDE not in unit.doubts
        if excluded and stated is not None and isinstance(stated.value, str) and stated.value not in possible:
            shown = "、".join(unit.names) or "、".join(_labels(fact, possible))
            origin = evolve(_origin("boundaries", unit.layer), stated=shown)
            answers[unit.fact] = Answer(None, Missing.CONFLICT, (*stated.origins, origin))
            found.append(Discrepancy(unit.fact, _shown(stated), shown))
            possible.add(stated.value)
        else:
            join(fact, _unit(fact, unit))
        if unit.has_all and (len(possible) > 1 or not possible & fact.symbols.keys()):
            for other, answer in _common(pack, unit, possible):
                join(other, answer)
    return evolve(location, discrepancies=tuple(found))


def _labels(fact: FactType, codes: Iterable[str]) -> list[str]:
    return [fact.symbols[code].label.zh if code in fact.symbols else code for code in sorted(codes)]


def _distance(fact: FactType, found: DistanceFound) -> Answer:
    where = [found.river]
    if found.nearest is not None:
        where.append("{:.5f}°E {:.5f}°N".format(*found.nearest))
    origin = evolve(_origin("rivers", found.layer), page="，".join(filter(None, where)))
    if found.at_most is None and found.at_least == 0:
        return Answer(None, Missing.UNKNOWN, (evolve(origin, doubts=_doubts(found)),))
    high = FARTHEST if found.at_most is None else found.at_most
    if fact.maximum is not None and fact.maximum >= found.at_least:
        high = min(high, fact.maximum)
    stated = f"{number_text(found.at_least)} … {number_text(high)} m"
    return Answer(Interval(found.at_least, high), None, (evolve(origin, stated=stated),))


def _unit(fact: FactType, found: UnitFound) -> Answer:
    origin = _origin("boundaries", found.layer)
    symbol = fact.symbols.get(found.code)
    if symbol is None:
        return Answer(None, Missing.UNKNOWN, (evolve(origin, doubts=_doubts(found)),))
    return Answer(symbol.id, None, (evolve(origin, stated=symbol.label.zh),))


def _common(pack: Pack, found: UnitFound, possible: Iterable[str]) -> Iterator[tuple[FactType, Answer]]:
    """What a table says alike of every unit in which the site may lie, where the unit itself cannot be told.

    Of a unit that the table lacks, it says in which greater one the unit lies, where its codes follow GB/T 2260.
    """
    for fact in pack.facts.values():
        match fact.derived:
            case Lookup(found.fact, table, column):
                cells = {_cell(pack.tables[table], column, code) for code in possible}
                if len(cells) == 1 and (cell := cells.pop()) in fact.symbols:
                    origin = evolve(_origin("boundaries", found.layer), stated=fact.symbols[cell].label.zh)
                    yield fact, Answer(cell, None, (origin,))


def _cell(table: Table, column: str, code: str) -> str:
    if code in table.rows:
        return table.rows[code].get(column, "")
    for digits in (4, 2):
        if all(row.get(column) == _greater(known, digits) for known, row in table.rows.items()):
            return _greater(code, digits)
    return ""


def _greater(code: str, digits: int) -> str:
    """The prefecture (four digits) or province (two) of a county by its code of GB/T 2260."""
    return code[:digits].ljust(6, "0")


def _origin(located: str, layer: LayerUsed | None) -> Origin:
    return Origin(document=layer.title, date=layer.date, located=located) if layer else Origin(located=located)


def _doubts(found: DistanceFound | UnitFound) -> str:
    return ", ".join(doubt.value for doubt in found.doubts)


def _joined(stated: Answer | None, located: Answer) -> Answer | None:
    """The answer that both give; None where the case's own stays as it is."""
    if stated is None or stated.missing in (Missing.UNKNOWN, Missing.ABSENT):
        return evolve(located, origins=(*(stated.origins if stated else ()), *located.origins))
    if stated.missing is not None or located.missing is not None:
        return None
    both = (*stated.origins, *located.origins)
    if isinstance(stated.value, Interval) and isinstance(located.value, Interval):
        low, high = max(stated.value.lo, located.value.lo), min(stated.value.hi, located.value.hi)
        if low <= high:
            return Answer(Interval(low, high), None, both)
    elif stated.value == located.value:
        return Answer(stated.value, None, both)
    return Answer(None, Missing.CONFLICT, both)


def _shown(answer: Answer) -> str:
    return "；".join(origin.stated for origin in answer.origins if origin.stated)
