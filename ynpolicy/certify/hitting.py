"""Sets that meet each of several sets."""

from __future__ import annotations

from collections.abc import Collection, Iterable


def hitting_sets(sets: Iterable[Collection[str]], most: int) -> list[frozenset[str]] | None:
    """The smallest sets, none within another, that share an element with each of some sets; None if more than `most`.

    Of no set at all, it is the empty one.
    """
    found = [frozenset[str]()]
    for items in sets:
        own = frozenset(items)
        kept = [one for one in found if one & own]
        grown = {one | {item} for one in found if not one & own for item in own}
        fresh = [one for one in grown if not any(other <= one for other in kept)]
        found = kept + [one for one in fresh if not any(other < one for other in fresh)]
        if len(found) > most:
            return None
    return sorted(found, key=lambda one: (len(one), sorted(one)))
