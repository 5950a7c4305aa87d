"""One case as formulas, with some of its facts open again; every other fact is as the case has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ynpolicy.engines.smt.encoding import Encoding
from ynpolicy.engines.smt.search import Answer, Search
from ynpolicy.engines.smt.truths import Formula, both, every
from ynpolicy.ir import Case, Kind, Pack
from ynpolicy.values import Value


class OneCase:
    """A case, its records, and the norms of its level on its day.

    The pack's claims on which cases are possible are left out: an answer is admitted if the vocabulary admits it.
    """

    def __init__(self, pack: Pack, case: Case) -> None:
        self.pack = pack
        self.case = case
        self.encoding = Encoding(pack, case.level, case.as_of, partial=True, records=True)
        norms = [norm.id for norm in pack.norms_at(case.level)]
        for id in norms:
            self.encoding.norm(id)
        self.names = self.encoding.read_by(norms)
        self._as_is = {name: self.encoding.equals(name, case.values.get(name)) for name in self.names}
        self._settled = {name: self._admitted(name) for name in self.names}
        self._search = Search(self.encoding, possible=False)
        self._search.suppose(self.encoding.attached(case))

    def as_is(self, name: str) -> Formula:
        """That a fact is as the case has it."""
        return self._as_is[name]

    def settled(self, name: str) -> Formula:
        """That a fact has some exact value that the vocabulary admits."""
        return self._settled[name]

    def _admitted(self, name: str) -> Formula:
        facts = self.encoding.facts
        if self.pack.facts[name].kind is Kind.TEXT:
            return False
        return both(facts[name].known, facts.exact(name), facts.bounds(name))

    def derived(self) -> Formula:
        """That no known fact contradicts those from which it follows."""
        return every(self.encoding.agrees(name) for name in self.names)

    def find(self, milliseconds: int, *formulas: Formula, written: bool = True) -> Answer:
        """A case of which the formulas hold; with `written`, one whose numbers a case file can write."""
        self._search.within(milliseconds)
        return self._search.find(*formulas, written=written)

    def values(self, answer: Answer, names: Iterable[str]) -> Mapping[str, Value]:
        """The values that facts have in the case that was found; without those that have none."""
        found = {name: self.encoding.value(answer.model, name) for name in names}
        return {name: value for name, value in found.items() if value is not None}
