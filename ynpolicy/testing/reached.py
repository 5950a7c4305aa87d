"""What the verdicts of a test run reached of each norm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from ynpolicy.casebook import Coverage, norm_coverage
from ynpolicy.ir import Norm, Pack
from ynpolicy.judge import JudgedVerdict
from ynpolicy.verdict import Outcome

GROUPS: Final = {
    "norms": "judged",
    "exceptions": "exception",
    "boundaries": "boundary",
    "unknowns": "undetermined",
    "scopes": "not applicable",
}
"""What there is to reach of a norm (the fields of `Coverage`), and how a report calls it."""

Item = tuple[str, str]
"""One thing to reach: its group and its label."""


class Reached:
    """What was reached of one pack. It is made of plain data, so that one process can add up what others found."""

    def __init__(self, title: str, items: dict[str, list[Item]]) -> None:
        self.title = title
        self.items = items
        """What there is to reach of each norm."""
        self.hits: set[Item] = set()
        self.outcomes: dict[str, Counter[str]] = {norm: Counter() for norm in items}
        self.verdicts = 0

    @classmethod
    def of(cls, pack: Pack) -> Reached:
        """Nothing of a pack is reached yet."""
        items = {norm.id: [item for item, _ in _items(norm_coverage(pack, norm, ()))] for norm in pack.norms.values()}
        return cls(f"{pack.id} {pack.version}", items)

    def add(self, verdict: JudgedVerdict) -> None:
        """Counts one more verdict."""
        self.verdicts += 1
        for finding in verdict.findings:
            norm: Norm = finding.norm
            if norm.id in self.outcomes:
                self.outcomes[norm.id][finding.outcome.value] += 1
                found = norm_coverage(verdict.pack, norm, [(verdict.case, finding)], written_for_it=False)
                self.hits.update(item for item, reached in _items(found) if reached)

    def join(self, other: Reached) -> None:
        """Counts what another process found of the same pack."""
        self.verdicts += other.verdicts
        self.hits |= other.hits
        for norm, counts in other.outcomes.items():
            self.outcomes[norm] += counts

    # ------------------------------------------------------------ what to report

    @property
    def share(self) -> float:
        """How much is reached, in per cent."""
        every = [item for items in self.items.values() for item in items]
        return 100 * sum(item in self.hits for item in every) / len(every) if every else 100.0

    def lines(self) -> Iterator[str]:
        """A line for each norm, with what is still to be reached of it below."""
        width = max(map(len, self.items), default=0)
        for norm, items in self.items.items():
            left = [item for item in items if item not in self.hits]
            counts = self.outcomes[norm]
            seen = [f"{outcome.value} {counts[outcome.value]}" for outcome in Outcome if counts[outcome.value]]
            yield f"{norm:<{width}}  {len(items) - len(left)}/{len(items)}  {', '.join(seen) or 'no verdict'}"
            for group, label in left if counts else ():
                yield f"  not reached: {GROUPS[group]}: {label}"
        count = sum(map(len, self.items.values()))
        reached = sum(item in self.hits for items in self.items.values() for item in items)
        yield f"{self.share:.1f} % reached: {reached} of {count}, by {self.verdicts} verdicts"

    # ------------------------------------------------------------ between processes

    def plain(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "title": self.title,
            "items": {norm: [list(item) for item in items] for norm, items in self.items.items()},
            "hits": sorted(map(list, self.hits)),
            "outcomes": {norm: dict(counts) for norm, counts in self.outcomes.items()},
            "verdicts": self.verdicts,
        }

    @classmethod
    def read(cls, data: dict[str, Any]) -> Reached:
        """What `plain` wrote."""
        found = cls(data["title"], {norm: [(g, label) for g, label in items] for norm, items in data["items"].items()})
        found.hits = {(group, label) for group, label in data["hits"]}
        found.outcomes = {norm: Counter(counts) for norm, counts in data["outcomes"].items()}
        found.verdicts = data["verdicts"]
        return found


def _items(coverage: Coverage) -> Iterator[tuple[Item, bool]]:
    for group in GROUPS:
        for label, reached in getattr(coverage, group):
            yield (group, label), reached
