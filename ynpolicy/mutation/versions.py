"""A norm as it is judged, before and after a change."""

from __future__ import annotations

from datetime import date

from attrs import evolve, field, frozen

from ynpolicy.errors import Place
from ynpolicy.ir import All, Norm, Pack, Parameter
from ynpolicy.mutation.changes import Change


@frozen
class Version:
    """A norm as it is judged: with the territory of its level, and the first day of the pack."""

    norm: Norm
    territory: All
    since: date


@frozen
class Mutant:
    """One change, in words and with its place, and the norms that it changes: each as it was and as it becomes.

    `subject` is the norm, table of norms, parameter or territory that is changed. `aliases` are parameters that only
    the changed norms read. `counts` is a changed number of working days: the norms stay as they are, and the deadlines
    that they read are counted again.
    """

    subject: str
    change: Change
    words: str
    place: Place
    pairs: tuple[tuple[Version, Version], ...]
    aliases: tuple[Parameter, ...] = field(default=())
    counts: Parameter | None = None


def standing(parameter: Parameter, pack: Pack) -> Parameter:
    """A parameter with the values that stand under the options that a pack has chosen of its readings."""
    if not any(entry.under for entry in parameter.every):
        return parameter
    return evolve(parameter, values=tuple(entry for entry in parameter.every if pack.takes(entry.under)))


def version_of(norm: Norm, pack: Pack) -> Version:
    """A norm as the pack has it."""
    return Version(norm, pack.territory.get(norm.level, All(())), pack.since)
