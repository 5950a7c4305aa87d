"""Two vocabularies brought together: one name for what both packs know, and which facts they define otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from attrs import field, frozen

from ynpolicy.amendments import Aspect, Element, fact_element, fact_parts
from ynpolicy.diff.canonical import canonical_text, cells_text, law_text, parameters_of, sources
from ynpolicy.diff.relations import Side
from ynpolicy.ir import FactType, Lookup, Pack
from ynpolicy.successors import FACT_RENAMED, NORM_RENAMED, Note, renamed, with_names
from ynpolicy.units import UnitError, conversion

_MEANING: Final = ("type", "unit", "arises", "derived")
"""The parts of a fact in which two packs must agree for it to be one variable."""


@frozen
class Common:
    """B with the names of A: `facts` and `norms` map them to B's own. `notes` say what was renamed."""

    pack: Pack
    facts: Mapping[str, str] = field(hash=False)
    norms: Mapping[str, str] = field(hash=False)
    notes: tuple[Note, ...] = ()

    def own_fact(self, name: str) -> str:
        """What B calls a fact."""
        return self.facts.get(name, name)

    def own_norm(self, id: str) -> str:
        """What B calls a norm."""
        return self.norms.get(id, id)


def common(a: Side, b: Side) -> Common:
    """B with A's names for facts and norms: where either pack keeps the other's name as an alias, and for norms also
    where one norm has gone and another with the same text has come on the same level."""
    facts = _both_ways(renamed(b.pack.facts, a.pack.facts), renamed(a.pack.facts, b.pack.facts), b.pack.facts)
    norms = _both_ways(renamed(b.pack.norms, a.pack.norms), renamed(a.pack.norms, b.pack.norms), b.pack.norms)
    made = with_names(b.pack, facts, norms)
    moved = _moved(a, b, made)
    if moved:
        norms |= {_own(norms, new): old for new, old in moved.items()}
        made = with_names(b.pack, facts, norms)
    notes = [Note(FACT_RENAMED, old, new) for new, old in facts.items()]
    notes += [Note(NORM_RENAMED, old, new) for new, old in norms.items()]
    return Common(made, {o: n for n, o in facts.items()}, {o: n for n, o in norms.items()}, tuple(notes))


def _own(norms: Mapping[str, str], id: str) -> str:
    return next((new for new, old in norms.items() if old == id), id)


def _both_ways(newer: dict[str, str], older: dict[str, str], known: Mapping[str, object]) -> dict[str, str]:
    """Names of B, and the names of A for them; `older` are A's names with those that B has."""
    found = dict(newer)
    for name, other in older.items():
        if other in known and other not in found and name not in found.values():
            found[other] = name
    return found


def _moved(a: Side, b: Side, made: Pack) -> dict[str, str]:
    """Norms that came with the text of one that has gone, and the id of that one; none where several have it."""
    gone: dict[str, list[str]] = {}
    for id, norm in a.pack.norms.items():
        if id not in made.norms:
            gone.setdefault(canonical_text(a.pack, norm, a.as_of), []).append(id)
    come: dict[str, list[str]] = {}
    for id, norm in made.norms.items():
        if id not in a.pack.norms:
            come.setdefault(canonical_text(made, norm, b.as_of), []).append(id)
    return {ids[0]: gone[text][0] for text, ids in come.items() if len(ids) == 1 and len(gone.get(text, ())) == 1}


# ---------------------------------------------------------------- what is defined otherwise


def apart(a: Side, b: Side, made: Pack) -> frozenset[str]:
    """The facts that both packs know and that are not one variable: they differ in type, unit, when they arise, or
    from what they follow; or they rest on such a fact."""
    shared = [name for name in a.pack.facts if name in made.facts]
    found = {name for name in shared if _differs(a, b, made, name)}
    while True:
        more = {
            name
            for name in shared
            if name not in found
            and any(source in found for pack in (a.pack, made) for source in sources(pack.facts[name]))
        }
        if not more:
            return frozenset(found)
        found |= more


def _differs(a: Side, b: Side, made: Pack, name: str) -> bool:
    one, other = a.pack.facts[name], made.facts[name]
    mine, theirs = ({k: v for k, v in fact_parts(fact).items() if k in _MEANING} for fact in (one, other))
    if mine != theirs or cells_text(a.pack, one) != cells_text(made, other):
        return True
    texts = [
        [law_text(pack, parameter, side.as_of) for parameter in parameters_of(fact)]
        for pack, side, fact in ((a.pack, a, one), (made, b, other))
    ]
    return texts[0] != texts[1]


def factors(a: Pack, made: Pack) -> dict[str, Fraction | None]:
    """By how much the number of a fact must be multiplied that A counts in one unit and B in another; None where no
    factor turns one into the other."""
    found: dict[str, Fraction | None] = {}
    for name, fact in a.facts.items():
        other = made.facts.get(name)
        if other is not None and fact.unit != other.unit:
            try:
                found[name] = conversion(fact.unit, other.unit)
            except UnitError:
                found[name] = None
    return found


def differences(a: Pack, made: Pack) -> Iterator[Element]:
    """What the vocabularies say otherwise: facts that only one of them has, and what both define otherwise."""
    for name in dict.fromkeys((*a.facts, *made.facts)):
        one, other = a.facts.get(name), made.facts.get(name)
        if one is None or other is None:
            known = one or other
            assert known is not None
            aspect = Aspect("fact", name if one is not None else "", name if other is not None else "")
            yield Element("fact", name, known.label, (aspect,))
            continue
        element = fact_element(a, made, name)
        if element is not None:
            yield element
        elif cells_text(a, one) != cells_text(made, other):
            yield Element("fact", name, other.label, _cells(a, made, one))


def _cells(a: Pack, made: Pack, fact: FactType) -> tuple[Aspect, ...]:
    """The cells that differ, of a fact that follows by the same column in both packs."""
    lookup = fact.derived
    assert isinstance(lookup, Lookup)
    rows = [pack.tables[lookup.table].rows for pack in (a, made)]
    pairs = {
        key: tuple(table[key][lookup.column] if key in table else "" for table in rows)
        for key in dict.fromkeys((*rows[0], *rows[1]))
    }
    return tuple(Aspect(f"{lookup.table}[{key}].{lookup.column}", x, y) for key, (x, y) in pairs.items() if x != y)
