"""Working days by the Chinese calendar, and the deadlines that are counted in them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from importlib import metadata
from itertools import chain, combinations, product
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.handmade import answers, case_of, decision_of, fact, norm, pack_of
from ynpolicy.errors import InputError
from ynpolicy.ir import All, Case, Compare, Condition, Deadline, FactRef, Holds, Kind, Literal, Modality, Pack
from ynpolicy.judge import Judge, JudgedVerdict
from ynpolicy.lint import lint
from ynpolicy.loader import load_pack
from ynpolicy.render import render
from ynpolicy.sufficiency.starts import turning_days
from ynpolicy.values import Missing, Value, exact
from ynpolicy.verdict import Decision, Outcome
from ynpolicy.workdays import (
    Calendar,
    CalendarNotKnown,
    calendar_version,
    deadline,
    known_calendar,
    latest_start,
    nth_workday,
)

LIBRARY = pytest.importorskip("chinese_calendar", reason="without the calendar no working day is known")
ONE_DAY = timedelta(1)


def calendar() -> Calendar:
    found = known_calendar()
    assert found is not None
    return found


CALENDAR = calendar()
KNOWN_DAYS = st.dates(CALENDAR.first, CALENDAR.last)


# ---------------------------------------------------------------- the calendar


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2022, 1, 10), 30, date(2022, 2, 24)),
        (date(2023, 9, 11), 30, date(2023, 10, 27)),
        (date(2022, 1, 28), 1, date(2022, 1, 29)),
        (date(2022, 1, 28), 2, date(2022, 1, 30)),
        (date(2022, 1, 28), 3, date(2022, 2, 7)),
        (date(2022, 1, 30), 1, date(2022, 2, 7)),
        (date(2023, 9, 28), 1, date(2023, 10, 7)),
        (date(2023, 9, 28), 2, date(2023, 10, 8)),
        (date(2023, 9, 28), 3, date(2023, 10, 9)),
    ],
)
def test_holidays_are_left_out_and_days_worked_in_their_stead_count(start: date, n: int, end: date) -> None:
    """Around Spring Festival 2022 the weekend of 29 and 30 January is worked, around National Day 2023 that of 7 and 8
    October."""
    assert nth_workday(start, n) == end


def test_the_count_begins_on_the_day_after() -> None:
    """A start on a working day is not counted; the first working day after it is the first."""
    assert nth_workday(date(2022, 3, 1), 1) == date(2022, 3, 2)
    assert nth_workday(date(2022, 3, 4), 1) == date(2022, 3, 7)


def test_a_start_on_a_holiday_counts_like_the_last_working_day_before_it() -> None:
    """From any day of the Spring Festival of 2022 the first working day is 7 February."""
    starts = [date(2022, 1, 31) + timedelta(n) for n in range(7)]
    assert {nth_workday(start, 1) for start in starts} == {date(2022, 2, 7)}


@given(KNOWN_DAYS, st.integers(1, 300))
def test_so_many_working_days_lie_up_to_the_deadline(start: date, n: int) -> None:
    """The deadline is a working day after the start, with exactly n of them from the day after it to the deadline."""
    if start == CALENDAR.last or sum(start < day for day in CALENDAR.days) < n:
        with pytest.raises(CalendarNotKnown, match=f"of {CALENDAR.last.year + 1} is"):
            nth_workday(start, n)
        return
    end = nth_workday(start, n)
    assert end in CALENDAR.days
    assert sum(start < day <= end for day in CALENDAR.days) == n


def test_the_days_are_the_library_s_own() -> None:
    """Day for day, our list of working days is what the library answers when it is asked."""
    days = (CALENDAR.first + timedelta(n) for n in range((CALENDAR.last - CALENDAR.first).days + 1))
    assert tuple(day for day in days if LIBRARY.is_workday(day)) == CALENDAR.days


@given(KNOWN_DAYS, st.integers(1, 60))
def test_the_latest_start_is_the_last_day_that_still_ends_in_time(until: date, n: int) -> None:
    """From it the n-th working day is not after the given one; from the day after it, it is, or is not known."""
    start = latest_start(until, n)
    if start is None:
        assert nth_workday(CALENDAR.first - ONE_DAY, n) > until
        return
    assert nth_workday(start, n) <= until
    try:
        assert nth_workday(start + ONE_DAY, n) > until
    except CalendarNotKnown:
        assert sum(start + ONE_DAY < day for day in CALENDAR.days) < n


@pytest.mark.parametrize(
    ("start", "n", "year"),
    [
        (CALENDAR.first - 2 * ONE_DAY, 1, CALENDAR.first.year - 1),
        (date(1990, 5, 1), 1, 1990),
        (date(1990, 5, 1), 9000, 1990),
        (CALENDAR.last, 1, CALENDAR.last.year + 1),
        (CALENDAR.last - ONE_DAY, 10, CALENDAR.last.year + 1),
        (CALENDAR.last - timedelta(300), 300, CALENDAR.last.year + 1),
        (date(2100, 5, 1), 1, 2100),
        (date(2199, 12, 31), 1, 2200),
        (date.max, 1, 9999),
    ],
)
def test_outside_the_known_years_there_is_no_answer(start: date, n: int, year: int) -> None:
    """Before the first year, after the last one, and where a count runs out of the last one, the year is named."""
    with pytest.raises(CalendarNotKnown, match=f"of {year} is not known") as caught:
        nth_workday(start, n)
    assert caught.value.year == year


def test_the_end_of_the_last_known_year_is_not_known() -> None:
    """The announcement of the year that follows may still move the days before New Year, as that of 2019 did."""
    last = CALENDAR.last
    assert (last.month, last.day) == (12, 24)
    assert nth_workday(date(2018, 12, 28), 1) == date(2018, 12, 29)
    assert nth_workday(date(2018, 12, 29), 1) == date(2019, 1, 2)


def test_a_count_below_one_is_refused() -> None:
    """There is no zeroth working day."""
    with pytest.raises(ValueError, match="begins at 1"):
        nth_workday(date(2022, 3, 1), 0)


def test_without_the_library_no_day_is_known(no_library: None) -> None:
    """Where the library is not installed every year is unknown, and nothing crashes."""
    with pytest.raises(CalendarNotKnown, match="of 2022 is not known"):
        nth_workday(date(2022, 1, 10), 30)
    assert latest_start(date(2022, 1, 10), 1) is None


def test_a_deadline_needs_every_date() -> None:
    """Counted from the latest date; nothing while one is missing or the count has no value."""
    early, late = date(2022, 1, 4), date(2022, 1, 10)
    assert deadline([early, late], exact(30)) == date(2022, 2, 24)
    assert deadline([early, None], exact(30)) is None
    assert deadline([early, late], None) is None
    assert deadline([], exact(30)) is None


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if the calendar library were not installed."""
    monkeypatch.setitem(sys.modules, "chinese_calendar", None)
    known_calendar.cache_clear()
    yield
    known_calendar.cache_clear()


# ---------------------------------------------------------------- deadlines of a pack

QUOTE = "入账后30个工作日内提出变更申请"
FILES = {
    "pack.yaml": """\
id: days
version: 1.0.0
title: {zh: 期限示例, en: Deadlines}
issuer: {zh: 示例机关, en: A sample authority}
period: [2021-01-01, 2025-12-31]
since: 2021-01-01
topics: [permit]
""",
    "facts.yaml": """\
permit.ledger_on:
  type: date
  label: {zh: 入账日期, en: day of entry}
  question: {zh: 何日入账？, en: "When was it entered?"}
  levels: [facility]
permit.finished_on:
  type: date
  label: {zh: 完工日期, en: day of completion}
  question: {zh: 何日完工？, en: "When was it completed?"}
  levels: [facility]
permit.last_day:
  type: date
  label: {zh: 申请期限, en: last day to apply}
  question: {zh: 期限是哪日？, en: "What is the last day?"}
  levels: [facility]
  derive: {working_days: change_days, after: [permit.ledger_on, permit.finished_on]}
permit.applied_on:
  type: date
  label: {zh: 申请日期, en: day of application}
  question: {zh: 何日申请？, en: "When was it applied for?"}
  levels: [facility]
""",
    "parameters.yaml": """\
change_days:
  type: number
  unit: 工作日
  label: {zh: 变更申请时限, en: days to apply}
  values:
    - {value: 30, since: 2021-01-01, clause: permit.change}
""",
    "clauses.yaml": f"""\
- id: permit.change
  section: 一
  quote: {QUOTE}
  offset: 0
  length: {len(QUOTE)}
  digest: sha256:21c405cd464025890be9573f3c9aab33636b1d811f1c64f3baa8c912f0aaa7e6
  kind: encoded
""",
    "norms/permit.yaml": """\
- id: permit.change
  title: {zh: 按期申请变更, en: Apply in time}
  explanation: {zh: 入账后30个工作日内申请。, en: Apply within 30 working days of the entry.}
  clauses: [permit.change]
  level: facility
  applies: []
  must:
    - permit.applied_on <= permit.last_day
""",
}


def write(folder: Path, **changes: tuple[str, str]) -> Path:
    """The small pack in a folder, with words replaced in some files."""
    for name, text in FILES.items():
        old, new = changes.get(name.removesuffix(".yaml"), ("", ""))
        assert old in text
        path = folder / "days" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return folder / "days"


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return load_pack(write(tmp_path))


def check(pack: Pack, as_of: str = "2024-01-01", **facts: object) -> JudgedVerdict:
    return Judge(pack).check(
        {"level": "facility", "as_of": as_of, "facts": {f"permit.{name}": value for name, value in facts.items()}}
    )


def normalised(pack: Pack, **facts: object) -> Case:
    return check(pack, **facts).case


def test_a_deadline_is_read_from_the_vocabulary(pack: Pack) -> None:
    """`derive` names the parameter that counts and the facts that it counts from."""
    assert pack.facts["permit.last_day"].derived == Deadline("change_days", ("permit.ledger_on", "permit.finished_on"))


@pytest.mark.parametrize(
    ("applied", "outcome"),
    [("2022-02-24", Outcome.COMPLIED), ("2022-02-25", Outcome.VIOLATED), (None, Outcome.UNDETERMINED)],
)
def test_an_application_is_in_time_or_a_day_late(pack: Pack, applied: str | None, outcome: Outcome) -> None:
    """Thirty working days after the later of two days, across Spring Festival 2022, end on 24 February."""
    verdict = check(pack, ledger_on="2022-01-10", finished_on="2021-12-31", applied_on=applied)
    assert verdict.case.values["permit.last_day"] == date(2022, 2, 24)
    assert verdict.findings[0].outcome is outcome
    swapped = check(pack, ledger_on="2021-12-31", finished_on="2022-01-10", applied_on=applied)
    assert swapped.findings[0].outcome is outcome


def test_reports_say_how_a_deadline_was_counted(pack: Pack) -> None:
    """Beside the deadline stand the count and the dates from which it runs."""
    verdict = check(pack, ledger_on="2022-01-10", finished_on="2021-12-31", applied_on="2022-02-25")
    zh, en = (" ".join(render(verdict, pack, "md", lang).split()) for lang in ("zh", "en"))
    assert "自入账日期、完工日期中最晚一日的次日起算的第30个工作日" in zh
    assert "working day 30 after the latest of day of entry, day of completion" in en


@pytest.mark.parametrize("form", ["text", "md", "html"])
def test_a_year_without_a_calendar_leaves_the_finding_open_and_the_report_says_so(pack: Pack, form: str) -> None:
    """The deadline is unknown, the norm undetermined, and the year is named in both languages."""
    verdict = check(pack, ledger_on="2036-01-10", finished_on="2021-12-31", applied_on="2036-01-11")
    assert verdict.case.state("permit.last_day") is Missing.UNKNOWN
    assert verdict.findings[0].outcome is Outcome.UNDETERMINED
    assert verdict.decision is Decision.UNDETERMINED
    assert verdict.missing == ("permit.last_day",)
    assert verdict.missing_sets == (("permit.last_day",),)
    zh, en = (" ".join(re.sub("<[^>]*>", "", render(verdict, pack, form, lang)).split()) for lang in ("zh", "en"))
    assert "2036年的工作日历未知" in zh.replace(" ", "")
    assert "the working-day calendar of 2036 is not known" in en
    operand = verdict.to_dict()["findings"][0]["trace"][-1]["items"][0]["operands"][1]
    assert operand["origins"] == [{"derived": "permit.ledger_on, permit.finished_on", "calendar": "2036"}]


def test_without_the_library_a_verdict_is_undetermined(pack: Pack, no_library: None) -> None:
    """A machine without the calendar gets the honest answer, for any year."""
    verdict = check(pack, ledger_on="2022-01-10", finished_on="2021-12-31", applied_on="2022-01-11")
    assert verdict.findings[0].outcome is Outcome.UNDETERMINED
    assert "2022年的工作日历未知" in render(verdict, pack, "md", "zh")


def test_a_window_that_runs_into_an_unknown_year_is_not_known(pack: Pack) -> None:
    """An entry in the last known December has its deadline in a year that is not known."""
    entry = CALENDAR.last - timedelta(10)
    verdict = check(pack, ledger_on=entry.isoformat(), finished_on="2021-12-31", applied_on=entry.isoformat())
    assert verdict.case.origins["permit.last_day"][0].calendar == str(entry.year + 1)
    assert verdict.findings[0].outcome is Outcome.UNDETERMINED


def test_a_deadline_is_absent_while_a_date_is_missing(pack: Pack) -> None:
    """One date of two is not enough, whichever state the other is in."""
    assert normalised(pack, ledger_on="2022-01-10").state("permit.last_day") is Missing.ABSENT
    assert normalised(pack, ledger_on="2022-01-10", finished_on="未知").state("permit.last_day") is Missing.ABSENT


def test_a_stated_deadline_is_compared_with_the_count(pack: Pack) -> None:
    """The same day stands, another one is a conflict; `unknown` gives way; where nothing can be counted it stands."""
    days = {"ledger_on": "2022-01-10", "finished_on": "2021-12-31"}
    assert normalised(pack, **days, last_day="2022-02-24").values["permit.last_day"] == date(2022, 2, 24)
    assert normalised(pack, **days, last_day="2022-02-25").state("permit.last_day") is Missing.CONFLICT
    assert normalised(pack, **days, last_day="未知").values["permit.last_day"] == date(2022, 2, 24)
    far = normalised(pack, ledger_on="2036-01-10", finished_on="2021-12-31", last_day="2036-03-03")
    assert far.values["permit.last_day"] == date(2036, 3, 3)
    open_far = normalised(pack, ledger_on="2036-01-10", finished_on="2021-12-31", last_day="未知")
    assert [origin.calendar for origin in open_far.origins["permit.last_day"]] == ["", "2036"]


def test_the_count_is_read_at_the_as_of_date(tmp_path: Path) -> None:
    """Before the parameter holds, or while it is unverified, the deadline is absent; a new value counts anew."""
    days = {"ledger_on": "2022-01-10", "finished_on": "2021-12-31"}
    old = "- {value: 30, since: 2021-01-01, clause: permit.change}"
    dated = "- {value: 30, until: 2022-12-31, clause: permit.change}\n    - {value: 1, since: 2023-01-01, clause: c}"
    pack = load_pack(write(tmp_path / "dated", parameters=(old, dated)))
    assert check(pack, "2022-12-31", **days).case.values["permit.last_day"] == date(2022, 2, 24)
    assert check(pack, "2023-01-01", **days).case.values["permit.last_day"] == date(2022, 1, 11)
    open_value = "- {status: unverified, source: 附件, note: {zh: 查, en: look it up}}"
    unverified = load_pack(write(tmp_path / "open", parameters=(old, open_value)))
    assert check(unverified, **days).case.state("permit.last_day") is Missing.ABSENT


DERIVE = "{working_days: change_days, after: [permit.ledger_on, permit.finished_on]}"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("facts", DERIVE, "{working_days: change_day, after: [permit.ledger_on]}", "unknown parameter `change_day`"),
        ("facts", DERIVE, "{working_days: change_days, after: [permit.ledger]}", "unknown fact `permit.ledger`"),
        ("facts", DERIVE, "{working_days: change_days, after: [permit.applied_on]}", "stands before"),
        ("facts", DERIVE, "{working_days: change_days}", "has no `after`"),
        ("facts", DERIVE, "{after: [permit.ledger_on]}", "has no `working_days`"),
        ("facts", DERIVE, "{working_days: change_days, after: []}", "`after` names no fact"),
        ("facts", DERIVE, "{working_days: change_days, after: permit.ledger_on, sum: [a.b]}", "does not go with"),
        ("facts", "type: date\n  label: {zh: 完工", "type: text\n  label: {zh: 完工", "is a text, not a date"),
        ("facts", "type: date\n  label: {zh: 申请期", "type: text\n  label: {zh: 申请期", "is a text, not a date"),
        ("parameters", "工作日", "d", "is not a number of working days"),
        ("parameters", "value: 30", "value: 1.5", "is not a whole number of working days"),
        ("parameters", "value: 30", "value: 0", "is not a whole number of working days"),
    ],
)
def test_what_a_deadline_names_is_checked(tmp_path: Path, file: str, old: str, new: str, message: str) -> None:
    """Names that do not exist, wrong types and counts that are no count are problems with a place."""
    with pytest.raises(InputError) as caught:
        load_pack(write(tmp_path, **{file: (old, new)}))
    found = [problem for problem in caught.value.problems if message in problem.message]
    assert found
    assert found[0].place.line > 0


def test_lint_takes_what_a_deadline_counts_by_for_used(pack: Pack, tmp_path: Path) -> None:
    """Neither its parameter nor its dates are leftovers; a day on which the parameter has no value is a gap."""
    messages = [problem.message for problem in lint(Judge(pack))]
    assert not [message for message in messages if "no condition reads" in message]
    assert not [message for message in messages if "has no value" in message]
    late = load_pack(write(tmp_path / "late", parameters=("since: 2021-01-01", "since: 2022-01-01")))
    assert [problem for problem in lint(Judge(late)) if "`change_days` has no value" in problem.message]


# ---------------------------------------------------------------- what to ask for

N = 2
NEAR_THE_END = [CALENDAR.last + timedelta(n) for n in (-6, -5, -4, -3, -2, -1, 0, 2)]
FAR = date(2050, 1, 1)
NEW_YEAR = [date(2018, 12, 28) + timedelta(n) for n in range(7)]
DATES = ("d.one", "d.two", "d.last", "d.other")
FACTS = (
    fact("d.one", Kind.DATE),
    fact("d.two", Kind.DATE),
    fact("d.last", Kind.DATE, derived=Deadline("count", ("d.one", "d.two"))),
    fact("d.other", Kind.DATE),
    fact("b.one"),
)
"""A deadline that is counted from two days, another day, and something else."""


@st.composite
def date_lines(draw: st.DrawFn, days: list[date]) -> Condition:
    """A comparison of two days, one of which may be fixed, or the other question."""
    left = FactRef(draw(st.sampled_from(DATES)))
    right = draw(st.one_of(st.sampled_from(DATES).map(FactRef), st.sampled_from(days[1:-2]).map(Literal)))
    order = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
    return draw(st.sampled_from([Holds(FactRef("b.one")), *3 * [Compare(order, left, right)]]))


@st.composite
def dated(draw: st.DrawFn, most_open: int) -> tuple[Pack, Case, list[date]]:
    """A pack of up to three duties about days, a case as the normaliser leaves it, and days that matter."""
    days = draw(st.sampled_from([NEAR_THE_END, NEW_YEAR]))
    lines = date_lines(days)
    norms = [
        norm(
            f"norm-{index}",
            draw(st.sampled_from([Modality.MUST, Modality.MUST_NOT])),
            All((draw(lines),)),
            All(tuple(draw(st.lists(lines, max_size=1)))),
        )
        for index in range(draw(st.integers(1, 3)))
    ]
    pack = pack_of(FACTS, norms)
    open_facts = draw(st.sets(st.sampled_from([f.name for f in FACTS]), max_size=most_open))
    values: dict[str, Value] = {name: draw(st.sampled_from(days)) for name in DATES if name not in open_facts}
    if "b.one" not in open_facts:
        values["b.one"] = True
    assume(fits(values))
    return pack, case_of(with_deadline(values), parameters={"count": exact(N)}), days


def counted(values: Mapping[str, Value]) -> date | None:
    try:
        return deadline([values.get("d.one"), values.get("d.two")], exact(N))
    except CalendarNotKnown:
        return None


def fits(values: Mapping[str, Value]) -> bool:
    """Whether a stated deadline, if there is one, is the one that is counted, if one can be."""
    found = counted(values)
    return found is None or values.get("d.last", found) == found


def with_deadline(values: Mapping[str, Value]) -> dict[str, Value]:
    found = counted(values)
    return {**values, **({"d.last": found} if found else {})}


def settled(pack: Pack, case: Case, names: Iterable[str], days: list[date]) -> Iterator[bool]:
    """Whether the decision is determined, for every assignment to the facts that can be."""
    ordered = sorted(names)
    wide = [*(days[0] - timedelta(n) for n in range(4, 0, -1)), *days, days[-1] + timedelta(9), FAR]
    grids = [(True, False) if name == "b.one" else wide for name in ordered]
    for chosen in product(*grids):
        known = dict(case.values) | dict(zip(ordered, chosen, strict=True))
        if fits(known):
            yield decision_of(pack, evolve(case, values=with_deadline(known))) is not Decision.UNDETERMINED


def open_facts(case: Case) -> list[str]:
    return [f.name for f in FACTS if f.name not in case.values]


@given(KNOWN_DAYS, st.integers(1, 40), st.integers(-90, 30))
def test_a_start_beside_which_a_deadline_compares_otherwise_is_a_turning_day(day: date, n: int, shift: int) -> None:
    """Before, on, after a day, or not known: where that changes from one start to the next, the first is given."""
    starts = {CALENDAR.first - 2 * ONE_DAY, CALENDAR.first, CALENDAR.last, day + timedelta(shift)}
    starts |= {*turning_days([day], n)}
    for start in {near + step * ONE_DAY for near in starts for step in (-1, 0, 1)}:
        if side(start, n, day) != side(start + ONE_DAY, n, day):
            assert start in turning_days([day], n)


def side(start: date, n: int, day: date) -> int | None:
    try:
        end = nth_workday(start, n)
    except CalendarNotKnown:
        return None
    return (end > day) - (end < day)


@given(dated(3))
def test_missing_sets_with_a_deadline_are_the_minimal_sets_that_settle(both: tuple[Pack, Case, list[date]]) -> None:
    """By brute force: where the search says so, every set settles, no subset does, and none is left out.

    A deadline takes its counted day once its dates are known, and only where the calendar knows the year.
    """
    pack, case, days = both
    assume(decision_of(pack, case) is Decision.UNDETERMINED)
    assume(answers(pack, case).proved)
    minimal: list[frozenset[str]] = []
    names = open_facts(case)
    for some in map(frozenset, chain.from_iterable(combinations(names, n) for n in range(len(names) + 1))):
        if not any(known <= some for known in minimal) and all(settled(pack, case, some, days)):
            minimal.append(some)
    found = answers(pack, case)
    assert {frozenset(names) for names in found.missing_sets} == set(minimal)


@given(dated(4))
def test_ask_first_with_a_deadline_names_each_fact_of_which_some_value_settles(
    both: tuple[Pack, Case, list[date]],
) -> None:
    """The dates from which a deadline is counted are among them, where the deadline settles the decision."""
    pack, case, days = both
    assume(decision_of(pack, case) is Decision.UNDETERMINED)
    expected = {name for name in open_facts(case) if any(settled(pack, case, [name], days))}
    assert set(answers(pack, case).ask_first) == expected


# ---------------------------------------------------------------- the receipt


def test_the_receipt_names_the_calendar_that_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict says in every form which version of the calendar was at hand, and says so where there was none."""
    pack = pack_of((fact("site.built"),), (norm("n", Modality.MUST, All((Holds(FactRef("site.built")),))),))
    raw = {"level": "project", "as_of": "2022-05-01", "facts": {"site.built": True}}
    verdict = Judge(pack, use_forward=False).check(raw)
    assert verdict.receipt.calendar == f"chinesecalendar {LIBRARY.__version__}"
    assert verdict.to_dict()["receipt"]["calendar"] == verdict.receipt.calendar
    assert f"工作日历：{verdict.receipt.calendar}" in render(verdict, pack)

    def gone(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    calendar_version.cache_clear()
    monkeypatch.setattr(metadata, "version", gone)
    without = Judge(pack, use_forward=False).check(raw)
    calendar_version.cache_clear()
    assert without.receipt.calendar == ""
    assert "working-day calendar: not installed" in render(without, pack, lang="en")
