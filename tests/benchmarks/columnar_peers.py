"""Twenty rules as batches: the columnar engine, OpenFisca, and the batch calls of zen-engine and cedarpy.

Every engine answers each rule of each case: a breach, none, or not known, and the answers are compared with the
reference's. The peers' rules are written in their guarded idiom, so that they can say "not known" at all; OpenFisca has
no unknown, so each formula carries two arrays, as its user would write it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from random import Random
from time import perf_counter
from typing import Any, Final

import numpy as np
import polars as pl
from attrs import frozen

from tests.benchmarks.idioms import CEDAR, ZEN
from tests.benchmarks.measuring import GIB, in_process, this_module
from tests.benchmarks.rules import (
    AS_OF,
    BREACHES,
    CLEAR,
    LAW,
    RULES,
    UNDETERMINED,
    VIOLATED,
    Answers,
    Plain,
    case_of,
    draw_plain,
    pack,
)
from ynpolicy.engines.columnar import ColumnarEngine, case_table
from ynpolicy.ir import (
    All,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    FactRef,
    Holds,
    In,
    Literal,
    Not,
    Overlaps,
    ParameterRef,
    Term,
)
from ynpolicy.semantics import judge
from ynpolicy.values import Interval, SymbolSet
from ynpolicy.verdict import Outcome

MODULE: Final = "tests.benchmarks.columnar_peers"
LIMIT: Final = 60.0
"""Seconds that the work may take, without what prepares it."""
MEMORY: Final = 16 * GIB
SIZES: Final = (10_000, 100_000, 1_000_000, 10_000_000)
DRAWN: Final = 10_000
CHECKED: Final = 2_000
ANSWER_OF: Final = {Outcome.VIOLATED: VIOLATED, Outcome.UNDETERMINED: UNDETERMINED}

Batch = Callable[[], Any]


@frozen
class Entrant:
    """An engine: `prepare` makes the work on so many cases, untimed; `answers` reads the result's first cases."""

    name: str
    package: str
    prepare: Callable[[Sequence[Plain], int], Batch]
    answers: Callable[[Any], list[Answers]]


def weighed(yes: Any, no: Any) -> int:
    """The answer of two guarded expressions."""
    return VIOLATED if yes else CLEAR if no else UNDETERMINED


def repeated(cases: Sequence[Plain], rows: int) -> list[Plain]:
    """The cases again and again, up to so many."""
    return [cases[number % len(cases)] for number in range(rows)]


# ---------------------------------------------------------------- columnar


def _columns(cases: Sequence[Plain], rows: int) -> pl.DataFrame:
    table = case_table(ColumnarEngine(pack(), "project").layout, [case_of(case) for case in cases])
    return pl.concat([table] * -(-rows // len(cases)), rechunk=True).head(rows).drop("as_of")


def _columnar(cases: Sequence[Plain], rows: int) -> Batch:
    judged = ColumnarEngine(pack(), "project").judge(_columns(cases, rows).lazy(), AS_OF, normalised=True)
    return lambda: judged.collect(engine="streaming")


def _of_codes(result: pl.DataFrame) -> list[Answers]:
    codes = result.head(CHECKED).select(rule.id for rule in RULES).rows()
    return [[ANSWER_OF.get(tuple(Outcome)[code], CLEAR) for code in row] for row in codes]


# ---------------------------------------------------------------- zen-engine


def _zen(cases: Sequence[Plain], rows: int) -> Batch:
    zen = import_module("zen")
    expressions = [
        {"id": f"{number}{sense}", "key": f"{'yes' if sense else 'no'}{number}", "value": ZEN.guarded(c, sense)}
        for number, c in enumerate(BREACHES)
        for sense in (True, False)
    ]
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        {"id": "rules", "name": "rules", "type": "expressionNode", "content": {"expressions": expressions}},
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    edges = [
        {"id": "a", "sourceId": "in", "targetId": "rules", "type": "edge"},
        {"id": "b", "sourceId": "rules", "targetId": "out", "type": "edge"},
    ]
    graph = json.dumps({"nodes": nodes, "edges": edges})
    engine = zen.ZenEngine({"loader": lambda _: graph})
    requests = [{"key": "rules", "context": case} for case in repeated(cases, rows)]
    return lambda: engine.evaluate_batch(requests)


def _of_zen(result: Any) -> list[Answers]:
    found = [row["data"]["result"] for row in result[:CHECKED]]
    return [[weighed(row[f"yes{n}"], row[f"no{n}"]) for n in range(len(RULES))] for row in found]


# ---------------------------------------------------------------- cedarpy


def _cedar(cases: Sequence[Plain], rows: int) -> Batch:
    cedar = import_module("cedarpy")
    policies = [CEDAR.guarded(condition, sense) for condition in BREACHES for sense in (True, False)]
    text = "\n".join(f"forbid(principal, action, resource) when {{ {policy} }};" for policy in policies)
    parsed, entities = cedar.PolicySet.from_str(text), cedar.Entities.from_json_str("[]")
    who = {"principal": 'User::"u"', "action": 'Action::"judge"', "resource": 'Project::"p"'}
    requests = [{**who, "context": case} for case in repeated(cases, rows)]
    return lambda: cedar.is_authorized_batch(requests, parsed, entities)


def _of_cedar(result: Any) -> list[Answers]:
    found = [{int(name.removeprefix("policy")) for name in row.diagnostics.reasons} for row in result[:CHECKED]]
    return [[weighed(2 * n in row, 2 * n + 1 in row) for n in range(len(RULES))] for row in found]


# ---------------------------------------------------------------- OpenFisca

Pair = tuple[Any, Any]
"""Where a condition is surely true, and where surely false."""


def _formula(condition: Condition, read: Callable[[str], Any]) -> Pair:
    """A condition over arrays; `read` gives a column, and its mask under the name with a `?`."""
    match condition:
        case Not(item):
            yes, no = _formula(item, read)
            return no, yes
        case All(items) | AnyOf(items):
            pairs = [_formula(item, read) for item in items]
            yeses, noes = [yes for yes, _ in pairs], [no for _, no in pairs]
            if isinstance(condition, All):
                return np.logical_and.reduce(yeses), np.logical_or.reduce(noes)
            return np.logical_or.reduce(yeses), np.logical_and.reduce(noes)
        case Holds(FactRef(name)):
            return _known(read(name), read(f"{name}?"))
        case In(FactRef(name), members):
            return _known(np.isin(read(name), _codes(name, members)), read(f"{name}?"))
        case In(Literal(symbol), FactRef(name)):
            return _known(read(f"{name}[{symbol}]"), read(f"{name}[{symbol}]?"))
        case Overlaps(FactRef(name), members):
            symbols = sorted(_members(members))
            flags = [_known(read(f"{name}[{s}]"), read(f"{name}[{s}]?")) for s in symbols]
            return np.logical_or.reduce([f[0] for f in flags]), np.logical_and.reduce([f[1] for f in flags])
        case Compare(op, FactRef(name), Literal(str() as symbol)):
            same = read(name) == _CODES[name][symbol]
            return _known(same if op == "==" else ~same, read(f"{name}?"))
        case Compare(op, left, right):
            (a, known), (b, also) = _number(left, read), _number(right, read)
            return _known(_OPERATORS[op](a, b), known & also)
    raise TypeError(f"`{condition}` is not written for OpenFisca")


def _known(truth: Any, known: Any) -> Pair:
    return truth & known, ~truth & known


_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
_CODES: Final[dict[str, dict[str, int]]] = {
    name: {symbol: number for number, symbol in enumerate(fact.symbols)} for name, fact in pack().facts.items()
}


def _members(term: Term) -> frozenset[str]:
    if isinstance(term, ParameterRef):
        value = LAW[term.name]
        assert isinstance(value, SymbolSet)
        return value.members
    assert isinstance(term, Literal)
    assert isinstance(term.value, frozenset)
    return term.value


def _codes(name: str, members: Term) -> list[int]:
    return [_CODES[name][symbol] for symbol in sorted(_members(members))]


def _number(term: Term, read: Callable[[str], Any]) -> tuple[Any, Any]:
    match term:
        case FactRef(name):
            return read(name), read(f"{name}?")
        case Arithmetic("*", left, right):
            (a, known), (b, also) = _number(left, read), _number(right, read)
            return a * b, known & also
        case ParameterRef(name):
            value = LAW[name]
            return (int(value.lo) if isinstance(value, Interval) else value.toordinal()), True  # type: ignore[union-attr]
        case Literal(value):
            return int(value), True  # type: ignore[arg-type]
    raise TypeError(f"`{term}` is not written for OpenFisca")


def _openfisca(cases: Sequence[Plain], rows: int) -> Batch:
    core = import_module("openfisca_core")
    for name in ("entities", "periods", "populations", "simulations", "taxbenefitsystems", "variables"):
        import_module(f"openfisca_core.{name}")
    person = core.entities.Entity("project", "projects", "a project", "")
    system = core.taxbenefitsystems.TaxBenefitSystem([person])
    table = _columns(cases, rows)
    inputs = _arrays(table)
    for name, values in inputs.items():
        system.add_variable(_variable(core, person, _safe(name), values.dtype, None))
    for number, condition in enumerate(BREACHES):
        system.add_variable(_variable(core, person, f"rule{number}", np.dtype(np.int32), condition))

    def run() -> list[Any]:
        simulation = core.simulations.SimulationBuilder().build_default_simulation(system, rows)
        for name, values in inputs.items():
            simulation.set_input(_safe(name), "2022-07", values)
        return [simulation.calculate(f"rule{number}", "2022-07") for number in range(len(BREACHES))]

    return run


def _safe(name: str) -> str:
    return name.replace(".", "_").replace("[", "_").replace("]", "").replace("?", "_known").replace("*", "other")


def _variable(core: Any, person: Any, name: str, dtype: Any, condition: Condition | None) -> type:
    def formula(project: Any, period: Any) -> Any:
        assert condition is not None
        yes, no = _formula(condition, lambda column: project(_safe(column), period))
        return np.where(yes, VIOLATED, np.where(no, CLEAR, UNDETERMINED))

    kind = bool if dtype == np.bool_ else int
    fields = {"value_type": kind, "entity": person, "definition_period": core.periods.MONTH, "label": name}
    return type(name, (core.variables.Variable,), fields | ({"formula": formula} if condition is not None else {}))


def _arrays(table: pl.DataFrame) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in table.columns:
        column = table[name]
        if name == "case" or name.endswith((".complete", ".not_applicable")):
            continue
        found[f"{name}?"] = column.is_not_null().to_numpy()
        if isinstance(column.dtype, pl.Enum):
            words = column.dtype.categories.to_list()
            codes = np.array([_CODES[name][word] for word in words])
            found[name] = codes[column.to_physical().fill_null(0).to_numpy()].astype(np.int32)
        elif column.dtype == pl.Int64:
            found[name] = (column.fill_null(0) // 10**6).cast(pl.Int32).to_numpy()
        elif column.dtype == pl.Date:
            days = column.to_physical().fill_null(0).to_numpy()
            found[name] = (days + 719163).astype(np.int32)
        else:
            found[name] = column.fill_null(False).to_numpy()
    return found


def _of_arrays(result: list[Any]) -> list[Answers]:
    answers: list[Answers] = np.stack([column[:CHECKED] for column in result], axis=1).tolist()
    return answers


# ---------------------------------------------------------------- the run

ENTRANTS: Final = (
    Entrant("columnar, twenty rules", "polars", _columnar, _of_codes),
    Entrant("OpenFisca-core", "openfisca_core", _openfisca, _of_arrays),
    Entrant("zen-engine, batch", "zen", _zen, _of_zen),
    Entrant("cedarpy, batch", "cedarpy", _cedar, _of_cedar),
)


def only(name: str, rows: int) -> None:
    """Does an engine's work on so many cases; prints its seconds, and the share of right answers of the first cases."""
    entrant = next(entrant for entrant in ENTRANTS if entrant.name == name)
    random = Random(1)
    cases = [draw_plain(random, 0.15) for _ in range(DRAWN)]
    rules = pack()
    truth = [[ANSWER_OF.get(f.outcome, CLEAR) for f in judge(rules, case_of(case))] for case in cases[:CHECKED]]
    work = entrant.prepare(cases, rows)
    begin = perf_counter()
    result = work()
    seconds = perf_counter() - begin
    pairs = [p for a, b in zip(entrant.answers(result), truth, strict=True) for p in zip(a, b, strict=True)]
    print(seconds, sum(a == b for a, b in pairs) / len(pairs))


def compare_peers() -> None:
    """Prints each engine's time a row a rule at the largest size that it finishes within the limits.

    Each size is done in a process of its own, which ends when it takes more memory than the limit. A size is not tried
    for which the one before says that it takes too long.
    """
    head = f"{'twenty rules':32} {'rows':>10} {'ns/row/rule':>12} {'right':>10} {'peak MiB':>9}"
    print(head)
    for entrant in ENTRANTS:
        if find_spec(entrant.package) is None:
            print(f"{entrant.name:32} not installed (`{entrant.package}`)")
            continue
        line, seconds, why = "", 0.0, ""
        for rows in SIZES:
            if seconds * 10 > LIMIT:
                why = f"; {rows} rows would take more than {LIMIT:.0f} s"
                break
            child = in_process(this_module(MODULE, entrant.name, str(rows)), 5 * LIMIT, MEMORY)
            if child.stopped:
                why = f"; {rows} rows took {child.stopped}"
                break
            seconds, right = map(float, child.printed.split())
            if seconds > LIMIT:
                why = f"; {rows} rows took {seconds:.0f} s"
                break
            each = seconds * 1e9 / rows / len(RULES)
            line = f"{entrant.name:32} {rows:10} {each:12.2f} {right:10.1%} {child.peak:9}"
        print(f"{line}{why}", flush=True)


if __name__ == "__main__":
    only(sys.argv[1], int(sys.argv[2]))
