"""What two packs say otherwise of groups of cases. It is named, and no witness shows it: a witness is one case."""

from __future__ import annotations

from collections.abc import Iterator

from ynpolicy.amendments import Aspect, Element
from ynpolicy.groupings import Grouping
from ynpolicy.ir import Pack
from ynpolicy.logic import show


def grouping_differences(a: Pack, b: Pack) -> Iterator[Element]:
    """The groupings that only one of two packs has, and those that both define otherwise; titles do not count."""
    for id in dict.fromkeys((*a.groupings, *b.groupings)):
        one, other = a.groupings.get(id), b.groupings.get(id)
        parts = [_parts(side) for side in (one, other)]
        aspects = tuple(
            Aspect(name, parts[0].get(name, ""), parts[1].get(name, ""))
            for name in dict.fromkeys((*parts[0], *parts[1]))
            if parts[0].get(name, "") != parts[1].get(name, "")
        )
        known = other or one
        if aspects and known is not None:
            yield Element("grouping", id, known.title, aspects)


def _parts(grouping: Grouping | None) -> dict[str, str]:
    """What a grouping means, part by part."""
    if grouping is None:
        return {}
    return {
        "level": grouping.level,
        "members": grouping.members,
        "among": "\n".join(map(show, grouping.among.items)),
        "by": f"year of {grouping.by}" if grouping.by_year else grouping.by,
        "named": grouping.named,
        "states": "; ".join(f"{name}={text}" for name, text in sorted(grouping.states.items())),
        "groups": "\n".join(sorted(grouping.roster)),
        "judged": "\n".join(sorted(grouping.judged)),
        **{
            one.fact: "\n".join([f"{one.how.value} {one.of}".strip(), *map(show, one.where.items)])
            + ("\nof the year before" if one.before else "")
            for one in grouping.gathered
        },
    }
