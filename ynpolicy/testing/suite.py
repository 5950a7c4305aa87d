"""A class of tests for any pack: one test a property."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ynpolicy.casebook import read_casebook, run_casebook
from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.ir import Case
from ynpolicy.judge import Judge
from ynpolicy.testing.advice import ADVICE
from ynpolicy.testing.chance import seeded
from ynpolicy.testing.properties import PROPERTIES, Property, printed_conditions_read_back
from ynpolicy.testing.smaller import smallest
from ynpolicy.testing.strategies import AnyPack
from ynpolicy.testing.subject import Drawn, Subject
from ynpolicy.testing.written import as_yaml

ALL: Final = (*PROPERTIES, *ADVICE)
_SEEDS: Final = st.integers(0, 2**48 - 1)
_PHASES: Final = (Phase.explicit, Phase.reuse, Phase.generate)
"""Hypothesis chooses seeds and remembers which failed. It would shrink a case choice by choice; leaving facts out is
faster, and what is left a person can read."""

_SLOW: Final = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)


def consistency(
    pack: AnyPack,
    *,
    examples: int | None = None,
    sizes: Mapping[str, int] | None = None,
    level: str = "",
    readings: Mapping[str, str] | None = None,
) -> type:
    """A class of tests to derive from: each test is one property of the pack, on drawn cases.

    `pack` is its name or folder, a `Judge` or a `Pack`. `examples` is how many cases each property is tried on, unless
    `sizes` says another number for it, by the test's name without `test_`; without either it is that of the Hypothesis
    profile. `level` keeps to the cases of one level, `readings` chooses options of the pack's readings. A failing
    property prints the case as YAML that `ynpolicy check` reads.

    Raises `InputError` for an unknown pack, level, reading or size.
    """
    subject = Subject(pack, level, readings)
    chosen = dict(sizes or {})
    unknown = [name for name in chosen if name not in {found.name for found in ALL}]
    if unknown:
        known = [found.name for found in ALL]
        problems = [Problem(Place("sizes"), f"unknown property `{name}`", nearest(name, known)) for name in unknown]
        raise InputError(problems)

    def teardown_class(cls: type) -> None:
        subject.close()

    tests: dict[str, Any] = {
        f"test_{found.name}": _on_drawn_cases(subject, found, chosen.get(found.name, examples)) for found in ALL
    }
    tests["test_every_condition_reads_back_as_it_is_printed"] = _on_conditions(subject)
    if subject.own.root:
        tests["test_every_case_of_the_pack_gives_what_it_expects"] = _on_own_cases(subject)
    members = {"__doc__": f"What must be true of the pack `{subject.pack.id}`.", "__module__": __name__}
    return type("Consistency", (), members | tests | {"teardown_class": classmethod(teardown_class)})


def _on_drawn_cases(subject: Subject, found: Property, examples: int | None) -> Callable[..., None]:
    def test(self: object, drawn: Drawn) -> None:
        if any(found.wrongs(subject, drawn)):
            drawn = smallest(subject, found, drawn)
            wrongs = found.wrongs(subject, drawn)
            pytest.fail(report(subject, found.sentence, wrongs, drawn.cases), pytrace=False)

    test.__name__ = f"test_{found.name}"
    test.__qualname__ = f"Consistency.{test.__name__}"
    test.__doc__ = found.wrongs.__doc__
    size = settings(deadline=None, suppress_health_check=_SLOW, phases=_PHASES)
    if examples:
        size = settings(size, max_examples=examples)
    cases = _SEEDS.map(lambda seed: found.draw(subject, seeded(found.name, seed)))
    return size(given(drawn=cases)(test))


def _on_conditions(subject: Subject) -> Callable[..., None]:
    def test(self: object) -> None:
        wrongs = list(printed_conditions_read_back(subject.own))
        if wrongs:
            pytest.fail(told(subject, "every condition reads back as it is printed", wrongs), pytrace=False)

    test.__doc__ = printed_conditions_read_back.__doc__
    return test


def _on_own_cases(subject: Subject) -> Callable[..., None]:
    def test(self: object) -> None:
        """The cases under `cases/` are judged as they expect, and there are some."""
        cases = read_casebook(subject.own)
        _, problems = run_casebook(Judge(subject.own), cases)
        if not cases:
            pytest.fail(f"the pack `{subject.own.id}` has no cases: write some under cases/", pytrace=False)
        if problems:
            pytest.fail(told(subject, "every case of the pack gives what it expects", problems), pytrace=False)

    return test


def told(subject: Subject, sentence: str, wrongs: Iterable[object]) -> str:
    """Which property of which pack does not hold, and what is wrong."""
    return "\n".join([f"not true of `{subject.pack.id}`: {sentence}", *(f"  {wrong}" for wrong in wrongs)])


def report(subject: Subject, sentence: str, wrongs: Iterable[object], cases: Sequence[Case]) -> str:
    """The same, with the case or cases that show it, as a file to check again."""
    file = f"the case, for `ynpolicy check case.yaml --pack {subject.pack.root or subject.pack.id}`:"
    return "\n".join([told(subject, sentence, wrongs), "", file, "", as_yaml(subject.pack, cases)])
