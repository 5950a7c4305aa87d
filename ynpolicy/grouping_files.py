"""The folder `portfolio/` of a pack: one file a grouping, read against the rest of the pack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ynpolicy.claim_files import family_of
from ynpolicy.conditions import Checker, read_lines
from ynpolicy.documents import Mapping as MappingNode
from ynpolicy.documents import Node, Scalar
from ynpolicy.errors import Problem, nearest
from ynpolicy.fields import Fields
from ynpolicy.groupings import Gathered, Grouping, Reckoning
from ynpolicy.ir import LEVELS, All, FactType, Kind, Norm, Table, facts_read
from ynpolicy.rows import FOR_EACH, each_row

GROUPING_KEYS: Final = ("title", "level", "members", "among", "by", "named", "groups", "states", "gather", "judged")
_HOW: Final = tuple(how.value for how in Reckoning)
GATHER_KEYS: Final = (*_HOW, "where", "of")
OF_YEAR_BEFORE: Final = "the_year_before"
_NAMED_BY: Final = {Kind.SYMBOL: Kind.SYMBOL, Kind.SYMBOLS: Kind.SYMBOL, Kind.TEXT: Kind.TEXT, Kind.DATE: Kind.DATE}
"""Of what kind the fact that names a group is, by the kind of the fact that makes it."""


class GroupingReader:
    """Reads the files of groupings; every problem goes to `problems`."""

    def __init__(
        self,
        facts: Mapping[str, FactType],
        norms: Mapping[str, Norm],
        tables: Mapping[str, Table],
        checker: Checker,
        problems: list[Problem],
    ) -> None:
        self._facts = facts
        self._norms = norms
        self._tables = tables
        self._checker = checker
        self._problems = problems
        self._sources = {source for fact in facts.values() if fact.derived for source in fact.derived.sources}

    def read(self, id: str, node: Node) -> Grouping:
        """The grouping of a file that is called `id`."""
        fields = Fields(node, GROUPING_KEYS, self._problems, f"the grouping `{id}`")
        level, members = fields.choice("level", LEVELS), fields.choice("members", LEVELS)
        if level and level == members:
            fields.report(fields.found["level"].place, f"`{id}` groups cases of the level `{level}` on that level")
        among = read_lines(fields.node("among"), f"{id}/among", self._problems)
        self._checker.check(among, members)
        by, by_year = self._by(fields, members)
        named = fields.text("named", required=bool(by))
        self._check_named(fields, by, named, level)
        gathered = tuple(self._gathered(fields, id, level, members, by_year))
        names = [one.fact for one in gathered]
        for one in gathered:
            if names.count(one.fact) > 1:
                self._report(one, f"`{one.fact}` is gathered twice", "gather it once")
        return Grouping(
            id=id,
            title=fields.both("title"),
            level=level,
            members=members,
            among=among,
            by=by,
            by_year=by_year,
            named=named,
            states=self._states(fields, level),
            roster=self._roster(fields, by),
            gathered=gathered,
            judged=self._judged(fields, level, set(names)),
            place=node.place,
        )

    # ------------------------------------------------------------ groups

    def _by(self, fields: Fields, members: str) -> tuple[str, bool]:
        node = fields.node("by")
        if node is None:
            return "", False
        by_year = isinstance(node, MappingNode)
        name = Fields(node, ("year",), self._problems, "`by`").text("year") if by_year else fields.text("by")
        fact = self._fact(fields, "by", name, members)
        if fact is None:
            return "", by_year
        if (fact.kind is Kind.DATE) is not by_year or fact.kind not in _NAMED_BY:
            help = "group by a symbol, a set of symbols or a text, or by the year of a date: `by: {year: ...}`"
            fields.report(node.place, f"cases cannot be grouped by `{name}`, a {fact.kind.value}", help)
        return name, by_year

    def _check_named(self, fields: Fields, by: str, named: str, level: str) -> None:
        if not by or not named:
            return
        fact, key = self._fact(fields, "named", named, level), self._facts[by]
        if fact is None or key.kind not in _NAMED_BY:
            return
        if fact.kind is not _NAMED_BY[key.kind] or not set(key.symbols) <= set(fact.symbols):
            message = f"`{named}` cannot name what `{by}` groups"
            fields.report(
                fields.found["named"].place, message, f"name a {_NAMED_BY[key.kind].value} that has its values"
            )

    def _roster(self, fields: Fields, by: str) -> tuple[str, ...]:
        node = fields.node("groups")
        if node is None:
            return ()
        if not by or self._facts[by].kind not in (Kind.SYMBOL, Kind.SYMBOLS):
            fields.report(node.place, "`groups` lists the groups of a symbol", "group `by` a symbol")
            return ()
        asked = MappingNode(((Scalar(FOR_EACH, place=node.place), node),), node.place)
        keys = tuple(row.key for row, _, _ in each_row(asked, self._tables, self._problems))
        for key in keys:
            if key not in self._facts[by].symbols:
                help = f"the keys of the table are values of `{by}`"
                fields.report(node.place, f"`{key}` is no value of `{by}`", help)
        return keys

    def _states(self, fields: Fields, level: str) -> dict[str, str]:
        states: dict[str, str] = {}
        for key, node in fields.entries("states"):
            fact = self._known(key.text, level, key)
            text = node.text if isinstance(node, Scalar) else ""
            if fact is None:
                continue
            if text not in fact.symbols:
                help = nearest(text, fact.symbols) or "a group states symbols"
                fields.report(node.place, f"`{text}` is no value of `{key.text}`", help)
            states[key.text] = text
        return states

    def _judged(self, fields: Fields, level: str, gathered: set[str]) -> tuple[str, ...]:
        """The norms that judge the groups: those that are named, or else those that read what is gathered."""
        found: list[str] = []
        for scalar in fields.words("judged"):
            name = scalar.text.strip()
            named = [id for id, norm in self._norms.items() if name in (id, family_of(id)) and norm.level == level]
            if not named:
                help = nearest(name, self._norms) or "norms stand under norms/"
                fields.report(scalar.place, f"no norm `{name}` stands on the level `{level}`", help)
            found += named
        if not fields.has("judged"):
            reads = ((id, norm) for id, norm in self._norms.items() if norm.level == level)
            found = [id for id, norm in reads if any(gathered & facts_read(line).keys() for line in norm.conditions)]
            if not found and gathered:
                fields.report(fields.place, f"no norm reads what {fields.what} gathers", "write the norm, or `judged:`")
        return tuple(dict.fromkeys(found))

    # ------------------------------------------------------------ what is gathered

    def _gathered(self, fields: Fields, id: str, level: str, members: str, by_year: bool) -> Iterator[Gathered]:
        for key, node in fields.entries("gather"):
            fact = self._known(key.text, level, key)
            inner = Fields(node, GATHER_KEYS, self._problems, f"`{key.text}` of {fields.what}")
            hows = [how for how in Reckoning if how.value in inner.found]
            if len(hows) != 1:
                inner.report(
                    node.place, f"`{key.text}` is reckoned in {len(hows)} ways", f"write one of {', '.join(_HOW)}"
                )
                continue
            how = hows[0]
            counts = how in (Reckoning.COUNT, Reckoning.SOME)
            if counts and inner.has("where"):
                inner.report(
                    inner.found["where"].place, f"`where` stands beside `{how.value}`", "write its lines there"
                )
            lines = inner.node(how.value) if counts else inner.node("where")
            where = read_lines(lines, f"{id}/{key.text}", self._problems)
            self._checker.check(where, members)
            of = "" if counts else inner.text(how.value, required=True)
            before = inner.choice("of", (OF_YEAR_BEFORE,), required=False) != ""
            if before and not by_year:
                inner.report(
                    inner.found["of"].place, "only the groups of a year have a year before", "group `by: {year: ...}`"
                )
            one = Gathered(key.text, how, of, where, before, key.place)
            if fact is not None:
                self._check_kind(one, fact, None if counts else self._known(of, members, inner.found[how.value]))
            yield one

    def _check_kind(self, one: Gathered, fact: FactType, source: FactType | None) -> None:
        if fact.derived is not None or fact.name in self._sources:
            self._report(one, f"`{fact.name}` follows from other facts, or others from it", "gather another fact")
        match one.how:
            case Reckoning.COUNT:
                if (fact.kind, fact.unit) != (Kind.NUMBER, "1"):
                    self._report(one, f"`{fact.name}` is no count", 'give it `type: number` and `unit: "1"`')
            case Reckoning.SOME:
                if fact.kind is not Kind.BOOLEAN:
                    self._report(one, f"`{fact.name}` is a {fact.kind.value} and says whether there is a member")
            case Reckoning.SUM | Reckoning.SAME if source is not None:
                summable = one.how is Reckoning.SAME or fact.kind is Kind.NUMBER
                single = fact.kind not in (Kind.TEXT, Kind.SYMBOLS)
                alike = (fact.kind, fact.unit) == (source.kind, source.unit) and set(source.symbols) <= set(
                    fact.symbols
                )
                if not (summable and single and alike):
                    message = f"`{fact.name}` cannot be the {one.how.value} of `{source.name}`"
                    self._report(one, message, "both need one type and one unit")

    # ------------------------------------------------------------ names

    def _fact(self, fields: Fields, key: str, name: str, level: str) -> FactType | None:
        return self._known(name, level, fields.found[key])

    def _known(self, name: str, level: str, node: Node) -> FactType | None:
        fact = self._facts.get(name)
        if fact is None:
            help = nearest(name, self._facts) or "facts stand in facts.yaml"
            self._problems.append(Problem(node.place, f"unknown fact `{name}`", help))
        elif level and not fact.is_asked_of(level):
            help = f"add {level} to its `levels`, or use another fact"
            self._problems.append(Problem(node.place, f"`{name}` is not asked of a {level}", help))
        return fact

    def _report(self, one: Gathered, message: str, help: str = "") -> None:
        self._problems.append(Problem(one.place, message, help))


def lines_of(groupings: Mapping[str, Grouping]) -> Iterator[All]:
    """Every condition in some groupings."""
    for grouping in groupings.values():
        yield grouping.among
        yield from (one.where for one in grouping.gathered)


def read_by(grouping: Grouping) -> tuple[str, ...]:
    """The facts that a grouping reads of its members beside those in its lines, and those that name its groups."""
    return tuple(filter(None, (grouping.by, grouping.named, *(one.of for one in grouping.gathered))))
