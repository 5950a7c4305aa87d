"""Which cases are members of which group, as far as their facts tell."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from attrs import field, frozen

from ynpolicy.groupings import Grouping
from ynpolicy.ir import All, AnyOf, Case, Condition, Kind, Not, Pack
from ynpolicy.semantics import evaluate, gather_open, leaf_truth
from ynpolicy.values import FALSE, TRUE, UNKNOWN, SymbolSet, Truth, conjunction, disjunction, negate

WHOLE = ""
"""The key of the one group of a grouping that has no `by`."""


@frozen
class Placed:
    """A case that is, or may be, a member. `lacks` names what keeps it open whether it is."""

    case: Case
    truth: Truth
    lacks: tuple[str, ...] = ()


@frozen
class Places:
    """The groups of a grouping by key, in the order of the keys, each with its sure and its possible members.

    `anywhere` are the cases of which nobody knows the group: each may be a member of any. `shown` is what the author
    wrote for a key. `elsewhere` are members of groups that the roster does not list.
    """

    groups: Mapping[str, Sequence[Placed]] = field(hash=False)
    anywhere: tuple[Placed, ...]
    shown: Mapping[str, str] = field(hash=False)
    elsewhere: tuple[Placed, ...]


def arises(pack: Pack, case: Case, fact: str) -> Truth:
    """Whether the question of a fact arises for a case; a value that is stated shows that it does."""
    condition = pack.facts[fact].arises
    if fact in case.values or case.texts.get(fact):
        return TRUE
    return TRUE if condition is None else truth_of(condition, case)


def tell(condition: Condition, case: Case) -> tuple[Truth, tuple[str, ...]]:
    """The truth of a condition, and the facts that it wants while it is unknown."""
    truth = truth_of(condition, case)
    lacking: dict[str, str] = {}
    if truth is UNKNOWN:
        gather_open(evaluate(condition, case), lacking)
    return truth, tuple(lacking)


def truth_of(condition: Condition, case: Case) -> Truth:
    """The truth of a condition without its trace, for lists of many cases."""
    match condition:
        case All(items):
            return conjunction(truth_of(item, case) for item in items)
        case AnyOf(items):
            return disjunction(truth_of(item, case) for item in items)
        case Not(item):
            return negate(truth_of(item, case))
        case leaf:
            return leaf_truth(leaf, case)


def place(pack: Pack, grouping: Grouping, cases: Sequence[Case]) -> Places:
    """The members of each group, in Kleene's logic, in one pass over the cases.

    A case is a member where it lies in the pack's territory, meets `among`, and the question of `by` arises for it;
    unknown in any of them leaves it a possible member. A case without a known key is a possible member of every group.
    """
    shown = dict.fromkeys(grouping.roster, "")
    groups: dict[str, list[Placed]] = {key: [] for key in grouping.roster} if grouping.by else {WHOLE: []}
    anywhere: list[Placed] = []
    elsewhere: list[Placed] = []
    partly: list[tuple[Placed, frozenset[str]]] = []
    for case in cases:
        if case.level != grouping.members:
            continue
        placed = _placed(pack, grouping, case)
        if placed is None:
            continue
        if not grouping.by:
            groups[WHOLE].append(placed)
            continue
        keys, complete = _keys(pack, grouping, case)
        if not complete:
            wanting = Placed(case, UNKNOWN, (*placed.lacks, grouping.by))
            if keys:
                partly.append((wanting, frozenset(keys)))
            else:
                anywhere.append(wanting)
        for key, text in keys.items():
            if grouping.roster and key not in shown:
                elsewhere.append(placed)
                continue
            shown.setdefault(key, text)
            groups.setdefault(key, []).append(placed)
    if grouping.by_year and groups:
        years = [int(key) for key in groups]
        groups = {str(year): groups.get(str(year), []) for year in range(min(years), max(years) + 1)}
    elif not grouping.roster:
        groups = {key: groups[key] for key in sorted(groups)}
    for placed, own in partly:
        for key, members in groups.items():
            if key not in own:
                members.append(placed)
    return Places(groups, tuple(anywhere), shown, tuple(elsewhere))


def _placed(pack: Pack, grouping: Grouping, case: Case) -> Placed | None:
    """A case as a member of some group; None where it surely is none."""
    inside, wanted = tell(pack.territory.get(case.level, All(())), case)
    if inside is FALSE:
        return None
    among, more = tell(grouping.among, case)
    asked = arises(pack, case, grouping.by) if grouping.by else TRUE
    truth = conjunction((inside, among, asked))
    if truth is FALSE:
        return None
    return Placed(case, truth, tuple(dict.fromkeys((*wanted, *more))))


def _keys(pack: Pack, grouping: Grouping, case: Case) -> tuple[dict[str, str], bool]:
    """The keys of the groups that a case names, each as it is written, and whether it names all."""
    fact, value = pack.facts[grouping.by], case.values.get(grouping.by)
    if fact.kind is Kind.TEXT:
        text = case.texts.get(grouping.by, "")
        return ({key_of(text): text}, True) if text else ({}, False)
    if isinstance(value, SymbolSet):
        return {symbol: symbol for symbol in sorted(value.members)}, value.complete
    if isinstance(value, date):
        return {str(value.year): str(value.year)}, True
    return ({value: value}, True) if isinstance(value, str) else ({}, False)


def key_of(text: str) -> str:
    """What a written name stands for: full-width letters, capitals and spaces make no difference."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def listed(places: Places) -> Iterator[Placed]:
    """Every case that may be a member of some group, once for each group that it names."""
    for members in places.groups.values():
        yield from members
    yield from places.anywhere
