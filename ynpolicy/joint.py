"""One case under several packs: each pack judges it by its own norms, and the gravest decision leads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from ynpolicy.cases import RawCase
from ynpolicy.choices import choose
from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.ir import Case, Pack
from ynpolicy.judge import Judge, JudgedVerdict, as_of_day, gravest_first, load_layers, raw_cases
from ynpolicy.loader import find_pack, load_pack
from ynpolicy.overlays import overlay_files
from ynpolicy.together import agreed, beside, chosen
from ynpolicy.verdict import GRAVEST_FIRST, Decision

if TYPE_CHECKING:
    from ynpolicy.geo.atlas import Layers


@frozen
class JointVerdict:
    """The verdicts of several packs on one case, the gravest first; equals stand in the order of the packs."""

    verdicts: tuple[JudgedVerdict, ...]

    @property
    def decision(self) -> Decision:
        """The gravest of the packs' decisions."""
        return self.verdicts[0].decision

    def __getitem__(self, pack: str) -> JudgedVerdict:
        """The verdict of a pack, by its id. Raises `KeyError`."""
        for verdict in self.verdicts:
            if verdict.pack.id == pack:
                return verdict
        raise KeyError(pack)


class JointJudge:
    """Several packs, ready to judge the same cases; each by its own norms, parameters and readings.

    A fact that several packs know is one fact: it has one type, unit and set of symbols, and may be called by the words
    of any of them. What only one of them knows is no error for the others. Raises `InputError` where the packs' words
    do not agree.
    """

    def __init__(self, packs: Sequence[Pack], use_forward: bool = True, layers: Layers | None = None) -> None:
        self.judges = tuple(Judge(pack, use_forward, layers) for pack in agreed(packs))

    @property
    def packs(self) -> tuple[Pack, ...]:
        return tuple(judge.pack for judge in self.judges)

    def check(self, case: object, as_of: date | str | None = None) -> JointVerdict:
        """The verdicts on one case, given as `Judge.check` takes it. Raises as that does."""
        cases = self._read(case, as_of)
        if len(cases) != 1:
            message = f"this is a dossier of {len(cases)} cases"
            raise InputError([Problem(cases[0][0].place, message, "use `check_all` for a dossier")])
        return self._judge(cases[0])

    def check_all(self, source: object, as_of: date | str | None = None) -> tuple[JointVerdict, ...]:
        """The verdicts on a case or on all linked cases of a dossier, the gravest first. Raises as `check` does."""
        return gravest_case_first(self.check_each(source, as_of))

    def check_each(self, source: object, as_of: date | str | None = None) -> tuple[JointVerdict, ...]:
        """The verdicts on a case or on all linked cases of a dossier, as they are written. Raises as `check` does."""
        return tuple([self._judge(cases) for cases in self._read(source, as_of)])

    def _read(self, source: object, as_of: date | str | None) -> list[tuple[Case, ...]]:
        problems: list[Problem] = []
        day = as_of_day(as_of)
        cases: list[tuple[Case, ...]] = []
        for raw in raw_cases(source, problems):
            known = {problem.place for problem in problems}
            found: dict[tuple[Place, str], Problem] = {}
            cases.append(self._normalise(raw, day, found))
            problems.extend(problem for (place, _), problem in found.items() if place not in known)
        if problems:
            raise InputError(problems)
        return cases

    def _normalise(
        self, raw: RawCase, day: date | None, problems: dict[tuple[Place, str], Problem]
    ) -> tuple[Case, ...]:
        """The case as each pack reads it; what several packs find wrong with it is told once."""
        cases: list[Case] = []
        for judge in self.judges:
            try:
                cases.append(judge.read(raw, day, beside(judge.pack, self.packs, raw.level)))
            except InputError as error:
                for problem in error.problems:
                    problems.setdefault((problem.place, problem.message), problem)
        return tuple(cases)

    def _judge(self, cases: tuple[Case, ...]) -> JointVerdict:
        return JointVerdict(gravest_first(j.judge(case) for j, case in zip(self.judges, cases, strict=True)))


def gravest_case_first(verdicts: Iterable[JointVerdict]) -> tuple[JointVerdict, ...]:
    """Cases with the gravest decision on top; equals keep their order."""
    return tuple(sorted(verdicts, key=lambda verdict: GRAVEST_FIRST.index(verdict.decision)))


def load_all(
    names: Sequence[str | Path],
    use_forward: bool = True,
    readings: Mapping[str, str] | None = None,
    tables: str | Path | None = None,
    rivers: Sequence[str | Path] = (),
    boundaries: Sequence[str | Path] = (),
) -> JointJudge:
    """Several packs, by names or folders, ready to judge the same cases together.

    `readings` chooses other options, by `reading` where one pack has it, or by `pack:reading`. `tables` is a folder of
    tables of the user's own, each laid over the packs that have a table of its name. `rivers` and `boundaries` are
    files that describe layers of geodata, against which the sites of cases are measured (needs the extra `geo`).
    Raises `InputError` with the problems of all packs, and where their words do not agree.
    """
    problems: list[Problem] = []
    packs: list[Pack] = []
    if not names:
        problems.append(Problem(Place("packs"), "no pack is named", "name one or several"))
    if tables is not None and len(names) > 1:
        problems += _tables_of_none(names, Path(tables))
    for name in names:
        try:
            packs.append(load_pack(name, tables, others=len(names) > 1))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    options = chosen(readings or {}, packs)
    layers = load_layers(rivers, boundaries, *packs)
    return JointJudge([choose(pack, own) for pack, own in zip(packs, options, strict=True)], use_forward, layers)


def _tables_of_none(names: Sequence[str | Path], folder: Path) -> Iterator[Problem]:
    known = {path.name for name in names for path in (find_pack(name) / "tables").glob("*.csv")}
    for path in overlay_files(folder):
        if path.name not in known:
            stems = sorted(name.removesuffix(".csv") for name in known)
            help = nearest(path.stem, stems) or f"the packs have {', '.join(stems)}"
            yield Problem(Place(str(path), 1, 1), f"none of the packs has a table `{path.stem}`", help)
