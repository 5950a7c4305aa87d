"""Groups of cases: what follows from members, held to every way in which what is unknown may turn out."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ynpolicy.cases import read_cases
from ynpolicy.documents import from_object
from ynpolicy.errors import InputError
from ynpolicy.groupings import Grouping
from ynpolicy.ir import Case
from ynpolicy.loader import load_pack
from ynpolicy.portfolio.causes import Cause, causes
from ynpolicy.portfolio.judging import Group, JudgedGrouping, PortfolioJudge
from ynpolicy.portfolio.placing import key_of
from ynpolicy.values import LARGEST, Interval, Missing, exact
from ynpolicy.verdict import Outcome

POOL: Final = Path(__file__).parent / "data" / "packs" / "pool"
DAY: Final = date(2024, 1, 1)
WITHIN, FEW, PERMIT, FALLS = "pool.within-limit", "pool.few-users", "pool.permit-within-limit", "pool.falls"

Facts = dict[str, Any]
UNKNOWN: Final = "unknown"
LIMIT: Final = 4


@lru_cache(maxsize=2)
def judge(use_forward: bool = False) -> PortfolioJudge:
    """The small pack's judge; by the reference alone where many lists are judged."""
    return PortfolioJudge(load_pack(POOL), use_forward)


def case(id: str, facts: Facts, level: str = "project") -> Case:
    raw = read_cases(from_object({"id": id, "level": level, "facts": facts}, id))[0]
    return judge().read(raw, DAY)


def judged(members: list[Facts], grouping: str, complete: bool, use_forward: bool = False) -> JudgedGrouping:
    cases = [case(f"m{n}", facts) for n, facts in enumerate(members)]
    found = judge(use_forward).judge(cases, DAY, ["project"] if complete else [], [grouping])
    return found.groupings[0]


def group(found: JudgedGrouping, key: str) -> Group:
    return next(one for one in found.groups if one.key == key)


def outcome(found: Group, norm: str) -> Outcome:
    return next(finding.outcome for finding in found.verdict.findings if finding.norm.id == norm)


def cause(found: Group, norm: str, fact: str) -> Cause:
    finding = next(finding for finding in found.verdict.findings if finding.norm.id == norm)
    return next(one for one in causes(judge().pack, found, finding) if one.fact == fact)


# ---------------------------------------------------------------- every completion

DOMAINS: Final[dict[str, tuple[Any, ...]]] = {
    "take.pool": ("a", "b"),
    "take.counted": (True, False),
    "take.amount": (0, 1, 2, 3),
}
ANSWERS: Final[dict[str, tuple[Any, ...]]] = {
    "take.pool": ("a", "b", UNKNOWN),
    "take.counted": (True, True, False, UNKNOWN),
    "take.amount": (0, 1, 2, 3, UNKNOWN, {"at_least": 1, "at_most": 2}),
}
members = st.lists(
    st.fixed_dictionaries({name: st.sampled_from(answers) for name, answers in ANSWERS.items()}), max_size=4
)


def completions(facts: Facts) -> list[Facts]:
    """Every way in which what is unknown of a member may turn out."""
    choices = []
    for name, answer in facts.items():
        if answer == UNKNOWN:
            choices.append(DOMAINS[name])
        elif isinstance(answer, dict):
            choices.append((answer["at_least"], answer["at_most"]))
        else:
            choices.append((answer,))
    return [dict(zip(facts, values, strict=True)) for values in product(*choices)]


def worlds(drawn: list[Facts], complete: bool) -> list[tuple[int, int]]:
    """What pool `a` gives out, and to how many, in every completion; with one member that nobody listed, if there may
    be one. Computed without the library."""
    extra: list[Facts] = [] if complete else [dict.fromkeys(DOMAINS, UNKNOWN)]
    found = {(0, 0)}
    for facts in (*drawn, *extra):
        found = {
            (total + (one["take.amount"] if counts else 0), users + counts)
            for total, users in found
            for one in completions(facts)
            for counts in [one["take.counted"] and one["take.pool"] == "a"]
        }
    return sorted(found)


@given(members, st.booleans())
def test_what_is_gathered_holds_in_every_completion(drawn: list[Facts], complete: bool) -> None:
    """A sum and a count lie within their bounds however the unknown turns out; a complete list meets the bounds."""
    found = group(judged(drawn, "pool", complete), "a").reckoned
    used, users = found["pool.used"].value, found["pool.users"].value
    assert isinstance(used, Interval)
    assert isinstance(users, Interval)
    totals, counts = zip(*worlds(drawn, complete), strict=True)
    assert used.lo <= min(totals) <= max(totals) <= used.hi
    assert users.lo <= min(counts) <= max(counts) <= users.hi
    assert used.lo == min(totals)
    if complete:
        assert (used.hi, users.lo, users.hi) == (max(totals), min(counts), max(counts))
    else:
        assert used.hi == users.hi == LARGEST


@given(members, st.booleans())
def test_a_determined_outcome_is_that_of_every_completion(drawn: list[Facts], complete: bool) -> None:
    """Complied or violated is said only where every completion says the same; undetermined only where they differ."""
    stated = [facts | {"take.limit": LIMIT} for facts in drawn]
    found = group(judged(stated, "pool", complete), "a")
    if found.reckoned["pool.limit"].value is None:
        assert outcome(found, WITHIN) is Outcome.UNDETERMINED
        return
    for norm, met in ((WITHIN, lambda total, _: total <= LIMIT), (FEW, lambda _, users: users <= 2)):
        truths = {met(*world) for world in worlds(drawn, complete)}
        wanted = {True: Outcome.COMPLIED, False: Outcome.VIOLATED}
        said = outcome(found, norm)
        if complete:
            assert said is (wanted[truths.pop()] if len(truths) == 1 else Outcome.UNDETERMINED)
        elif said is not Outcome.UNDETERMINED:
            assert truths == {said is Outcome.COMPLIED}


@given(members, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_members_changes_nothing(drawn: list[Facts], complete: bool, random: Any) -> None:
    """Groups, bounds and outcomes are those of the set of members."""
    shuffled = list(drawn)
    random.shuffle(shuffled)
    one, other = judged(drawn, "pool", complete), judged(shuffled, "pool", complete)
    for key in ("a", "b"):
        first, second = group(one, key), group(other, key)
        assert {n: r.value for n, r in first.reckoned.items()} == {n: r.value for n, r in second.reckoned.items()}
        assert [f.outcome for f in first.verdict.findings] == [f.outcome for f in second.verdict.findings]


@given(members, st.sampled_from([0, 1, 2, 3]))
def test_splitting_a_member_changes_no_sum(drawn: list[Facts], part: int) -> None:
    """Two members with the parts of an amount make the sum of one with the whole."""
    whole = {"take.pool": "a", "take.counted": True, "take.amount": 3}
    parts = [whole | {"take.amount": part}, whole | {"take.amount": 3 - part}]
    one = group(judged([*drawn, whole], "pool", True), "a").reckoned["pool.used"].value
    two = group(judged([*drawn, *parts], "pool", True), "a").reckoned["pool.used"].value
    assert one == two


@given(members, members, st.booleans())
def test_a_further_member_never_mends_a_breach(drawn: list[Facts], more: list[Facts], complete: bool) -> None:
    """What part of a list breaks, the longer list breaks, and a list that is not declared complete mends nothing."""
    stated = [facts | {"take.limit": LIMIT} for facts in drawn]
    longer = [*stated, *(facts | {"take.limit": LIMIT} for facts in more)]
    for norm in (WITHIN, FEW):
        if outcome(group(judged(stated, "pool", complete), "a"), norm) is Outcome.VIOLATED:
            assert outcome(group(judged(longer, "pool", complete), "a"), norm) is Outcome.VIOLATED
            assert outcome(group(judged(stated, "pool", False), "a"), norm) is Outcome.VIOLATED


sure_members = st.lists(st.sampled_from([0, 1, 2, 3]), min_size=2, max_size=6).map(
    lambda amounts: [{"take.pool": "a", "take.counted": True, "take.amount": amount} for amount in amounts]
)


@given(sure_members, members, st.booleans())
def test_the_members_that_suffice_do_and_no_fewer_do(sure: list[Facts], drawn: list[Facts], complete: bool) -> None:
    """The members named as enough break the limit by themselves; no choice of fewer members does."""
    stated = [facts | {"take.limit": LIMIT} for facts in (*sure, *drawn)]
    found = group(judged(stated, "pool", complete), "a")
    if outcome(found, WITHIN) is not Outcome.VIOLATED:
        return
    told = cause(found, WITHIN, "pool.used")
    sizes = [share.value.lo for share in told.counted if isinstance(share.value, Interval)]
    if told.enough == 0:
        assert sum(sizes) <= LIMIT
        return
    assert sum(sizes[: told.enough]) > LIMIT
    assert sum(sorted(sizes, reverse=True)[: told.enough - 1]) <= LIMIT


@pytest.mark.forward
@given(members, st.booleans())
def test_both_engines_judge_a_group_alike(drawn: list[Facts], complete: bool) -> None:
    """A group with bounds that are open is judged by reference and forward engine; a difference would be an error."""
    stated = [facts | {"take.limit": LIMIT} for facts in drawn]
    for grouping in ("pool", "permit"):
        judged(stated, grouping, complete, use_forward=True)


PARTLY: Final = {"includes": ["a"], "complete": False}
watchers = st.lists(
    st.fixed_dictionaries(
        {
            "take.pools": st.sampled_from([["a"], ["b"], ["a", "b"], [], PARTLY, UNKNOWN]),
            "take.counted": st.sampled_from([True, False, UNKNOWN]),
        }
    ),
    max_size=3,
)


@given(watchers, st.booleans())
def test_whether_there_is_one_is_known_where_every_completion_agrees(drawn: list[Facts], complete: bool) -> None:
    """Of a complete list it is known exactly where all completions agree; of another one, only that there is one."""
    sets: dict[str, tuple[list[str], ...]] = {UNKNOWN: ([], ["a"], ["b"], ["a", "b"]), str(PARTLY): (["a"], ["a", "b"])}
    found = group(judged(drawn, "watch", complete), "b").reckoned["pool.watched"].value
    truths = set()
    for world in product(
        *(
            product(
                sets.get(str(one["take.pools"]), (one["take.pools"],)),
                (True, False) if one["take.counted"] == UNKNOWN else (one["take.counted"],),
            )
            for one in drawn
        )
    ):
        truths.add(any("b" in pools and not counted for pools, counted in world))
    if complete:
        assert found is (truths.pop() if len(truths) == 1 else None)
    else:
        assert found is (True if truths == {True} else None)


dated = st.lists(
    st.fixed_dictionaries(
        {
            "take.day": st.sampled_from(["2021-03-01", "2022-03-01", "2023-03-01", UNKNOWN]),
            "take.counted": st.sampled_from([True, True, UNKNOWN]),
            "take.amount": st.sampled_from([0, 1, 2, 3, UNKNOWN]),
        }
    ),
    max_size=4,
)


@given(dated, st.booleans())
def test_a_fall_from_year_to_year_is_that_of_every_completion(drawn: list[Facts], complete: bool) -> None:
    """Where a year is said to fall or not to, it does or does not in every completion; the first year is never said."""
    days = {"2021-03-01": 2021, "2022-03-01": 2022, "2023-03-01": 2023}
    found = judged(drawn, "year", complete)
    listed = [int(one.key) for one in found.groups]
    for one in found.groups:
        said, year = outcome(one, FALLS), int(one.key)
        if year == min(listed) or not complete:
            assert said is Outcome.UNDETERMINED
            continue
        sums = {(0, 0)}
        for facts in drawn:
            years = [days[facts["take.day"]]] if facts["take.day"] != UNKNOWN else [2020, 2021, 2022, 2023]
            amounts = [facts["take.amount"]] if facts["take.amount"] != UNKNOWN else [0, 3]
            counts = [True] if facts["take.counted"] is True else [True, False]
            gives = [(when, amount * counted) for when, amount, counted in product(years, amounts, counts)]
            sums = {
                (now + amount * (when == year), then + amount * (when == year - 1))
                for now, then in sums
                for when, amount in gives
            }
        truths = {now < then for now, then in sums}
        if said is not Outcome.UNDETERMINED:
            assert truths == {said is Outcome.COMPLIED}


# ---------------------------------------------------------------- keys


def test_a_permit_is_known_by_what_it_says_not_by_how_it_is_typed() -> None:
    """Full-width letters, capitals and spaces make no other permit."""
    assert key_of(" Ｐ－１  甲") == key_of("p-1 甲")
    drawn = [
        {"take.permit": "P-1", "take.counted": True, "take.amount": 3, "take.limit": 4},
        {"take.permit": "ｐ－１", "take.counted": True, "take.amount": 2},
    ]
    found = judged(drawn, "permit", False)
    assert [one.title for one in found.groups] == ["P-1"]
    assert outcome(found.groups[0], PERMIT) is Outcome.VIOLATED


def test_a_member_whose_question_does_not_arise_is_none() -> None:
    """One who draws no water has no permit, and so is in no group; one of whom that is not known may be in any."""
    drawn = [
        {"take.permit": "P-1", "take.counted": True, "take.amount": 3, "take.limit": 4},
        {"take.counted": False},
        {"take.counted": False, "take.permit": "not applicable", "take.amount": "not applicable"},
        {"take.amount": 1},
    ]
    found = judged(drawn, "permit", True)
    assert [one.case.id for one in found.anywhere] == ["m3"]
    assert found.groups[0].reckoned["pool.used"].value == Interval(Fraction(3), Fraction(4))


def test_a_number_whose_question_does_not_arise_adds_nothing() -> None:
    """One who holds a permit and draws no water adds nothing; one of whom that is open adds what it may."""
    base: Facts = {"take.permit": "P-1"}
    drawn = [base | {"take.counted": True, "take.amount": 1}, base | {"take.counted": False}]
    assert judged(drawn, "permit", True).groups[0].reckoned["pool.used"].value == exact(1)
    open_too = judged([*drawn, base], "permit", True).groups[0].reckoned["pool.used"].value
    assert open_too == Interval(Fraction(1), Fraction(4))


def test_members_that_contradict_each_other_leave_a_conflict() -> None:
    """Two limits of one pool are no limit; a limit within the other's bounds is one."""
    base: Facts = {"take.pool": "a", "take.counted": True, "take.amount": 1}
    apart = group(judged([base | {"take.limit": 4}, base | {"take.limit": 5}], "pool", True), "a")
    assert apart.reckoned["pool.limit"].missing is Missing.CONFLICT
    assert apart.verdict.case.state("pool.limit") is Missing.CONFLICT
    assert outcome(apart, WITHIN) is Outcome.UNDETERMINED
    near = group(
        judged([base | {"take.limit": 4}, base | {"take.limit": {"value": 5, "accuracy": 1}}], "pool", True), "a"
    )
    assert near.reckoned["pool.limit"].value == exact(4)


def test_a_year_is_compared_with_the_one_before_and_the_first_with_none() -> None:
    """The first year of a list stays open, a year without members is zero in a complete list, and open in another."""
    drawn: list[Facts] = [
        {"take.counted": True, "take.amount": amount, "take.day": day}
        for amount, day in ((3, "2020-12-31"), (2, "2021-01-01"), (1, "2023-06-01"))
    ]
    drawn.append({"take.counted": False, "take.amount": 3, "take.day": "2021-05-01"})
    whole = judged(drawn, "year", True)
    said = {one.key: outcome(one, FALLS) for one in whole.groups}
    assert said == {
        "2020": Outcome.UNDETERMINED,
        "2021": Outcome.COMPLIED,
        "2022": Outcome.COMPLIED,
        "2023": Outcome.DEPARTED,
    }
    assert group(whole, "2020").reckoned["pool.used_before"].begins
    assert {outcome(one, FALLS) for one in judged(drawn, "year", False).groups} == {Outcome.UNDETERMINED}


def test_a_set_puts_a_member_into_each_of_its_groups() -> None:
    """A complete set names all groups of a member; an incomplete one leaves the others open."""
    watch: Facts = {"take.counted": False, "take.pools": ["a"], "take.change": -1}
    found = judged([watch], "watch", True)
    assert outcome(group(found, "a"), "pool.has-watch") is Outcome.COMPLIED
    assert outcome(group(found, "b"), "pool.has-watch") is Outcome.VIOLATED
    partly = judged([watch | {"take.pools": {"includes": ["a"], "complete": False}}], "watch", True)
    assert outcome(group(partly, "a"), "pool.has-watch") is Outcome.COMPLIED
    assert outcome(group(partly, "b"), "pool.has-watch") is Outcome.UNDETERMINED
    assert outcome(group(judged([watch], "watch", False), "b"), "pool.has-watch") is Outcome.UNDETERMINED


def test_numbers_that_may_be_negative_leave_a_list_open_on_both_sides() -> None:
    """Where a member may take away, part of a list shows nothing: the sum of all has no bound."""
    rise: Facts = {"take.counted": False, "take.pools": ["a"], "take.change": 5}
    assert outcome(group(judged([rise], "watch", True), "a"), "pool.no-rise") is Outcome.VIOLATED
    part = group(judged([rise], "watch", False), "a")
    assert part.reckoned["pool.change"].value == Interval(-LARGEST, LARGEST)
    assert outcome(part, "pool.no-rise") is Outcome.UNDETERMINED


def test_the_group_itself_may_be_listed() -> None:
    """What the group's own case states is held against its members: it narrows them, or contradicts them."""
    member = case("m0", {"take.pool": "a", "take.counted": True, "take.amount": 2})
    for stated, wanted in ((3, Outcome.COMPLIED), (1, Outcome.UNDETERMINED), (9, Outcome.VIOLATED)):
        facts = {"pool.kind": "pool", "pool.name": "a", "pool.used": stated, "pool.limit": 4}
        own = case("own", facts, "portfolio")
        found = judge().judge([member, own], DAY, [], ["pool"]).groupings[0]
        assert outcome(group(found, "a"), WITHIN) is wanted
    conflict = judge().judge([member, case("own", facts | {"pool.used": 1}, "portfolio")], DAY, [], ["pool"])
    judged_case = group(conflict.groupings[0], "a").verdict.case
    assert judged_case.state("pool.used") is Missing.CONFLICT
    assert [origin.stated for origin in judged_case.origins["pool.used"]] == ["1", "≥ 2"]


def test_a_case_that_is_listed_twice_is_refused() -> None:
    """A member that stands twice in a list would count twice."""
    one = case("m0", {"take.pool": "a", "take.counted": True, "take.amount": 2})
    with pytest.raises(InputError, match="`m0` is listed twice"):
        judge().judge([one, one], DAY)
    with pytest.raises(InputError, match="`Ｍ０ ` is listed twice"):
        judge().judge([one, evolve(one, id="Ｍ０ ")], DAY)
    for name in ("合计", "小 计：", "Total"):
        with pytest.raises(InputError, match="adds up other rows"):
            judge().judge([one, evolve(one, id=name)], DAY)
    other = evolve(one, id="合计公司")
    assert judge().judge([one, other], DAY).cases == {"project": 2}


def test_a_sum_that_cannot_be_kept_exactly_is_refused() -> None:
    """Numbers are exact up to a size; a sum beyond it is told, not rounded."""
    huge: Facts = {"take.counted": False, "take.pools": ["a"], "take.change": 9_000_000_000}
    with pytest.raises(InputError, match="beyond 9,007,199,254"):
        judged([huge, huge], "watch", True)


def test_a_grouping_knows_its_files() -> None:
    """A grouping is called by its file, and its roster is the table's rows."""
    found = judge().pack.groupings
    assert set(found) == {"permit", "pool", "watch", "year"}
    pool: Grouping = found["pool"]
    assert (pool.roster, pool.judged) == (("a", "b"), (WITHIN, FEW))
    assert found["year"].by_year
    assert found["year"].gathers_before
