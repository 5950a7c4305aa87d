"""The forward engine as a guest in a process: limits, memory, threads, forks, faults, and no library."""

from __future__ import annotations

import gc
import multiprocessing
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest

from tests.forward_packs import case, norm, pack
from ynpolicy.engines import forward
from ynpolicy.engines.forward import ForwardEngine, ForwardFault, ForwardResult, formulas, host
from ynpolicy.engines.forward.formulas import Test as FieldTest
from ynpolicy.engines.forward.rules import Definition, Rule, check, check_names, rule_parts, share_out
from ynpolicy.errors import EnvelopeError
from ynpolicy.ir import Compare, FactRef, Holds, Literal, Modality, Norm
from ynpolicy.values import Value, exact
from ynpolicy.verdict import Outcome

pytestmark = pytest.mark.forward

OUTCOMES: Final = {True: Outcome.COMPLIED, False: Outcome.VIOLATED}


def bits(number: int, width: int = 8) -> dict[str, Value]:
    return {f"bit.b{i}": bool(number >> i & 1) for i in range(width)}


def bit_norms(width: int = 8) -> list[Norm]:
    return [norm(f"b{i}", Modality.MUST, Holds(FactRef(f"bit.b{i}"))) for i in range(width)]


def is_right(result: ForwardResult, number: int) -> bool:
    return all(result.outcomes[f"b{i}"].outcome is OUTCOMES[bool(number >> i & 1)] for i in range(8))


@pytest.fixture
def engine() -> ForwardEngine:
    return ForwardEngine(pack(*bit_norms()), "project")


# ---------------------------------------------------------------- limits


def test_a_norm_that_reads_too_much_is_refused_when_compiled() -> None:
    """A line of more comparisons than a fact has fields is an error of the pack, named, before any case is judged."""
    lines = [Compare("==", FactRef(f"many.n{i}"), Literal(Fraction(1))) for i in range(101)]
    with pytest.raises(
        EnvelopeError, match="`greedy` is outside the forward engine's limits: 202 fields in one fact, at most 200"
    ):
        ForwardEngine(pack(norm("small"), norm("greedy", Modality.MUST, *lines)), "project")
    within = ForwardEngine(pack(norm("greedy", Modality.MUST, *lines[:100])), "project")
    values: dict[str, Value] = {f"many.n{i}": exact(1) for i in range(100)}
    assert within.judge(case(values)).outcomes["greedy"].outcome is Outcome.COMPLIED


def rules(number: int, ways: int = 1, constant: int = 1, op: str = "$eq") -> tuple[Rule, ...]:
    formula = tuple((FieldTest(f"f{way}", op, constant),) for way in range(ways))
    ending = (FieldTest(f"f{i}", "$eq", i) for i in range(number))
    return tuple(Rule(f"r{i}", "k", tuple((*way, last) for way in formula), "n") for i, last in enumerate(ending))


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        (Definition((rules(250),)), "251 rules in one ruleset, at most 250"),
        (Definition((rules(65, ways=1),)), "65 nodes that wait while a fact is matched, at most 64"),
        (Definition((rules(1, ways=13),)), "13 alternatives in one rule, at most 12"),
        (Definition((rules(1, constant=2**31),)), "2,147,483,648 as a constant in a rule"),
        (Definition((rules(1, op="$mt"),)), r"the operator `\$mt` is not known to be sound"),
        (Definition(((Rule("r", "k", ((),), "n"),),)), "a rule without a test"),
        (Definition(((Rule("r", "k", (), "n"),),)), "a rule without a test"),
        (Definition((rules(1) * 2,)), "two rules have one name"),
    ],
)
def test_every_limit_is_checked_before_durable_rules_sees_the_rules(definition: Definition, message: str) -> None:
    """Each limit of the sound envelope is an error that names what and how much."""
    with pytest.raises(EnvelopeError, match=message):
        check(definition)


def test_names_with_one_hash_are_refused() -> None:
    """durable_rules knows names by a 32-bit hash; two names that share it would be one field to it."""
    with pytest.raises(EnvelopeError, match="cannot tell the field names `field_1079599` and `field_1262382` apart"):
        check_names(["sid", "field_1079599", "field_1262382"])


def test_rules_are_shared_out_within_the_limits() -> None:
    """A thousand rules become a handful of rulesets, none of which is outside the limits, and none is lost."""
    ways = [tuple((FieldTest(f"f{i}_{j}", "$eq", 1),) for j in range(i % 30 + 1)) for i in range(1000)]
    given = [rule for i, formula in enumerate(ways) for rule in rule_parts(f"k{i}", f"k{i}", formula, "n")]
    definitions = share_out(given)
    for definition in definitions:
        check(definition)
    assert [rule for definition in definitions for rule in definition.rules] == given


# ---------------------------------------------------------------- memory

MEMORY: Final = """
import gc, resource, sys
from tests.forward_packs import case, pack
from tests.test_forward_host import bit_norms, bits
from ynpolicy.engines.forward import ForwardEngine
many = pack(*bit_norms(60))
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform != "darwin" else 2**20)
def judge(engine, number):
    engine.judge(case(bits(number, 60)))
"""
GROWTH: Final = {
    "cases": """
engine = ForwardEngine(many, "project")
for i in range(200): judge(engine, i)
before = peak()
for i in range(1500): judge(engine, i)
print(peak() - before)
""",
    "closed packs": """
for i in range(5): engine = ForwardEngine(many, "project"); judge(engine, i); engine.close()
before = peak()
for i in range(80): engine = ForwardEngine(many, "project"); judge(engine, i); engine.close()
print(peak() - before)
""",
    "dropped packs": """
for i in range(5): judge(ForwardEngine(many, "project"), i)
before = peak()
for i in range(80): judge(ForwardEngine(many, "project"), i)
print(peak() - before)
""",
}


@pytest.mark.parametrize("what", GROWTH)
def test_memory_stays_flat(what: str) -> None:
    """Thousands of cases, and packs that are closed or just dropped, leave no native memory behind."""
    root = Path(__file__).parents[1]
    run = [sys.executable, "-c", MEMORY + GROWTH[what]]
    done = subprocess.run(run, cwd=root, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 12, f"{what} grew by {done.stdout} MiB"


class Spy:
    """The native engine, with its calls counted, and a fault at the nth call of one function."""

    def __init__(self, function: str = "", at: int = 0, fault: BaseException | None = None) -> None:
        self.calls: Counter[str] = Counter()
        self._plan = (function, at, fault)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            self.calls[name] += 1
            function, at, fault = self._plan
            if fault is not None and name == function and self.calls[name] == at:
                raise fault
            return getattr(REAL, name)(*arguments)

        return call


REAL: Final = host.native


def test_every_ruleset_is_freed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Closing twice, closing unused engines and collecting a closed one free each ruleset exactly once."""
    gc.collect()  # of engines that other tests left
    spy = Spy()
    monkeypatch.setattr(host, "native", spy)
    used, unused = (ForwardEngine(pack(norm("n")), "project") for _ in range(2))
    used.judge(case())
    for engine in (used, used, unused):
        engine.close()
    del engine, used, unused
    gc.collect()
    assert spy.calls["create_ruleset"] == spy.calls["delete_ruleset"] == 6


def test_a_closed_engine_says_so(engine: ForwardEngine) -> None:
    """Judging after closing is an error, not a crash."""
    engine.close()
    with pytest.raises(ForwardFault, match="was closed"):
        engine.judge(case())


# ---------------------------------------------------------------- faults


@pytest.mark.parametrize("fault", [RuntimeError("planted"), KeyboardInterrupt()])
@pytest.mark.parametrize(
    ("function", "at"),
    [("assert_fact", 1), ("start_action_for_state", 2), ("complete_and_start_action", 5), ("retract_facts", 1)],
)
def test_a_fault_is_raised_and_the_next_case_is_judged_rightly(
    monkeypatch: pytest.MonkeyPatch, function: str, at: int, fault: BaseException
) -> None:
    """Whatever breaks off in the middle of a case reaches the caller; the rulesets are then built anew."""
    spy = Spy(function, at, fault)
    monkeypatch.setattr(host, "native", spy)
    engine = ForwardEngine(pack(*bit_norms()), "project")
    with pytest.raises(type(fault)):
        engine.judge(case(bits(0b1010)))
    assert is_right(engine.judge(case(bits(0b0101))), 0b0101)
    assert spy.calls["create_ruleset"] == 2 * spy.calls["delete_ruleset"] == 6


def test_conclusions_that_contradict_each_other_are_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """A condition concluded both true and false is a fault of the engine, never an outcome."""
    ends = dict(formulas._ENDS)
    monkeypatch.setattr(formulas, "_ENDS", ends | {("<", False): ends["<", True]})
    below = Compare("<", FactRef("case.number"), Literal(Fraction(0)))
    engine = ForwardEngine(pack(norm("n", Modality.MUST, below)), "project")
    with pytest.raises(ForwardFault, match="both true and false"):
        engine.judge(case({"case.number": exact(-1)}))


def test_a_fact_that_durable_rules_does_not_take_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, engine: ForwardEngine
) -> None:
    """A code other than 0 from durable_rules is raised."""
    spy = Spy()
    monkeypatch.setattr(spy, "assert_fact", lambda *_: (1, 0), raising=False)
    monkeypatch.setattr(host, "native", spy)
    with pytest.raises(ForwardFault, match="did not take a fact"):
        engine.judge(case(bits(1)))


# ---------------------------------------------------------------- threads and forks


def test_threads_share_an_engine(engine: ForwardEngine) -> None:
    """Four threads judge on one engine at once, and each gets its own case's result."""
    wrong: list[int] = []

    def work(start: int) -> None:
        wrong.extend(n for n in range(start, start + 150) if not is_right(engine.judge(case(bits(n % 256))), n % 256))

    threads = [threading.Thread(target=work, args=(i * 61,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_no_thread_is_started(engine: ForwardEngine) -> None:
    """durable_rules' own host would start timers; this engine starts nothing."""
    before = threading.active_count()
    engine.judge(case(bits(3)))
    assert threading.active_count() == before


def judged_in_child(work: Callable[[], bool]) -> bool:
    """Whether the work succeeds in a forked child within ten seconds."""
    context = multiprocessing.get_context("fork")
    child = context.Process(target=lambda: os._exit(0 if work() else 1))
    child.start()
    child.join(10)
    if child.exitcode is None:
        child.kill()
        child.join()
    return child.exitcode == 0


def test_a_forked_child_judges_with_its_own_rulesets(engine: ForwardEngine) -> None:
    """After a fork, parent and child both judge rightly, and the child's closing leaves the parent's rulesets alone."""
    assert is_right(engine.judge(case(bits(5))), 5)

    def work() -> bool:
        right = all(is_right(engine.judge(case(bits(n))), n) for n in range(50))
        engine.close()
        return right

    assert judged_in_child(work)
    assert is_right(engine.judge(case(bits(6))), 6)


def test_a_child_forked_in_the_middle_of_a_case_does_not_hang(engine: ForwardEngine) -> None:
    """Locks that another thread held at the fork, and rulesets left in mid-case, do not matter to the child."""
    chain = engine._chain
    assert chain is not None
    with chain.lock, forward._building:
        code, state = REAL.assert_fact(chain._decisions._handle.number, '{"sid":"1","id":"0","g0":1,"violated":1}')
        REAL.start_action_for_state(chain._decisions._handle.number, state)
        assert judged_in_child(lambda: is_right(engine.judge(case(bits(9))), 9))
    assert code == 0


# ---------------------------------------------------------------- without durable_rules


def importing(monkeypatch: pytest.MonkeyPatch, message: str, lazy_helps: bool = False) -> tuple[Any, str]:
    """What the import answers where importing fails with a message, unless symbols are bound lazily."""

    def fail() -> Any:
        if lazy_helps and sys.getdlopenflags() == os.RTLD_LAZY:
            return "engine"
        raise ImportError(message)

    monkeypatch.setattr(host, "_import_engine", fail)
    before = sys.getdlopenflags()
    result = host._import_native()
    assert sys.getdlopenflags() == before
    return result


def test_a_missing_symbol_is_bound_lazily(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only a symbol is missing, as on Python 3.13, lazy binding is tried, and the flags are put back."""
    symbol = "undefined symbol: PyEval_CallObject"
    assert importing(monkeypatch, symbol, lazy_helps=True) == ("engine", "")
    engine, reason = importing(monkeypatch, symbol)
    assert engine is None
    assert "not even with lazy binding" in reason


def test_a_missing_library_is_reported_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where durable_rules cannot be had, the module says why, and no engine can be made."""
    engine, reason = importing(monkeypatch, "No module named 'durable_rules_engine'")
    assert engine is None
    assert reason == "durable_rules cannot be imported: No module named 'durable_rules_engine'"
    monkeypatch.setattr(forward, "AVAILABLE", False)
    monkeypatch.setattr(forward, "UNAVAILABLE", reason)
    with pytest.raises(ForwardFault, match="No module named"):
        ForwardEngine(pack(norm("n")), "project")
