"""durable_rules itself: the only module that imports it, and the thin driver that runs its rulesets.

The driver calls the native engine directly. durable_rules' own host starts threads, re-writes its state after every
firing (ten times the cost of the firing) and swallows the exceptions of actions, KeyboardInterrupt included; here a
rule that fires is reported by name, and whatever goes wrong is raised.
"""

from __future__ import annotations

import os
import sys
import weakref
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module, metadata
from types import ModuleType
from typing import Any, Final

from ynpolicy.engines.forward.rules import CATCH_ALL, Definition
from ynpolicy.errors import YnpolicyError

SID: Final = "1"
_AFTER_NAME: Final = '":{"m":'
_HEAD: Final = f'{{"sid":"{SID}","id":"'


class ForwardFault(YnpolicyError):
    """The forward engine broke off or contradicted itself, so it has no result for this case."""


def _import_native() -> tuple[Any, str]:
    """The native engine, or None and why it cannot be imported.

    On Python 3.13 it lacks one symbol, which only its storage callbacks use; bound lazily, it works.
    """
    try:
        return _import_engine(), ""
    except ImportError as error:
        reason = str(error)
    if "undefined symbol" not in reason or not hasattr(sys, "setdlopenflags"):
        return None, f"durable_rules cannot be imported: {reason}"
    flags = sys.getdlopenflags()
    sys.setdlopenflags(os.RTLD_LAZY)
    try:
        return _import_engine(), ""
    except ImportError as error:
        return None, f"durable_rules cannot be imported, not even with lazy binding: {error}"
    finally:
        sys.setdlopenflags(flags)


def _import_engine() -> ModuleType:
    return import_module("durable_rules_engine")


native, UNAVAILABLE = _import_native()
"""The native engine, None where it cannot be had; and then the reason, empty otherwise."""


@cache
def version() -> str:
    """The version of durable_rules; empty where it is not available."""
    return metadata.version("durable_rules") if native is not None else ""


class _Handle:
    """A native ruleset, and what must be known to free it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.has_fired = False
        self.process = os.getpid()

    def free(self) -> None:
        """Free the ruleset and its state, in the process that made it.

        A state in which no action was ever started must not be deleted: durable_rules would free a pointer that it
        never set.
        """
        if self.process != os.getpid():
            return
        if self.has_fired:
            native.delete_state(self.number, SID)
        native.delete_ruleset(self.number)


class Ruleset:
    """One native ruleset. Not safe to share between threads or across a fork: the engine sees to that."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self._anchors = "".join(f',"{name}":1' for name in definition.anchor_names)
        self._handle = _Handle(native.create_ruleset("forward", definition.text()))
        self._finalizer = weakref.finalize(self, self._handle.free)
        self._finalizer.atexit = False

    def close(self) -> None:
        """Free the native memory; the ruleset cannot be used any more."""
        self._finalizer()

    def fire(self, body: str) -> list[str]:
        """The names of the rules that fire for one fact, whose fields are `body` (`,"name":number` each)."""
        number = self._handle.number
        code, state = native.assert_fact(number, f'{_HEAD}0"{self._anchors}{body}}}')
        fired = [message[2 : message.index('"', 2)] for message in self._messages(code, state)]
        native.retract_fact(number, f'{_HEAD}0"}}')
        if self.definition.complete:
            return fired
        if CATCH_ALL not in fired:
            raise ForwardFault("the catch-all rule did not fire")
        return [rule for rule in fired if rule != CATCH_ALL]

    def fire_each(self, bodies: Sequence[str]) -> list[tuple[str, int]]:
        """The rules that fire for several facts at once: each rule's name with the number of its fact."""
        if not bodies:
            return []
        number = self._handle.number
        facts = ",".join(f'{_HEAD}{i}"{self._anchors}{body}}}' for i, body in enumerate(bodies))
        code, state = native.assert_facts(number, f"[{facts}]")
        fired: list[tuple[str, int]] = []
        for message in self._messages(code, state):
            end = message.index('"', 2)
            identifier = end + len(_AFTER_NAME) + len(_HEAD)
            fired.append((message[2:end], int(message[identifier : message.index('"', identifier)])))
        native.retract_facts(number, "[" + ",".join(f'{_HEAD}{i}"}}' for i in range(len(bodies))) + "]")
        return fired

    def _messages(self, code: int, state: int) -> Iterator[str]:
        """One message a firing, `{"<rule>":{"m":<fact>}}`: start and complete one action after the other."""
        if code:
            raise ForwardFault(f"durable_rules did not take a fact (code {code})")
        number = self._handle.number
        started = native.start_action_for_state(number, state)
        if started is None:
            raise ForwardFault("no rule fired for a fact")
        self._handle.has_fired = True
        message: str | None = started[1]
        while message is not None:
            yield message
            message = native.complete_and_start_action(number, state)
