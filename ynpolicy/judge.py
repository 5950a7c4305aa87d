"""A case to a verdict: normalise, judge by the reference and by the forward engine, compare, and sign a receipt."""

from __future__ import annotations

import hashlib
import platform
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from ynpolicy import semantics
from ynpolicy.answers import read_date
from ynpolicy.cases import CaseFile, RawCase, read_cases
from ynpolicy.choices import choose
from ynpolicy.engines import forward
from ynpolicy.errors import EngineDisagreement, InputError, Place, Problem
from ynpolicy.ir import Case, FactType, Norm, Pack
from ynpolicy.loader import load_pack
from ynpolicy.location import Location
from ynpolicy.normalise import ALONE, Beside, normalise
from ynpolicy.sufficiency import sufficiency
from ynpolicy.verdict import GRAVEST_FIRST, Decision, Finding, Outcome, Receipt, Sufficiency, Verdict, decide
from ynpolicy.version import __version__
from ynpolicy.workdays import calendar_version

if TYPE_CHECKING:
    from ynpolicy.geo.atlas import Atlas, Layers

_WORKBOOKS: Final = (".xlsx", ".xlsm", ".xls")


@frozen
class JudgedVerdict(Verdict):
    """A verdict together with the pack under which it was reached."""

    pack: Pack = field(kw_only=True, eq=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The verdict as plain data for JSON: schema `ynpolicy.verdict/1`."""
        from ynpolicy.schemas import verdict_to_dict

        return verdict_to_dict(self, self.pack)


class Judge:
    """A pack, ready to judge cases; safe to use from several threads and after a fork.

    With `use_forward` (the default) every verdict is computed twice, by the reference and by the forward engine; where
    durable_rules cannot be imported, the reference judges alone and the receipt says so. Sites that cases give are
    measured against `layers`, and against those that a case names itself.
    """

    def __init__(self, pack: Pack, use_forward: bool = True, layers: Layers | None = None) -> None:
        self.pack = pack
        self.layers = layers
        self.use_forward = use_forward and forward.AVAILABLE
        self._engines: dict[str, forward.ForwardEngine] = {}
        self._atlas: Atlas | None = None
        self._lock = threading.Lock()
        ledger = "\n".join(f"{clause.id} {clause.digest}" for clause in pack.clauses.values())
        self._clauses_digest = "sha256:" + hashlib.sha256(ledger.encode()).hexdigest()

    @property
    def norms(self) -> Mapping[str, Norm]:
        return self.pack.norms

    @property
    def facts(self) -> Mapping[str, FactType]:
        return self.pack.facts

    def under(self, readings: Mapping[str, str]) -> Judge:
        """A judge of the same pack with other options of its readings chosen. Raises `InputError`."""
        return Judge(choose(self.pack, readings), self.use_forward, self.layers)

    def check(self, case: object, as_of: date | str | None = None) -> JudgedVerdict:
        """The verdict on one case: a path (YAML, JSON, or an Excel form), plain Python data, or a `RawCase`.

        `as_of` (a date, or its text) goes before the date that the case itself gives.

        Raises `InputError` with every problem of the input, and `EngineDisagreement` instead of a verdict when the two
        engines differ.
        """
        cases = self._read(case, as_of)
        if len(cases) != 1:
            message = f"this is a dossier of {len(cases)} cases"
            raise InputError([Problem(cases[0].place, message, "use `check_all` for a dossier")])
        return self.judge(cases[0])

    def check_all(self, source: object, as_of: date | str | None = None) -> tuple[JudgedVerdict, ...]:
        """The verdicts on a case or on all linked cases of a dossier, the gravest first.

        Raises as `check` does; the problems of all cases come together.
        """
        return gravest_first(self.check_each(source, as_of))

    def check_each(
        self, source: object, as_of: date | str | None = None, located: Sequence[Location | None] = ()
    ) -> tuple[JudgedVerdict, ...]:
        """The verdicts on a case or on all linked cases of a dossier, in the order in which they are written.

        `located` is what geometry once found of their sites, one entry a case, where that is to count. Raises as
        `check` does; the problems of all cases come together.
        """
        return tuple([self.judge(case) for case in self._read(source, as_of, located)])

    def _read(self, source: object, as_of: date | str | None, located: Sequence[Location | None] = ()) -> list[Case]:
        cases: list[Case] = []
        problems: list[Problem] = []
        day = as_of_day(as_of)
        for raw, location in zip(raw_cases(source, problems), chain(located, repeat(None)), strict=False):
            try:
                cases.append(self.read(raw, day, location=location))
            except InputError as error:
                known = {problem.place for problem in problems}
                problems.extend(problem for problem in error.problems if problem.place not in known)
        if problems:
            raise InputError(problems)
        return cases

    def read(
        self, raw: RawCase, as_of: date | None = None, beside: Beside = ALONE, location: Location | None = None
    ) -> Case:
        """The case that a raw case states, its site measured where it gives one; `beside` is as in `normalise`.

        With a `location`, what geometry once found of the site, nothing is measured. Raises `InputError`.
        """
        problems: list[Problem] = []
        if location is None and raw.location is not None:
            location = self._measured().locate_case(raw, as_of or _written_day(raw), problems)
        try:
            case = normalise(self.pack, raw, as_of, location, beside)
        except InputError as error:
            problems += error.problems
        if problems:
            raise InputError(problems)
        return case

    def _measured(self) -> Atlas:
        with self._lock:
            if self._atlas is None:
                self._atlas = atlas_of(self.pack, self.layers)
            return self._atlas

    def judge(self, case: Case, advise: bool = True) -> JudgedVerdict:
        """The verdict on a normalised case; without `advise`, what to ask for and what to change are left out.

        Raises `EngineDisagreement`.
        """
        findings = semantics.judge(self.pack, case)
        inside = semantics.territory(self.pack, case).truth
        decision = decide(((finding.norm.modality, finding.outcome) for finding in findings), inside)
        if self.use_forward:
            self._compare(case, findings, decision)
        lacking = (fact for finding in findings if finding.outcome is Outcome.UNDETERMINED for fact in finding.missing)
        advice = Sufficiency()
        if advise and decision not in (Decision.IN_ORDER, Decision.NOT_JUDGED):
            advice = sufficiency(self.pack, case, decision, findings)
        return JudgedVerdict(
            case=case,
            decision=decision,
            findings=findings,
            missing=tuple(dict.fromkeys(lacking)),
            receipt=self._receipt(case),
            sufficiency=advice,
            after_period=case.as_of > self.pack.period[1],
            pack=self.pack,
        )

    def _compare(self, case: Case, findings: tuple[Finding, ...], decision: Decision) -> None:
        result = self._engine(case.level).judge(case)
        for finding in findings:
            ruling = result.outcomes.get(finding.norm.id)
            own = (finding.outcome, finding.exemption, finding.not_yet_due)
            other = (ruling.outcome, ruling.exemption, ruling.not_yet_due) if ruling else None
            if own != other:
                texts = (" ".join(filter(None, (o[0].value, o[1]))) if o else "nothing" for o in (own, other))
                raise EngineDisagreement(finding.norm.id, case.digest, *texts)
        if result.decision is not decision:
            raise EngineDisagreement("the decision", case.digest, decision.value, result.decision.value)

    def _engine(self, level: str) -> forward.ForwardEngine:
        with self._lock:
            if level not in self._engines:
                self._engines[level] = forward.ForwardEngine(self.pack, level)
            return self._engines[level]

    def _receipt(self, case: Case) -> Receipt:
        engines: tuple[str, ...] = (f"reference {__version__}",)
        if self.use_forward:
            engines += (f"forward (durable_rules {forward.version()})",)
        return Receipt(
            pack=self.pack.id,
            pack_version=self.pack.version,
            pack_digest=self.pack.digest,
            clauses_digest=self._clauses_digest,
            text_digest=self.pack.text_digest,
            case_digest=case.digest,
            as_of=case.as_of,
            library=f"ynpolicy {__version__}",
            engines=engines,
            judged_at=datetime.now(UTC).isoformat(timespec="seconds"),
            readings=self.pack.chosen,
            tables=self.pack.laid,
            layers=tuple(f"{used.title} {used.digest}" for used in (case.location.layers if case.location else ())),
            calendar=calendar_version(),
            python=f"{platform.python_implementation()} {platform.python_version()}",
        )


def raw_cases(source: object, problems: list[Problem]) -> tuple[RawCase, ...]:
    """The cases that a source states, as written: a path, a `CaseFile`, plain Python data, or a `RawCase`.

    What is wrong with single parts is added to `problems`. Raises `InputError` where nothing can be read.
    """
    if isinstance(source, RawCase):
        return (source,)
    if isinstance(source, str):
        source = Path(source)
    if isinstance(source, (Path, CaseFile)):
        name = source.name if isinstance(source, CaseFile) else str(source)
        if Path(name).suffix.lower() in _WORKBOOKS:
            from ynpolicy.tables import read_form

            content = source.content if isinstance(source, CaseFile) else None
            source = read_form(name, problems=problems, content=content)
    return read_cases(source, problems=problems)


def as_of_day(as_of: date | str | None) -> date | None:
    """An as-of date given as a date, as its text, or not at all. Raises `InputError`."""
    if not isinstance(as_of, str):
        return as_of
    try:
        return read_date(as_of)
    except ValueError as error:
        raise InputError([Problem(Place("as_of"), str(error), "write it as 2022-05-01")]) from None


def gravest_first(verdicts: Iterable[JudgedVerdict]) -> tuple[JudgedVerdict, ...]:
    """Verdicts with the gravest decision on top; equals keep their order."""
    return tuple(sorted(verdicts, key=lambda verdict: GRAVEST_FIRST.index(verdict.decision)))


def load(
    name: str | Path,
    use_forward: bool = True,
    readings: Mapping[str, str] | None = None,
    tables: str | Path | None = None,
    rivers: Sequence[str | Path] = (),
    boundaries: Sequence[str | Path] = (),
) -> Judge:
    """A pack by the name it comes with (`yunnan-14fyp`) or by its folder, ready to judge. Raises `InputError`.

    `readings` chooses other options of its readings than the pack takes: `{"lanping-ratio": "equal"}`.
    `tables` is a folder of tables of the user's own, whose rows lie over the pack's. `rivers` and `boundaries` are
    files that describe layers of geodata, against which the sites of cases are measured (needs the extra `geo`).
    """
    pack = choose(load_pack(name, tables), readings or {})
    return Judge(pack, use_forward, load_layers(rivers, boundaries, pack))


def load_layers(rivers: Sequence[str | Path], boundaries: Sequence[str | Path], *packs: Pack) -> Layers | None:
    """Layers of geodata for the facts of some packs; None where no file is named. Raises `InputError`."""
    if not rivers and not boundaries:
        return None
    with _geometry():
        from ynpolicy.geo.atlas import read_layers, systems_of
    problems: list[Problem] = []
    layers = read_layers(rivers, boundaries, systems_of(*packs), problems)
    if problems:
        raise InputError(problems)
    return layers


def atlas_of(pack: Pack, layers: Layers | None) -> Atlas:
    """Layers, ready for the facts of a pack. Raises `InputError` where the extra `geo` is not installed."""
    with _geometry():
        from ynpolicy.geo.atlas import Atlas, Layers
    return Atlas(pack, layers or Layers())


@contextmanager
def _geometry() -> Iterator[None]:
    """Names the extra where one of its libraries is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("ynpolicy"):
            raise
        message = f"sites are measured with `{error.name}`, which is not installed"
        raise InputError([Problem(Place("location"), message, "run `pip install 'ynpolicy[geo]'`")]) from None


def _written_day(raw: RawCase) -> date | None:
    """The as-of date that a case gives; None where it gives none that can be read."""
    try:
        return read_date(raw.as_of.text) if raw.as_of is not None else None
    except ValueError:
        return None
