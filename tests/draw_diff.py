"""By hand: `python -m tests.draw_diff [SEED] [CHANGES]` compares the plan with itself changed in one norm.

Prints how each changed norm stands, and the longest of the comparisons. Fails where another norm is named, a witness
does not replay, or a comparison takes more than the budget.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from typing import Final

from attrs import evolve

from tests.test_diff import assert_shown, changes, compared
from ynpolicy.diff import Relation
from ynpolicy.loader import load_pack
from ynpolicy.testing.chance import seeded

BUDGET: Final = 30.0
"""Seconds for the whole plan."""


def main(seed: str = "1", count: str = "40") -> None:
    """Compares the plan with so many changed ones."""
    plan = load_pack("yunnan-14fyp")
    single = evolve(plan, norms={id: norm for id, norm in plan.norms.items() if norm.row is None})
    made = list(changes(single))
    draw = seeded("diff", seed)
    stood: Counter[str] = Counter()
    longest = 0.0
    for _ in range(int(count)):
        changed, id = draw.one_of(made)
        begun = time.perf_counter()
        found = compared(plan, evolve(changed, norms={**plan.norms, id: changed.norms[id]}))
        longest = max(longest, time.perf_counter() - begun)
        named = {pair.id: pair.relation for pair in found.norms if pair.relation is not Relation.SAME_TEXT}
        assert set(named) <= {id}, (id, named)
        assert_shown(found)
        stood[named.get(id, Relation.SAME_TEXT).value] += 1
    print(f"{len(made)} changes known, {count} drawn: {dict(stood)}; longest {longest:.1f} s")
    assert longest < BUDGET


if __name__ == "__main__":
    main(*sys.argv[1:])
