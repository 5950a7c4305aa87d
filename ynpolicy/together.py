"""Several packs at once: whether their words agree, the vocabulary they make together, and whose reading is meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from attrs import evolve

from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.ir import LEVELS, All, AnyOf, FactType, Pack, Symbol, Text
from ynpolicy.normalise import Beside, asked_of, fact_words, norm_words


def agreed(packs: Sequence[Pack]) -> tuple[Pack, ...]:
    """The packs, each of which also takes the others' words for the facts and symbols that it shares with them.

    A pack's norms, parameters, tables and digest stay its own. Raises `InputError` where a pack is given twice, where
    facts of one name differ in type, unit or symbols, and where a word means different things.
    """
    problems = [problem for one, other in combinations(packs, 2) for problem in _differences(one, other)]
    if problems:
        raise InputError(problems)
    known: dict[str, list[FactType]] = {}
    for pack in packs:
        for name, fact in pack.facts.items():
            known.setdefault(name, []).append(fact)
    shared = {name: facts for name, facts in known.items() if len(facts) > 1}
    if not shared:
        return tuple(packs)
    return tuple(evolve(pack, facts={**pack.facts, **_in_all_words(pack, shared)}) for pack in packs)


def beside(pack: Pack, packs: Sequence[Pack], level: str) -> Beside:
    """What the others of some packs know when they judge a case of a level together with one of them."""
    others = [other for other in packs if other is not pack]
    facts: dict[str, str] = {}
    norms: dict[str, str] = {}
    asked = frozenset(name for other in others for name in asked_of(other, level))
    for other in others:
        for word, name in fact_words(other, level).items():
            if name in asked or word not in facts:
                facts[word] = name
        norms |= norm_words(other)
    return Beside(facts, asked, norms)


def united(packs: Sequence[Pack]) -> Pack:
    """One pack that asks what all of some packs ask, for a blank form; it is not for judging.

    A fact that several know is asked once, in the words of the first, wherever one of them asks it. It counts as
    derived only where all derive it alike.
    """
    if len(packs) == 1:
        return packs[0]
    facts: dict[str, FactType] = {}
    for pack in agreed(packs):
        for name, fact in pack.facts.items():
            facts[name] = _asked_by_both(facts[name], fact) if name in facts else fact
    return evolve(
        packs[0],
        id=" + ".join(pack.id for pack in packs),
        version=" + ".join(pack.version for pack in packs),
        title=Text(*(Text("、", "; ")[lang].join(pack.title[lang] for pack in packs) for lang in ("zh", "en"))),
        facts=facts,
        parameters={name: entry for pack in reversed(packs) for name, entry in pack.parameters.items()},
        norms={id: norm for pack in packs for id, norm in pack.norms.items() if pack.takes(norm.under)},
        readings={id: reading for pack in packs for id, reading in pack.readings.items()},
        notices=tuple(dict.fromkeys(notice for pack in packs for notice in pack.notices)),
    )


def chosen(options: Mapping[str, str], packs: Sequence[Pack]) -> tuple[dict[str, str], ...]:
    """The options chosen for each pack, from `reading` or `pack:reading` to option.

    A reading without a pack is that of the only pack that has it. Raises `InputError` where none or several have it.
    """
    found: tuple[dict[str, str], ...] = tuple({} for _ in packs)
    problems: list[Problem] = []
    for word, option in options.items():
        named, _, reading = word.rpartition(":")
        ids = [pack.id for pack in packs]
        place = Place(f"reading {word}")
        if named and named not in ids:
            help = nearest(named, ids) or f"the packs are {', '.join(ids)}"
            problems.append(Problem(place, f"there is no pack `{named}` here", help))
            continue
        having = [i for i, pack in enumerate(packs) if reading in pack.readings and named in ("", pack.id)]
        owners = [i for i in having if packs[i].readings[reading].options] or having[:1]
        if len(owners) > 1:
            help = "name the pack: " + ", ".join(f"{ids[i]}:{reading}={option}" for i in owners)
            problems.append(Problem(place, f"reading `{reading}` stands in {', '.join(ids[i] for i in owners)}", help))
        elif owners or len(packs) == 1:
            found[owners[0] if owners else 0][reading] = option
        else:
            choices = [id for pack in packs for id, known in pack.readings.items() if known.options]
            help = nearest(reading, choices) or f"one may choose {', '.join(choices) or 'none'}"
            problems.append(Problem(place, "there is no such reading", help))
    if problems:
        raise InputError(problems)
    return found


# ---------------------------------------------------------------- whether words agree


def _differences(one: Pack, other: Pack) -> Iterator[Problem]:
    if one.id == other.id:
        yield Problem(Place(other.root or other.id), f"the pack `{one.id}` is given twice", "name each pack once")
        return
    for name in one.facts.keys() & other.facts.keys():
        yield from _fact_differences(one, other, one.facts[name], other.facts[name])
    told: set[tuple[str, ...]] = set()
    for level in LEVELS:
        asked = asked_of(one, level), asked_of(other, level)
        mine, theirs = (
            {w: n for w, n in fact_words(p, level).items() if n in a} for p, a in zip((one, other), asked, strict=True)
        )
        for word in mine.keys() & theirs.keys():
            clash = (word, mine[word], theirs[word])
            if mine[word] != theirs[word] and clash not in told:
                told.add(clash)
                yield _two_meanings(word, one.facts[mine[word]], other.facts[theirs[word]])
    norms, others = norm_words(one), norm_words(other)
    for word in norms.keys() & others.keys():
        here, there = one.norms[norms[word]].place, other.norms[others[word]].place
        yield Problem(
            there, f"`{word}` is also a norm of `{one.id}`", f"it stands first at {here}: give it another name"
        )


def _two_meanings(word: str, here: FactType, there: FactType) -> Problem:
    help = f"it stands first at {here.place}: give one of them another word"
    return Problem(there.place, f"`{word}` means both `{here.name}` and `{there.name}`", help)


def _fact_differences(one: Pack, other: Pack, here: FactType, there: FactType) -> Iterator[Problem]:
    help = f"it stands first at {here.place}: make them alike, or give one another name"
    if here.kind is not there.kind:
        message = f"`{here.name}` has the type `{there.kind.value}` here and `{here.kind.value}` in `{one.id}`"
        yield Problem(there.place, message, help)
    elif here.unit != there.unit:
        yield Problem(there.place, f"`{here.name}` is in {there.unit} here and in {here.unit} in `{one.id}`", help)
    for message, symbols, others in (
        (f"`{here.name}` has no symbol `{{}}`, which it has in `{one.id}`", here.symbols, there.symbols),
        (f"`{here.name}` has the symbol `{{}}`, which it has not in `{one.id}`", there.symbols, here.symbols),
    ):
        lacking = ", ".join(id for id in symbols if id not in others)
        if lacking and here.kind is there.kind:
            yield Problem(there.place, message.format(lacking), help)
    mine, theirs = (_symbol_words(fact) for fact in (here, there))
    for word in mine.keys() & theirs.keys():
        if mine[word] != theirs[word]:
            message = f"`{word}` means both `{mine[word]}` and `{theirs[word]}` of `{here.name}`"
            yield Problem(there.place, message, help)


def _symbol_words(fact: FactType) -> dict[str, str]:
    return {word: symbol.id for symbol in fact.symbols.values() for word in symbol.words if word}


# ---------------------------------------------------------------- one vocabulary


def _in_all_words(pack: Pack, shared: Mapping[str, Sequence[FactType]]) -> dict[str, FactType]:
    """The facts that a pack shares with others, under every word for them."""
    found: dict[str, FactType] = {}
    for name, facts in shared.items():
        fact = pack.facts.get(name)
        if fact is None:
            continue
        words = dict.fromkeys(word for one in facts for word in one.words)
        aliases = tuple(word for word in words if word not in (fact.label.zh, fact.label.en))
        symbols = {id: _in_all_words_of(symbol, facts) for id, symbol in fact.symbols.items()}
        found[name] = evolve(fact, aliases=aliases, symbols=symbols)
    return found


def _in_all_words_of(symbol: Symbol, facts: Sequence[FactType]) -> Symbol:
    words = dict.fromkeys(word for fact in facts for word in fact.symbols[symbol.id].words)
    own = (symbol.id, symbol.label.zh, symbol.label.en)
    return evolve(symbol, aliases=tuple(word for word in words if word not in own))


def _asked_by_both(fact: FactType, other: FactType) -> FactType:
    levels = tuple(level for level in LEVELS if fact.is_asked_of(level) or other.is_asked_of(level))
    arises = fact.arises
    if fact.arises is None or other.arises is None:
        arises = None
    elif fact.arises != other.arises:
        arises = All((AnyOf((fact.arises, other.arises)),))
    derived = fact.derived if fact.derived == other.derived else None
    return evolve(fact, levels=levels, arises=arises, derived=derived)
