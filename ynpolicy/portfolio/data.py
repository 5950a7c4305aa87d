"""What a pack says of a portfolio as plain data for JSON: the schema `ynpolicy.portfolio/1`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ynpolicy.ir import Case, Text
from ynpolicy.portfolio.causes import Cause, causes
from ynpolicy.portfolio.gathering import Reckoned, Share
from ynpolicy.portfolio.judging import Group, JudgedGrouping, Portfolio
from ynpolicy.portfolio.placing import Placed
from ynpolicy.schemas import value_to_json, verdict_to_dict
from ynpolicy.schemas_portfolio import PORTFOLIO_SCHEMA
from ynpolicy.values import LARGEST, Interval, number_text


def portfolio_to_dict(found: Portfolio) -> dict[str, Any]:
    """The portfolio's verdicts, and of each finding the members that caused it.

    Members are listed once a group; causes call them by level and id.
    """
    pack = found.pack
    return {
        "schema": PORTFOLIO_SCHEMA,
        "pack": {"id": pack.id, "version": pack.version, "digest": pack.digest},
        "as_of": found.as_of.isoformat(),
        "cases": dict(found.cases),
        "complete": list(found.complete),
        "groupings": [_grouping(one, found) for one in found.groupings],
    }


def _grouping(one: JudgedGrouping, found: Portfolio) -> dict[str, Any]:
    grouping = one.grouping
    return {
        "id": grouping.id,
        "title": _both(grouping.title),
        "level": grouping.level,
        "members": grouping.members,
        "complete": one.complete,
        "groups": [_group(group, found) for group in one.groups],
        "group_unknown": [{**_name(placed.case), "missing": list(placed.lacks)} for placed in one.anywhere],
        "off_roster": _names(one.elsewhere),
    }


def _group(group: Group, found: Portfolio) -> dict[str, Any]:
    pack = group.verdict.pack
    told = {finding.norm.id: causes(pack, group, finding) for finding in group.verdict.findings}
    return {
        "key": group.key,
        "title": group.title,
        "listed": group.listed,
        "gathered": [_reckoned(one) for one in group.reckoned.values()],
        "causes": {norm: [_cause(cause) for cause in several] for norm, several in told.items() if several},
        "verdict": verdict_to_dict(group.verdict, pack),
    }


def _reckoned(one: Reckoned) -> dict[str, Any]:
    return {
        "fact": one.fact,
        "value": _bounded(one),
        "state": "known" if one.value is not None else (one.missing.value if one.missing else "unknown"),
        "may_lack_members": one.unlisted,
        "list_begins_later": one.begins,
        "members": [_share(share) for share in one.shares],
    }


def _bounded(one: Reckoned) -> Any:
    """A value; of a number its bounds, null where it has none."""
    if isinstance(one.value, Interval):
        lo, hi = one.value.lo, one.value.hi
        return {
            "at_least": None if lo == -LARGEST else number_text(lo),
            "at_most": None if hi == LARGEST else number_text(hi),
        }
    return None if one.value is None else value_to_json(one.value)


def _share(share: Share) -> dict[str, Any]:
    return {
        **_name(share.case),
        "counts": share.truth.value,
        "value": None if share.value is None else value_to_json(share.value),
        "missing": list(share.lacks),
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "fact": cause.fact,
        "how": cause.how.value,
        "counted": [share.case.id for share in cause.counted],
        "enough": cause.enough,
        "open": [share.case.id for share in cause.open],
        "group_unknown": cause.anywhere,
        "may_lack_members": cause.unlisted,
        "list_begins_later": cause.begins,
    }


def _names(placed: Sequence[Placed]) -> list[dict[str, Any]]:
    return [_name(one.case) for one in placed]


def _name(case: Case) -> dict[str, Any]:
    return {"id": case.id, "title": case.title, "level": case.level, "place": str(case.place)}


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
