"""What changes nothing: dead norms and lines, exceptions that swallow their norm, norms implied by others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import evolve

from ynpolicy.engines.smt import Formula, NormFormulas, Search, both, no, some
from ynpolicy.ir import All, AnyOf, Condition, Leaf, Norm, Not, Text
from ynpolicy.proof.bench import Bench, word
from ynpolicy.proof.checks import Check
from ynpolicy.verdict import Outcome

Rebuild = Callable[[Condition], Norm]
TRUE_LINE, FALSE_LINE = All(()), AnyOf(())


def dead_norms(bench: Bench) -> Iterator[Check]:
    """One check for each norm: some possible case is bound by it, and some breaks it, whatever is yet unverified."""
    for norm in bench.norms:
        formulas = bench.imagined.encoding.norm(norm.id)
        wanted = formulas.binds if norm.requirement is None else formulas.breach
        answer = bench.imagined.find(wanted)
        if answer.found:
            yield bench.proved("dead_norm", (norm.id,), word(answer))
        elif not answer.proved_none:
            yield bench.undecided("dead_norm", (norm.id,), answer.reason)
        elif swallowing(bench, norm):
            continue
        else:
            bound = bench.imagined.find(formulas.binds).found
            says = (
                Text(f"没有案件会违反 {norm.id}", f"no possible case breaks {norm.id}")
                if bound
                else Text(f"{norm.id} 对任何案件都不适用", f"{norm.id} applies to no possible case")
            )
            yield bench.found(
                "dead_norm", (norm.id,), says, bench.first_witness([norm.id], *_near(bench, norm)), "unsat"
            )


def _near(bench: Bench, norm: Norm) -> Iterator[Formula]:
    """Wishes for a case that shows a dead norm: one that it binds, or all of whose lines hold but one."""
    encoding = bench.law.encoding
    formulas = encoding.norm(norm.id)
    yield both(formulas.binds, formulas.met.yes)
    for left_out in range(len(norm.applies.items)):
        kept = [encoding.truth(item).yes for i, item in enumerate(norm.applies.items) if i != left_out]
        yield both(formulas.in_force, encoding.territory.yes, *kept, formulas.outcomes[Outcome.NOT_APPLICABLE])
    yield from (formulas.outcomes[outcome] for outcome in (Outcome.NOT_IN_FORCE, Outcome.UNDETERMINED))


# ---------------------------------------------------------------- exceptions


def swallowing(bench: Bench, norm: Norm) -> bool:
    """Whether the exceptions hold wherever the norm applies, and it does apply."""
    formulas = bench.imagined.encoding.norm(norm.id)
    applies = both(formulas.in_force, formulas.applies.yes)
    swallowed = bench.imagined.find(applies, no(formulas.exempt.yes), written=False).proved_none
    return bool(norm.exemptions) and swallowed and bench.imagined.find(applies, written=False).found


def swallowed(bench: Bench) -> Iterator[Check]:
    """One check for each norm with exceptions: some case to which it applies is not exempt."""
    for norm in bench.norms:
        if not norm.exemptions:
            continue
        formulas = bench.imagined.encoding.norm(norm.id)
        answer = bench.imagined.find(formulas.in_force, formulas.applies.yes, no(formulas.exempt.yes))
        if answer.found:
            yield bench.proved("swallowed", (norm.id,), word(answer))
        elif not answer.proved_none:
            yield bench.undecided("swallowed", (norm.id,), answer.reason)
        elif swallowing(bench, norm):
            says = Text(
                f"凡适用 {norm.id} 的案件都被其例外豁免",
                f"the exceptions of {norm.id} hold in every case to which it applies",
            )
            exempt = bench.law.encoding.norm(norm.id).outcomes[Outcome.EXEMPT]
            yield bench.found("swallowed", (norm.id,), says, bench.first_witness([norm.id], exempt), "unsat")
        else:
            yield bench.proved("swallowed", (norm.id,), "never applies")


# ---------------------------------------------------------------- lines


def dead_lines(bench: Bench, dead: set[str]) -> Iterator[Check]:
    """One check for each line of each norm that is not dead itself: in some case the outcome turns on it.

    Complete cases are tried first; a line on which nothing turns there may still decide while facts are missing.
    """
    for norm in bench.norms:
        if norm.id in dead:
            continue
        for leaf, rebuild in lines_of(norm):
            yield _line(bench, norm, leaf, rebuild)


def _line(bench: Bench, norm: Norm, leaf: Leaf, rebuild: Rebuild) -> Check:
    undecided = ""
    for search in (bench.imagined, bench.open):
        decisive = True
        for constant in (TRUE_LINE, FALSE_LINE):
            answer = search.find(_differs(search, norm, rebuild(constant)), written=False)
            if not answer.found:
                decisive = False
                undecided = "" if answer.proved_none else answer.reason
                break
        if decisive:
            return bench.proved("dead_line", (norm.id, leaf.id), "sat")
        if undecided:
            return bench.undecided("dead_line", (norm.id, leaf.id), undecided)
    says = Text(
        f"{norm.id} 的这一行从不起决定作用：{leaf.text}",
        f"no outcome ever turns on this line of {norm.id}: {leaf.text}",
    )
    formulas = bench.law.encoding.norm(norm.id)
    wishes = (
        both(formulas.binds, some((formulas.met.yes, formulas.met.no))),
        formulas.binds,
        formulas.outcomes[Outcome.EXEMPT],
        formulas.in_force,
    )
    return bench.found("dead_line", (norm.id,), says, bench.first_witness([norm.id], *wishes), "unsat")


def _differs(search: Search, norm: Norm, other: Norm) -> Formula:
    """That a norm and another version of it have different outcomes."""
    encoding = search.encoding
    own = encoding.norm(norm.id)
    theirs = NormFormulas(other, encoding.law, encoding.territory, False)
    return some(
        both(own.outcomes[outcome], no(theirs.outcomes[outcome]))
        for outcome in own.outcomes
        if own.outcomes[outcome] is not False
    )


def lines_of(norm: Norm) -> Iterator[tuple[Leaf, Rebuild]]:
    """Each line of a norm, and what makes the norm with another condition in the place of that line."""
    for leaf, put in _within(norm.applies):
        yield leaf, lambda new, put=put: evolve(norm, applies=put(new))  # type: ignore[misc]
    if norm.requirement is not None:
        for leaf, put in _within(norm.requirement):
            yield leaf, lambda new, put=put: evolve(norm, requirement=put(new))  # type: ignore[misc]
    for i, exemption in enumerate(norm.exemptions):
        for leaf, put in _within(exemption.when):

            def rebuilt(new: Condition, i: int = i, put: Callable[[Condition], Condition] = put) -> Norm:
                changed = list(norm.exemptions)
                changed[i] = evolve(changed[i], when=All((put(new),)))
                return evolve(norm, exemptions=tuple(changed))

            yield leaf, rebuilt


def _within(condition: Condition) -> Iterator[tuple[Leaf, Callable[[Condition], Condition]]]:
    match condition:
        case Not(item):
            for leaf, put in _within(item):
                yield leaf, lambda new, put=put: evolve(condition, item=put(new))  # type: ignore[misc]
        case All(items) | AnyOf(items):
            for i, item in enumerate(items):
                for leaf, put in _within(item):

                    def placed(new: Condition, i: int = i, put: Callable[[Condition], Condition] = put) -> Condition:
                        return evolve(condition, items=(*items[:i], put(new), *items[i + 1 :]))

                    yield leaf, placed
        case _:
            yield condition, lambda new: new


# ---------------------------------------------------------------- norms implied by others


def implied(bench: Bench, dead: set[str]) -> Iterator[Check]:
    """One check for each pair of which the second could say all that the first says.

    A norm is implied by another one, as strict or stricter, that is broken wherever it is. It cannot be where the other
    reads a fact that has no bearing on it. Reviews and encouragements are passed over: what is to be examined, or is
    encouraged, is each one's own.
    """
    encoding = bench.imagined.encoding
    demanding = [norm for norm in bench.norms if norm.requirement is not None and norm.id not in dead]
    reads = {norm.id: frozenset(encoding.read_by([norm.id])) for norm in demanding}
    told: set[frozenset[str]] = set()
    for weak in demanding:
        breach = encoding.norm(weak.id).breach
        seen = bench.imagined.find(breach, written=False)
        for strong in demanding:
            if strong is weak or (weak.modality.is_strict and not strong.modality.is_strict):
                continue
            about = weak.id, strong.id
            if not reads[strong.id] <= reads[weak.id]:
                yield bench.proved("implied", about, "apart")
                continue
            other = encoding.norm(strong.id).breach
            if seen.found and not encoding.holds(seen.model, other):
                yield bench.proved("implied", about, "sat")
                continue
            answer = bench.imagined.find(breach, no(other), written=False)
            if answer.found:
                yield bench.proved("implied", about, "sat")
            elif not answer.proved_none:
                yield bench.undecided("implied", about, answer.reason)
            elif frozenset(about) not in told:
                told.add(frozenset(about))
                yield _implied(bench, weak, strong)


def _implied(bench: Bench, weak: Norm, strong: Norm) -> Check:
    about = weak.id, strong.id
    says = Text(
        f"凡违反 {weak.id} 的案件都已违反 {strong.id}",
        f"every case that breaks {weak.id} breaks {strong.id} too",
    )
    formulas = bench.law.encoding.norm(weak.id)
    return bench.found("implied", about, says, bench.first_witness(about, formulas.breach, formulas.binds), "unsat")
