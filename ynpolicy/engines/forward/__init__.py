"""One case through durable_rules: facts are asserted, norms fire, findings chain forward to the decision.

The engine shares nothing with the reference below the normalised case. A level's norms become rulesets; a case becomes
facts of whole numbers (`measures`). The rounds of a case:

1. conditions: rules conclude what is definitely true and what is definitely false of each norm's applicability,
   exceptions and requirement, of its dates against the as-of date, and of the territory (`formulas`, `program`);
   conclusions that other conditions need are asserted again for the next layer of rules;
2. outcomes: what was concluded about each norm is asserted, and the table of outcomes fires (`outcomes`);
3. decision: the tally of outcomes is asserted, and the table of decisions fires.

Where durable_rules cannot be imported, `AVAILABLE` is false and `UNAVAILABLE` says why.
"""

from __future__ import annotations

import os
import threading
from typing import Final

from ynpolicy.engines.forward.chain import Chain, ForwardResult, Ruling
from ynpolicy.engines.forward.host import UNAVAILABLE, ForwardFault, version
from ynpolicy.engines.forward.program import compile_program
from ynpolicy.ir import Case, Pack

__all__ = ["AVAILABLE", "UNAVAILABLE", "ForwardEngine", "ForwardFault", "ForwardResult", "Ruling", "version"]

AVAILABLE: Final = not UNAVAILABLE
"""Whether durable_rules could be imported."""


class ForwardEngine:
    """The norms of one level of a pack as durable rulesets; safe to use from several threads and after a fork.

    Raises `EnvelopeError` where the level is outside the limits in which durable_rules is sound, and `ForwardFault`
    where durable_rules is not available. The native memory is freed by `close`, or when the engine is collected.
    """

    def __init__(self, pack: Pack, level: str) -> None:
        if not AVAILABLE:
            raise ForwardFault(UNAVAILABLE)
        self.level = level
        self._program = compile_program(pack, level)
        self._chain: Chain | None = Chain(self._program)

    def judge(self, case: Case) -> ForwardResult:
        """The decision and the outcomes of a case of this level.

        Raises `ForwardFault` where the engine breaks off or contradicts itself; the rulesets are then built anew for
        the next case.
        """
        if case.level != self.level:
            raise ValueError(f"this engine judges cases of level `{self.level}`, not `{case.level}`")
        while True:
            chain = self._here()
            with chain.lock:
                if chain.closed:
                    continue
                try:
                    return chain.run(case)
                except BaseException:
                    chain.close()
                    raise

    def close(self) -> None:
        """Free the native rulesets; judging after that raises `ForwardFault`."""
        with _building:
            chain, self._chain = self._chain, None
        if chain is not None and chain.process == os.getpid():
            with chain.lock:
                chain.close()

    def _here(self) -> Chain:
        """The rulesets of this process: a forked child builds its own, and so does the case after a fault."""
        with _building:
            if self._chain is None:
                raise ForwardFault("this forward engine was closed")
            if self._chain.process != os.getpid() or self._chain.closed:
                self._chain = Chain(self._program)
            return self._chain


_building = threading.Lock()


def _after_fork() -> None:
    """Another thread may have held the lock while this process was forked off; here it would never be released."""
    global _building
    _building = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
