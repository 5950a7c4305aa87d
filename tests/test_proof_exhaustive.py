"""On vocabularies small enough to try every case, a proof finds what trying every case finds, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, product

import pytest
from attrs import evolve

from tests.handmade import case_of, fact, lines, norm, pack_of
from ynpolicy.ir import All, AnyOf, Case, Exemption, Kind, Modality, Norm, Pack, Text, facts_read
from ynpolicy.judge import Judge
from ynpolicy.proof import Standing, prove
from ynpolicy.proof.idle import lines_of
from ynpolicy.semantics import evaluate, judge_norm
from ynpolicy.testing.chance import Draw, seeded
from ynpolicy.values import FALSE, TRUE, Truth, Value, negate
from ynpolicy.verdict import Outcome

CHOICES: dict[str, tuple[Value, ...]] = {"a.x": (True, False), "a.y": (True, False), "a.k": ("p", "q")}
LEAVES = ("a.x", "a.y", "not a.x", "not a.y", 'a.k == "p"', 'a.k in ["p", "q"]', "a.x == a.y", 'a.k != "q"')
BREACHES = (Outcome.VIOLATED, Outcome.DEPARTED)
NONE = Text("", "")


def draw_pack(draw: Draw) -> Pack:
    facts = [fact("a.x"), fact("a.y"), fact("a.k", Kind.SYMBOL, "pq")]
    return pack_of(facts, [draw_norm(draw, f"n{i}") for i in range(3)])


def draw_norm(draw: Draw, id: str) -> Norm:
    modality = draw.one_of((Modality.MUST, Modality.MUST_NOT, Modality.SHOULD))
    applies = lines(*(draw.one_of(LEAVES) for _ in range(draw.between(0, 2))))
    required = lines(*(draw.one_of(LEAVES) for _ in range(draw.between(1, 2))))
    made = norm(id, modality, required, applies)
    exceptions = tuple(Exemption(f"e{i}", NONE, lines(draw.one_of(LEAVES))) for i in range(draw.one_of((0, 0, 1, 2))))
    return evolve(made, exemptions=exceptions, topic="t")


def cases(partial: bool = False) -> Iterator[Case]:
    """Every case of the vocabulary; with `partial` also those in which facts are missing."""
    for values in product(*((*choices, None) if partial else choices for choices in CHOICES.values())):
        yield case_of({name: v for name, v in zip(CHOICES, values, strict=True) if v is not None}, parameters={})


class World:
    """What trying every case says of a pack."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.norms = tuple(pack.norms.values())
        self.whole, self.open = tuple(cases()), tuple(cases(partial=True))

    def outcome(self, norm: Norm, case: Case) -> Outcome:
        return judge_norm(norm, case, evaluate(All(()), case), self.pack.since).outcome

    def applies(self, norm: Norm, case: Case) -> bool:
        return evaluate(norm.applies, case).truth is TRUE

    def binds(self, norm: Norm, case: Case) -> bool:
        exempt = any(evaluate(exemption.when, case).truth is TRUE for exemption in norm.exemptions)
        return self.applies(norm, case) and not exempt

    def met(self, norm: Norm, case: Case) -> Truth:
        assert norm.requirement is not None
        truth = evaluate(norm.requirement, case).truth
        return negate(truth) if norm.modality.forbids else truth

    def breach(self, norm: Norm, case: Case) -> bool:
        return self.outcome(norm, case) in BREACHES

    # ------------------------------------------------------------ what a proof looks for

    def findings(self) -> Counter[tuple[str, frozenset[str]]]:
        swallowed = {n.id for n in self.norms if self.is_swallowed(n)}
        dead = {n.id for n in self.norms if not any(self.breach(n, c) for c in self.whole)}
        found = Counter({("swallowed", frozenset([id])): 1 for id in swallowed})
        found += Counter({("dead_norm", frozenset([id])): 1 for id in dead - swallowed})
        pairs = {frozenset((a.id, b.id)) for a, b in combinations(self.norms, 2) if self.contradict(a, b)}
        alone = {n.id for n in self.norms if self.cannot_be_kept(n)} - {id for pair in pairs for id in pair}
        found += Counter({("contradiction", about): 1 for about in (*pairs, *(frozenset([id]) for id in alone))})
        live = [n for n in self.norms if n.id not in dead | swallowed]
        implied = {frozenset((a.id, b.id)) for a, b in product(live, live) if a is not b and self.implies(a, b)}
        found += Counter({("implied", about): 1 for about in implied})
        found += Counter(("dead_line", frozenset([n.id])) for n in live for _ in self.dead_lines(n))
        if any(all(self.outcome(n, c) is Outcome.NOT_APPLICABLE for n in self.norms) for c in self.whole):
            found["gap", frozenset(("t", "project"))] = 1
        return found

    def is_swallowed(self, norm: Norm) -> bool:
        reached = [case for case in self.whole if self.applies(norm, case)]
        return bool(reached) and not any(self.binds(norm, case) for case in reached)

    def contradict(self, first: Norm, second: Norm) -> bool:
        decisive = (c for n in (first, second) for c in (n.applies, *(e.when for e in n.exemptions)))
        situation = {name for condition in decisive for name in facts_read(condition)}
        groups: dict[tuple[Value | None, ...], list[Case]] = {}
        for case in self.whole:
            groups.setdefault(tuple(case.values.get(name) for name in sorted(situation)), []).append(case)
        return any(
            all(self.binds(n, group[0]) for n in (first, second))
            and all(any(self.met(n, case) is TRUE for case in group) for n in (first, second))
            and not any(all(self.met(n, case) is TRUE for n in (first, second)) for case in group)
            for group in groups.values()
        )

    def cannot_be_kept(self, norm: Norm) -> bool:
        bound = [case for case in self.whole if self.binds(norm, case)]
        return bool(bound) and all(any(self.breach(other, case) for other in self.norms) for case in bound)

    def implies(self, weak: Norm, strong: Norm) -> bool:
        if weak.modality.is_strict and not strong.modality.is_strict:
            return False
        reads = [{name for c in n.conditions for name in facts_read(c)} for n in (weak, strong)]
        return reads[1] <= reads[0] and not any(
            self.breach(weak, case) and not self.breach(strong, case) for case in self.whole
        )

    def dead_lines(self, norm: Norm) -> Iterator[str]:
        for leaf, rebuild in lines_of(norm):
            others = (rebuild(All(())), rebuild(AnyOf(())))
            if any(all(self.outcome(norm, c) is self.outcome(o, c) for c in self.open) for o in others):
                yield leaf.text


@pytest.mark.parametrize("seed", range(3))
def test_a_proof_finds_what_trying_every_case_finds(seed: int) -> None:
    """Contradictions, dead norms and lines, swallowed and implied norms, and gaps: all of them, and no other."""
    for number in range(15):
        pack = draw_pack(seeded("proof", seed, number))
        proof = prove(Judge(pack, use_forward=False))
        found = Counter((c.kind, frozenset(c.about)) for c in proof.having(Standing.FINDING))
        assert proof.having(Standing.UNDECIDED) == ()
        assert found == World(pack).findings(), (seed, number)


def test_the_draw_meets_every_kind() -> None:
    """The comparison is worth something: each kind comes up, and so does its absence."""
    met: Counter[str] = Counter()
    for seed, number in product(range(3), range(15)):
        met.update({kind for kind, _ in World(draw_pack(seeded("proof", seed, number))).findings()})
    for kind in ("contradiction", "dead_norm", "dead_line", "swallowed", "implied", "gap"):
        assert 3 <= met[kind] <= 43, met


def test_the_world_is_whole() -> None:
    """Eight complete cases, twenty-seven with missing facts."""
    assert (len(tuple(cases())), len(tuple(cases(partial=True)))) == (8, 27)
    assert all(evaluate(lines("a.x"), case).truth in (TRUE, FALSE) for case in cases())
