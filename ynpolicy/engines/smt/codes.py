"""Numbers for symbols, which the solver compares as bit vectors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ynpolicy.ir import Condition, Literal, Pack, leaves, terms
from ynpolicy.values import SymbolSet


class Codes:
    """A number for each symbol, the same wherever the symbol stands, and how wide such numbers are."""

    def __init__(self, symbols: Iterable[str]) -> None:
        self._codes = {symbol: code for code, symbol in enumerate(dict.fromkeys(symbols))}
        self._symbols = list(self._codes)
        self.width = max(1, len(self._codes).bit_length())

    def __getitem__(self, symbol: str) -> int:
        return self._codes[symbol]

    def __iter__(self) -> Iterator[str]:
        return iter(self._symbols)

    def symbol(self, code: int) -> str:
        """The symbol with a number."""
        return self._symbols[code]


def symbols_of(pack: Pack) -> Iterator[str]:
    """Every symbol of the vocabulary, of the parameters and of the norms; those of one fact in a row."""
    for fact in pack.facts.values():
        yield from fact.symbols
    for parameter in pack.parameters.values():
        for entry in parameter.values:
            yield from _named(entry.value)
    conditions: list[Condition] = [*pack.territory.values()]
    conditions += [fact.arises for fact in pack.facts.values() if fact.arises is not None]
    conditions += [condition for norm in pack.norms.values() for condition in norm.conditions]
    for condition in conditions:
        for leaf in leaves(condition):
            for term in terms(leaf):
                if isinstance(term, Literal):
                    yield from _named(term.value)
    for table in pack.tables.values():
        for row in table.rows.values():
            yield from (cell for cell in row.values() if cell)


def _named(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, SymbolSet):
        yield from sorted(value.members)
    elif isinstance(value, frozenset):
        yield from sorted(value)
