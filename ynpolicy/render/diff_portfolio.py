"""The part of the report on two packs that tells what becomes of a portfolio of cases."""

from __future__ import annotations

from typing import Any, Final

from ynpolicy.diff.portfolio import ChangedOutcome, JudgedTwice, Portfolio
from ynpolicy.diff.relations import Comparison
from ynpolicy.ir import Pack
from ynpolicy.messages import shown
from ynpolicy.render.diff_words import PHRASES
from ynpolicy.render.replay_words import NOTE_WORDS
from ynpolicy.verdict import Decision, Outcome
from ynpolicy.words import LEVELS, OUTCOMES, decision_word

_MOST: Final = 30
"""So many changed cases are told in a text."""


def portfolio_view(portfolio: Portfolio, found: Comparison, lang: str, whole: bool) -> dict[str, Any]:
    """The portfolio as plain data for a template; with `whole`, every changed case."""
    pack = found.a.pack
    changed = portfolio.changed
    told = changed if whole else changed[:_MOST]
    clauses = {**found.b.pack.clauses, **pack.clauses}
    level = changed[0].level if changed else "project"
    return {
        "cases": len(portfolio.cases),
        "changed": len(changed),
        "elsewhere": portfolio.elsewhere,
        "passed_over": list(portfolio.passed_over),
        "decisions": [
            {"before": _decision(before, level, lang), "after": _decision(after, level, lang), "count": count}
            for (before, after), count in portfolio.decisions().most_common()
        ],
        "clauses": [
            {"id": id, "section": clauses[id].section if id in clauses else "", "count": count}
            for id, count in portfolio.clauses().most_common()
        ],
        "groups": [
            {
                "label": pack.facts[fact].label[lang],
                "name": fact,
                "rows": [
                    {"label": _symbol(pack, fact, symbol, lang), "cases": cases, "changed": some}
                    for symbol, (cases, some) in portfolio.grouped(fact).items()
                ],
            }
            for fact in portfolio.by
            if portfolio.grouped(fact)
        ],
        "told": [_case(case, pack, lang) for case in told],
        "untold": len(changed) - len(told),
    }


def _symbol(pack: Pack, fact: str, symbol: str, lang: str) -> str:
    known = pack.facts[fact].symbols.get(symbol)
    return known.label[lang] if known is not None else symbol or PHRASES["unknown"][lang]


def _decision(decision: Decision | None, level: str, lang: str) -> str:
    return PHRASES["unread"][lang] if decision is None else decision_word(decision, level, lang)


def _case(case: JudgedTwice, pack: Pack, lang: str) -> dict[str, Any]:
    labels = {name: fact.label.zh for name, fact in pack.facts.items()}
    return {
        "title": case.title,
        "place": str(case.place),
        "level": LEVELS[case.level][lang],
        "as_of": " / ".join(dict.fromkeys(case.as_of)),
        "before": _decision(case.before, case.level, lang),
        "after": _decision(case.after, case.level, lang),
        "same_decision": case.before is case.after,
        "findings": [_finding(finding, lang) for finding in case.findings],
        "left_out": [
            {
                "label": NOTE_WORDS[one.kind][lang],
                "name": pack.facts[one.name].label[lang] if one.name in pack.facts else one.name,
            }
            for one in case.left_out
        ],
        "problems": [shown(problem, lang, labels) for problem in case.problems],
    }


def _finding(finding: ChangedOutcome, lang: str) -> dict[str, str]:
    return {
        "id": finding.id,
        "title": finding.title[lang],
        "before": _outcome(finding.before, lang),
        "after": _outcome(finding.after, lang),
    }


def _outcome(outcome: Outcome | None, lang: str) -> str:
    return PHRASES["no_norm"][lang] if outcome is None else OUTCOMES[outcome][lang]
