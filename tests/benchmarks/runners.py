"""Each peer as its user would call it: made once, then asked about case after case.

A runner takes a flat case and gives one answer a rule. The libraries are imported when a runner is made, so that those
that are not installed are left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from tests.benchmarks.durable_runner import durable_natural
from tests.benchmarks.idioms import CEDAR, CEL, RULE_ENGINE, ZEN, rego_bodies
from tests.benchmarks.rules import (
    BREACHES,
    CLEAR,
    DATES,
    FLAGS,
    RANGES,
    SYMBOLS,
    UNDETERMINED,
    VIOLATED,
    Answers,
    Plain,
    Runner,
    short,
)


def _weighed(sure: bool, surely_not: bool) -> int:
    return VIOLATED if sure else CLEAR if surely_not else UNDETERMINED


# ---------------------------------------------------------------- zen-engine


def zen_natural() -> Runner:
    """Expressions compiled once; one that raises is undetermined."""
    zen = import_module("zen")
    rules = [zen.compile_expression(ZEN.natural(condition)) for condition in BREACHES]

    def answer(rule: Any, case: Plain) -> int:
        try:
            return VIOLATED if rule.evaluate(case) else CLEAR
        except RuntimeError:
            return UNDETERMINED

    return lambda case: [answer(rule, case) for rule in rules]


def zen_guarded() -> Runner:
    """Two guarded expressions a rule, compiled once."""
    zen = import_module("zen")
    rules = [[zen.compile_expression(ZEN.guarded(c, sense)) for sense in (True, False)] for c in BREACHES]
    return lambda case: [_weighed(yes.evaluate(case), no.evaluate(case)) for yes, no in rules]


def zen_graph() -> Runner:
    """One decision graph with one expression node for all rules, guarded: a single error would end the whole case."""
    zen = import_module("zen")
    rows = [
        {"id": f"{number}{sense}", "key": f"{'yes' if sense else 'no'}{number}", "value": ZEN.guarded(c, sense)}
        for number, c in enumerate(BREACHES)
        for sense in (True, False)
    ]
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        {"id": "rules", "name": "rules", "type": "expressionNode", "content": {"expressions": rows}},
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    edges = [
        {"id": "a", "sourceId": "in", "targetId": "rules", "type": "edge"},
        {"id": "b", "sourceId": "rules", "targetId": "out", "type": "edge"},
    ]
    engine = zen.ZenEngine()
    decision = engine.create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def run(case: Plain) -> Answers:
        result = decision.evaluate(case)["result"]
        return [_weighed(result[f"yes{number}"], result[f"no{number}"]) for number in range(len(BREACHES))]

    return run


# ---------------------------------------------------------------- cel-expr-python


def cel_natural() -> Runner:
    """Checked expressions; CEL's own `&&` and `||` pass over an operand that is not known, as Kleene's do."""
    cel = import_module("cel_expr_python.cel")
    kinds = dict.fromkeys(map(short, SYMBOLS), cel.Type.STRING) | dict.fromkeys(map(short, RANGES), cel.Type.INT)
    kinds |= dict.fromkeys(map(short, FLAGS), cel.Type.BOOL) | dict.fromkeys(map(short, DATES), cel.Type.INT)
    env = cel.NewEnv(variables={**kinds, "metals": cel.Type.List(cel.Type.STRING)})
    rules = [env.compile(CEL.natural(condition)) for condition in BREACHES]

    def run(case: Plain) -> Answers:
        activation = env.Activation(case)
        answers = []
        for rule in rules:
            value = rule.eval(activation).value()
            answers.append(VIOLATED if value is True else CLEAR if value is False else UNDETERMINED)
        return answers

    return run


# ---------------------------------------------------------------- rule-engine


def rule_engine_natural() -> Runner:
    """Rules over a plain dict; a name that does not resolve raises."""
    library = import_module("rule_engine")
    rules = [library.Rule(RULE_ENGINE.natural(condition)) for condition in BREACHES]

    def answer(rule: Any, case: Plain) -> int:
        try:
            return VIOLATED if rule.matches(case) else CLEAR
        except library.errors.EngineError:
            return UNDETERMINED

    return lambda case: [answer(rule, case) for rule in rules]


def rule_engine_guarded() -> Runner:
    """Missing names are null, and every comparison is guarded."""
    library = import_module("rule_engine")
    context = library.Context(default_value=None)
    rules = [[library.Rule(RULE_ENGINE.guarded(c, s), context=context) for s in (True, False)] for c in BREACHES]
    return lambda case: [_weighed(yes.matches(case), no.matches(case)) for yes, no in rules]


# ---------------------------------------------------------------- cedarpy


def _cedar(policies: list[str]) -> Callable[[Plain], tuple[set[int], set[int]]]:
    """The numbers of the policies that forbid and of those that failed."""
    cedar = import_module("cedarpy")
    text = "\n".join(f"forbid(principal, action, resource) when {{ {policy} }};" for policy in policies)
    parsed, entities = cedar.PolicySet.from_str(text), cedar.Entities.from_json_str("[]")
    request = {"principal": 'User::"u"', "action": 'Action::"judge"', "resource": 'Project::"p"'}

    def run(case: Plain) -> tuple[set[int], set[int]]:
        result = cedar.is_authorized({**request, "context": case}, parsed, entities)
        forbidding = {int(name.removeprefix("policy")) for name in result.diagnostics.reasons}
        failed = {int(error.split("`policy")[1].split("`")[0]) for error in result.diagnostics.errors}
        return forbidding, failed

    return run


def cedar_natural() -> Runner:
    """One forbidding policy a rule; a policy that fails on a missing attribute is undetermined."""
    ask = _cedar([CEDAR.natural(condition) for condition in BREACHES])

    def run(case: Plain) -> Answers:
        forbidding, failed = ask(case)
        return [_weighed(number in forbidding, number not in failed) for number in range(len(BREACHES))]

    return run


def cedar_guarded() -> Runner:
    """Two guarded policies a rule."""
    ask = _cedar([CEDAR.guarded(condition, sense) for condition in BREACHES for sense in (True, False)])

    def run(case: Plain) -> Answers:
        forbidding, _ = ask(case)
        return [_weighed(2 * number in forbidding, 2 * number + 1 in forbidding) for number in range(len(BREACHES))]

    return run


# ---------------------------------------------------------------- regopy


def _rego(guarded: bool) -> Runner:
    rego = import_module("regopy").Interpreter()
    lines = ["package plan"]
    for number, condition in enumerate(BREACHES):
        lines += [f"violated contains {number} if {{ {b} }}" for b in rego_bodies(condition, True, guarded)]
        if guarded:
            lines += [f"clear contains {number} if {{ {b} }}" for b in rego_bodies(condition, False, guarded)]
    rego.add_module("plan", "\n".join(lines))

    def run(case: Plain) -> Answers:
        rego.set_input(case)
        found = rego.query("data.plan").results[0].expressions[0]
        violated, clear = set(found["violated"]), set(found.get("clear", range(len(BREACHES))))
        return [_weighed(number in violated, number in clear) for number in range(len(BREACHES))]

    return run


def rego_natural() -> Runner:
    """A set of violated rules; what is undefined is not in it."""
    return _rego(guarded=False)


def rego_guarded() -> Runner:
    """Two sets, each body guarded."""
    return _rego(guarded=True)


PEERS: Final[dict[str, Callable[[], Runner]]] = {
    "cel-expr-python": cel_natural,
    "zen-engine": zen_natural,
    "zen-engine, guarded": zen_guarded,
    "zen-engine graph, guarded": zen_graph,
    "cedarpy": cedar_natural,
    "cedarpy, guarded": cedar_guarded,
    "durable_rules": durable_natural,
    "rule-engine": rule_engine_natural,
    "rule-engine, guarded": rule_engine_guarded,
    "regopy": rego_natural,
    "regopy, guarded": rego_guarded,
}
"""The peers by the name of their distribution; unmarked is the natural idiom."""
