"""Cases on which no norm of a topic speaks."""

from __future__ import annotations

from collections.abc import Iterator

from ynpolicy.claims import Silence
from ynpolicy.engines.smt import both, every, no, some
from ynpolicy.ir import Norm, Text
from ynpolicy.proof.bench import Bench, word
from ynpolicy.proof.checks import Check, Standing
from ynpolicy.verdict import Outcome


def gaps(bench: Bench) -> Iterator[Check]:
    """One check for each topic that has norms on the level: every case within the territory is spoken to.

    A topic is silent on a case where some of its norms are in force and none of those applies. Declared silences are
    listed with a witness each; what lies outside them is looked for apart.
    """
    topics: dict[str, list[Norm]] = {}
    for norm in bench.norms:
        topics.setdefault(norm.topic, []).append(norm)
    for topic, norms in topics.items():
        declared = [s for s in bench.pack.claims.silences if (s.topic, s.level) == (topic, bench.level)]
        silent = _silent(bench, norms)
        about = topic, bench.level
        encoding = bench.law.encoding
        outside = [no(encoding.truth(silence.when).yes) for silence in declared]
        answer = bench.law.find(silent, *outside)
        if answer.found:
            says = Text(
                f"主题 {topic} 对这一案件没有任何规范适用", f"no norm of the topic {topic} applies to this case"
            )
            witness = bench.witness(bench.law, answer, [norm.id for norm in norms])
            yield bench.found("gap", about, says, [witness], word(answer))
        elif answer.proved_none:
            yield bench.proved("gap", about)
        else:
            yield bench.undecided("gap", about, answer.reason)
        for silence in declared:
            yield _declared(bench, silence, norms, silent)


def _silent(bench: Bench, norms: list[Norm]) -> object:
    encoding = bench.law.encoding
    formulas = [encoding.norm(norm.id) for norm in norms]
    idle = (some((f.outcomes[Outcome.NOT_IN_FORCE], f.outcomes[Outcome.NOT_APPLICABLE])) for f in formulas)
    in_force = some(f.in_force for f in formulas)
    return both(encoding.territory.yes, in_force, every(idle))


def _declared(bench: Bench, silence: Silence, norms: list[Norm], silent: object) -> Check:
    """A declared silence with a case that lies in it; one in which no case lies is a stale claim."""
    about = silence.topic, silence.level
    answer = bench.law.find(silent, bench.law.encoding.truth(silence.when).yes)
    if answer.proved_none:
        says = Text(
            f"所称的留白不存在：主题 {silence.topic}（{silence.level}）",
            f"the silence that is declared on {silence.topic} ({silence.level}) does not exist",
        )
        return Check("stale_claim", about, Standing.FINDING, "unsat", says)
    if not answer.found:
        return bench.undecided("gap", about, answer.reason)
    says = Text(f"主题 {silence.topic} 对这类案件不作规定", f"the topic {silence.topic} is silent on such cases")
    witness = bench.witness(bench.law, answer, [norm.id for norm in norms])
    if not witness.replays:
        return bench.found("gap", about, says, [witness], word(answer))
    return Check("gap", about, Standing.SILENT, "sat", says, (witness,), silence.reason)
