"""Which option of a reading is taken: a pack under other readings than its own."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.ir import Pack


def choose(pack: Pack, options: Mapping[str, str]) -> Pack:
    """The pack with an option chosen for some of its readings; norms and values of other options do not count.

    An option that is taken anyway changes nothing. Raises `InputError` for a reading without options and for an option
    that the reading does not have.
    """
    problems: list[Problem] = []
    open_to_choice = {reading.id for reading in pack.readings.values() if reading.options}
    chosen = dict(pack.chosen)
    for reading, option in options.items():
        place = Place(f"reading {reading}")
        if reading not in open_to_choice:
            message = (
                f"reading `{reading}` leaves nothing to choose"
                if reading in pack.readings
                else "there is no such reading"
            )
            help = nearest(reading, open_to_choice) or f"one may choose {', '.join(sorted(open_to_choice)) or 'none'}"
            problems.append(Problem(place, message, help))
            continue
        known = pack.readings[reading].options
        if option not in known:
            help = nearest(option, known) or f"it has {', '.join(known)}"
            problems.append(Problem(place, f"unknown option `{option}`", help))
        elif option == next(iter(known)):
            chosen.pop(reading, None)
        else:
            chosen[reading] = option
    if problems:
        raise InputError(problems)
    pack = evolve(pack, chosen=chosen)
    parameters = {
        name: evolve(parameter, values=tuple(entry for entry in parameter.every if pack.takes(entry.under)))
        for name, parameter in pack.parameters.items()
    }
    return evolve(pack, parameters=parameters)
