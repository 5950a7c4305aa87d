"""Values that stand for all values of a fact: no comparison can tell another value from every one of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import islice, product
from typing import Final

from ynpolicy.ir import (
    Arithmetic,
    Compare,
    Deadline,
    FactRef,
    FactType,
    Kind,
    Leaf,
    Literal,
    Lookup,
    ParameterRef,
    Term,
    Total,
    Within,
    terms,
)
from ynpolicy.sufficiency.board import Board
from ynpolicy.sufficiency.derivations import agree, implied
from ynpolicy.sufficiency.lines import (
    Lines,
    Polynomial,
    add,
    constant,
    multiply,
    neighbours,
    polynomial,
    project,
    told_apart,
    variable,
    variables,
    writable,
)
from ynpolicy.sufficiency.starts import turning_days
from ynpolicy.values import Interval, SymbolSet, Value, exact

MOST_SETS: Final = 64
MOST_SYMBOLS: Final = 16
MOST_FORMS: Final = 16
"""More sets, symbols or ends of intervals than this are left out: the search is then not exhaustive, and says so."""


class Samples:
    """The values to try for the facts of `names`, as the comparisons of a board can tell them apart.

    `order` is the order in which facts are given values. Where a number hangs on the values of others, one that no case
    can state may stand for those that a case can state beside other values; with `stated_only` it is left out. With
    `nearby`, sets keep as many of the case's symbols as they can, and numbers are taken at each fact's own resolution
    and next to every critical value, which a least change needs; with `everywhere`, numbers as for any other search.
    `exact` turns false when some values had to be left out.
    """

    def __init__(self, board: Board, order: Sequence[str], nearby: bool = False, everywhere: bool = False) -> None:
        self._board = board
        self._facts: Mapping[str, FactType] = board.pack.facts
        self._order = order
        self._nearby = nearby
        self._next_to = nearby and not everywhere
        self.stated_only = False
        self._given = dict(board.values)
        self._cache: dict[str, Sequence[Value]] = {}
        self._beside: dict[str, list[str]] = {}
        self._tried: dict[object, Sequence[Value]] = {}
        self._complete = True

    @property
    def exact(self) -> bool:
        """Whether nothing was left out so far."""
        return self._complete and ("_lines" not in self.__dict__ or self._lines.exact)

    @property
    def hang_together(self) -> bool:
        """Whether the critical values of some number or date hang on the value of another."""
        return any(self._lines.beside(name) for name in self._order)

    def of(self, name: str) -> Sequence[Value]:
        """The values to try for a fact, given what lies on the board."""
        kind = self._facts[name].kind
        if kind in (Kind.NUMBER, Kind.DATE):
            if name in self._cache:
                return self._cache[name]
            values = self._quantities(name)
            if not self._shared(name) and not self._nearby and not self._beside[name]:
                self._cache[name] = values = self._told_apart(name, values)
            return values
        if name not in self._cache:
            match kind:
                case Kind.BOOLEAN:
                    self._cache[name] = (True, False)
                case Kind.SYMBOL:
                    self._cache[name] = self._symbols(name)
                case Kind.SYMBOLS:
                    self._cache[name] = self._sets(name)
                case _:
                    self._cache[name] = ()
        values = self._cache[name]
        now = self._board.values.get(name)
        if isinstance(now, SymbolSet) and not self._nearby and now != self._given.get(name):
            grown = (v.members | now.members for v in values if isinstance(v, SymbolSet))
            return tuple(SymbolSet(members) for members in dict.fromkeys(grown))
        return values

    # ------------------------------------------------------------ what reads a fact

    def _family(self, name: str) -> tuple[str, ...]:
        """A fact and what follows from it."""
        found = [name]
        for other in found:
            found += [f for f in self._board.followers.get(other, ()) if f not in found]
        return tuple(found)

    def _read_in(self, name: str) -> list[int]:
        """The numbers of the comparisons that read a fact or what follows from it."""
        return list({n: None for member in self._family(name) for n in self._board.readers.get(member, ())})

    def _readers(self, name: str) -> list[Leaf]:
        return [self._board.leaves[number] for number in self._read_in(name)]

    def _partners(self, leaf: Leaf, name: str) -> list[str]:
        """The other open facts of a comparison, on which it depends besides the fact and what follows from it alone."""
        family = self._family(name)
        others = [other for other in self._board.facts_of(leaf) if other not in family]
        totals = [f for f in family[1:] if f in self._board.facts_of(leaf)]
        for follower in totals:
            match self._facts[follower].derived:
                case Total(parts) | Deadline(_, parts):
                    others += [part for part in parts if part != name and part in self._board.free]
        return others

    def _shared(self, name: str) -> bool:
        """Whether a value of a fact means something only beside other facts."""
        if any(name in stated.facts for stated in self._stated_deadlines):
            return True
        return any(self._partners(leaf, name) for leaf in self._readers(name))

    def _signature(self, name: str, value: Value, readers: Sequence[int]) -> tuple[int, ...]:
        """What the comparisons make of a value, which facts that follow are known, and which stated ones fit."""
        board = self._board
        mark = board.mark()
        board.lay(name, value)
        stated = self._stated_lookups.get(name, ())
        fits = (self._fits(other) for other in stated)
        found = (*(board.truths[number] for number in readers), *map(board.known, self._family(name)), *fits)
        board.undo(mark)
        return found

    def _fits(self, name: str) -> bool:
        """Whether a stated fact may have its value beside that from which it follows."""
        found = self._board.imply(name)
        return found is None or agree(self._board.values[name], found)

    def _told_apart(self, name: str, values: Iterable[Value]) -> Sequence[Value]:
        readers = self._read_in(name)
        first: dict[tuple[int, ...], Value] = {}
        for value in values:
            first.setdefault(self._signature(name, value, readers), value)
        return tuple(first.values())

    # ------------------------------------------------------------ symbols

    def _mentioned(self, names: Iterable[str]) -> tuple[set[str], int]:
        """The symbols named beside some facts, directly or through facts compared with them; and how many facts."""
        group, found = list(names), set[str]()
        for name in group:
            for leaf in self._readers(name):
                for term in terms(leaf):
                    found |= self._constants(term)
                group += [other for other in self._partners(leaf, name) if other not in group]
        return found, len(group)

    def _constants(self, term: Term) -> set[str]:
        value: object = None
        match term:
            case Literal(literal):
                value = literal
            case ParameterRef(name):
                value = self._board.case.parameters.get(name)
            case FactRef(name):
                value = self._given.get(name)
        if isinstance(value, SymbolSet):
            return set(value.members)
        if isinstance(value, frozenset):
            return set(value)
        return {value} if isinstance(value, str) else set()

    def _symbols(self, name: str) -> Sequence[Value]:
        declared = tuple(self._facts[name].symbols)
        if self._shared(name):
            return self._picked(name, declared)
        return self._told_apart(name, self._unlike(name, declared))

    def _unlike(self, name: str, declared: Sequence[str]) -> Sequence[str]:
        """The symbols without those that are named alike and from which the same facts follow: a quick first sieve."""
        constants = [self._constants(term) for leaf in self._readers(name) for term in terms(leaf)]
        direct = (*self._board.followers.get(name, ()), *self._stated_lookups.get(name, ()))
        first: dict[object, str] = {}
        for symbol in declared:
            named = tuple(symbol in members for members in constants)
            follows = tuple(implied(self._board.pack, other, {name: symbol}, {}) for other in direct)
            first.setdefault((named, follows), symbol)
        return tuple(first.values())

    def _picked(self, name: str, declared: Sequence[str]) -> tuple[str, ...]:
        """Of the symbols of a fact that is compared with other facts, those that may have to be told apart."""
        if len(declared) <= MOST_SYMBOLS:
            return tuple(declared)
        mentioned, facts = self._mentioned([name])
        others = [symbol for symbol in declared if symbol not in mentioned]
        if len(self._family(name)) > 1 or self._facts[name].kind is Kind.SYMBOLS:
            self._complete = False
        return tuple(symbol for symbol in declared if symbol in mentioned or symbol in others[:facts])

    def _sets(self, name: str) -> Sequence[Value]:
        given = self._given.get(name)
        held = given.members if isinstance(given, SymbolSet) else frozenset[str]()
        start = frozenset[str]() if self._nearby else held
        declared = [symbol for symbol in self._facts[name].symbols if symbol not in start]
        readers = self._read_in(name)
        shared = self._shared(name)
        single = [frozenset([symbol]) for symbol in self._picked(name, declared)] if shared else []
        blocks = single if shared else self._blocks(name, declared, held)
        pool: dict[object, frozenset[str]] = {}
        for block in (frozenset[str](), *blocks):
            for members in (start, *pool.values()):
                union = members | block
                key = union if shared else self._set_signature(name, union, readers)
                known = pool.get(key)
                if known is None or (self._nearby and len(union ^ held) < len(known ^ held)):
                    pool[key] = union
            if len(pool) > MOST_SETS:
                self._complete = False
                break
        return tuple(SymbolSet(members) for members in list(pool.values())[:MOST_SETS])

    def _blocks(self, name: str, declared: Sequence[str], held: frozenset[str]) -> list[frozenset[str]]:
        """The symbols that comparisons tell apart: of those that none tells apart, the case's own or else the first.

        Where a list must lie within the set, all of them together are told apart from some of them; the nearest such
        set lacks one of them.
        """
        readers = self._readers(name)
        constants = [self._constants(term) for leaf in readers for term in terms(leaf)]
        alike: dict[tuple[bool, ...], list[str]] = {}
        for symbol in declared:
            alike.setdefault(tuple(symbol in members for members in constants), []).append(symbol)
        some = [frozenset(own) if (own := set(group) & held) else frozenset(group[:1]) for group in alike.values()]
        if not any(isinstance(leaf, Within) and leaf.right == FactRef(name) for leaf in readers):
            return some
        without_one = [own - {max(own)} for own in some if self._nearby and len(own) > 1]
        return list(dict.fromkeys((*some, *map(frozenset, alike.values()), *without_one)))

    def _set_signature(self, name: str, members: frozenset[str], readers: Sequence[int]) -> object:
        inner = [
            tuple(sorted(self._constants(leaf.left) & members))
            for leaf in map(self._board.leaves.__getitem__, readers)
            if isinstance(leaf, Within) and leaf.left != FactRef(name)
        ]
        return (self._signature(name, SymbolSet(members), readers), *inner)

    # ------------------------------------------------------------ numbers and dates

    @cached_property
    def _lines(self) -> Lines:
        """The critical forms of every number and date, from the comparisons, the ends of each domain and the totals."""
        names = [n for n in self._order if self._facts[n].kind in (Kind.NUMBER, Kind.DATE)]
        forms: list[Polynomial] = []
        readers = dict.fromkeys(leaf for name in names for leaf in self._readers(name))
        for leaf in readers:
            if isinstance(leaf, Compare):
                forms += [add(a, b, -1) for a, b in product(self._forms(leaf.left), self._forms(leaf.right))]
        shared = {name for form in forms if len(names_in := variables(form)) > 1 for name in names_in}
        for name in names:
            if name in shared:
                ends = (*self._domain(name), *self._before(name))
                forms += [add(variable(name), constant(end), -1) for end in ends if end is not None]
            match self._facts[name].derived:
                case Total(parts) if any(part in names for part in parts):
                    forms += [add(variable(name), total, -1) for total in self._sums(parts)]
        lines = project(forms, names)
        starts = self._starts(lines, names)
        return project([*forms, *starts], names) if starts else lines

    def _starts(self, lines: Lines, names: Sequence[str]) -> list[Polynomial]:
        """The critical forms of the dates from which deadlines are counted: a deadline is no polynomial of them.

        Other dates than these are given values after a deadline is, so that all its critical days are numbers by then.
        """
        forms: list[Polynomial] = []
        for name, fact in self._facts.items():
            if not isinstance(fact.derived, Deadline) or not any(part in names for part in fact.derived.facts):
                continue
            count = self._board.case.parameters.get(fact.derived.parameter)
            if not isinstance(count, Interval):
                continue
            if name in names:
                critical = lines.critical(name, {})
                self._complete = self._complete and set(lines.beside(name)) <= set(fact.derived.facts)
            else:
                critical = list(_ends(self._given.get(name)))
            days = [date.fromordinal(int(n)) for n in critical if 1 <= n <= date.max.toordinal()]
            for turn in turning_days(days, int(count.lo)):
                end = constant(Fraction(turn.toordinal()))
                forms += [add(variable(part), end, -1) for part in fact.derived.facts if part in names]
        return forms

    @cached_property
    def _stated_deadlines(self) -> list[Deadline]:
        """The deadlines of which the day is stated: the dates from which they are counted must fit it."""
        facts = (fact for name, fact in self._facts.items() if name in self._given)
        return [fact.derived for fact in facts if isinstance(fact.derived, Deadline)]

    @cached_property
    def _stated_lookups(self) -> dict[str, list[str]]:
        """By the fact from which they follow, the facts that are stated: its value must fit them."""
        found: dict[str, list[str]] = {}
        for name, fact in self._facts.items():
            if name in self._given and isinstance(fact.derived, Lookup):
                found.setdefault(fact.derived.fact, []).append(name)
        return found

    def _forms(self, term: Term) -> list[Polynomial]:
        """What a number or date may be, as polynomials of the facts to be given values; intervals give both ends."""
        match term:
            case FactRef(name):
                own = [variable(name)] if name in self._order else []
                match self._facts[name].derived:
                    case Total(parts) if any(name in self._family(part) for part in parts if part in self._order):
                        own += self._sums(parts)
                return own + [constant(end) for end in _ends(self._given.get(name))]
            case ParameterRef(name):
                return [constant(end) for end in _ends(self._board.case.parameters.get(name))]
            case Literal(value):
                return [constant(end) for end in _ends(exact(value) if isinstance(value, Fraction) else value)]
            case Arithmetic(op, left, right):
                pairs = product(self._forms(left), self._forms(right))
                if op == "*":
                    return self._few(multiply(a, b) for a, b in pairs)
                return self._few(add(a, b, 1 if op == "+" else -1) for a, b in pairs)

    def _sums(self, parts: Sequence[str]) -> list[Polynomial]:
        ends = [self._forms(FactRef(part)) for part in parts]
        return self._few(polynomial(item for form in forms for item in form) for forms in product(*ends))

    def _few(self, forms: Iterable[Polynomial]) -> list[Polynomial]:
        distinct = list(dict.fromkeys(islice(forms, MOST_FORMS + 1)))
        self._complete = self._complete and len(distinct) <= MOST_FORMS
        return distinct[:MOST_FORMS]

    def _before(self, name: str) -> tuple[Fraction, ...]:
        return _ends(self._given.get(name)) if self._nearby else ()

    def _domain(self, name: str) -> tuple[Fraction | None, Fraction | None]:
        """The least and the greatest number that a fact may be: its vocabulary's, and those of a measurement."""
        fact = self._facts[name]
        low, high = fact.minimum, fact.maximum
        value = self._board.values.get(name)
        if isinstance(value, Interval) and not self._nearby:
            low = value.lo if low is None else max(low, value.lo)
            high = value.hi if high is None else min(high, value.hi)
        return low, high

    def _quantities(self, name: str) -> Sequence[Value]:
        """The numbers or dates to try; the same objects as long as nothing that they depend on has changed."""
        if name not in self._beside:
            self._beside[name] = self._lines.beside(name)
        beside = {other: _exact(self._board.values.get(other)) for other in self._beside[name]}
        key = (name, self.stated_only, *self._domain(name), *beside.values())
        if key not in self._tried:
            known = {other: n for other, n in beside.items() if n is not None}
            critical, always = self._lines.critical(name, known), self._lines.critical(name, {})
            self._tried[key] = self._around(name, critical, always)
        return self._tried[key]

    def _around(self, name: str, critical: Sequence[Fraction], always: Collection[Fraction]) -> Sequence[Value]:
        fact = self._facts[name]
        low, high = self._domain(name)
        if fact.kind is Kind.DATE:
            if not critical:
                return [self._board.case.as_of]
            days = told_apart(critical, always, low, high, _is_day)
            self._complete = self._complete and all(map(_is_day, days))
            return [date.fromordinal(int(day)) for day in days if _is_day(day)] or [self._board.case.as_of]
        if self._next_to:
            return [exact(n) for n in neighbours(critical, low, high, fact.resolution) if writable(n)]
        numbers = told_apart(critical, always, low, high, writable)
        return [exact(n) for n in numbers if not self.stated_only or writable(n)]


def _is_day(number: Fraction) -> bool:
    return number.denominator == 1 and 1 <= number <= date.max.toordinal()


def _ends(value: object) -> tuple[Fraction, ...]:
    if isinstance(value, Interval):
        return (value.lo,) if value.is_exact else (value.lo, value.hi)
    return (Fraction(value.toordinal()),) if isinstance(value, date) else ()


def _exact(value: Value | None) -> Fraction | None:
    ends = _ends(value)
    return ends[0] if len(ends) == 1 else None
