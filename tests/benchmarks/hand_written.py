"""Sixteen norms of the plan's project level, written by hand: in Polars, and in SQL for DuckDB.

This is what a competent user writes who knows the plan, Kleene's logic and the library: expressions named once and used
again, nullable booleans, one `when` chain an outcome. Outcomes and decision have the codes of the engine. Nothing is
checked, nothing is rejected and nothing says what is missing.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from ynpolicy.ir import Pack
from ynpolicy.values import MICRO, SymbolSet

VIOLATED, DEPARTED, REVIEW, UNDETERMINED, JUSTIFIED, COMPLIED, ADVICE, EXEMPT, OUTSIDE = range(9)
REFUSED, NOT_JUDGED, OPEN, REFERRED, IN_ORDER = range(5)

NORMS: Final = (
    "eia.hw-impact-assessment",
    "eia.solid-waste-content",
    "incinerator.min-capacity",
    "kiln.moderate-development",
    "licence.strict-gate",
    "offset.key-region-ratio",
    "offset.other-region-ratio",
    "offset.source-before-base-year",
    "offset.verification-opinion",
    "structure.eliminated",
    "siting.industrial-park",
    "siting.main-river-smelting-ban",
    "siting.other-river-systems",
    "siting.no-move-upstream",
    "limits.special-new",
    "approval.strict-smelting",
)


def members(pack: Pack, parameter: str) -> list[str]:
    """The symbols of a set that the law fixes."""
    value = pack.parameters[parameter].values[0].value
    assert isinstance(value, SymbolSet)
    return sorted(value.members)


# ---------------------------------------------------------------- Polars


def _code(number: int) -> pl.Expr:
    return pl.lit(number, dtype=pl.UInt8)


def _must(applies: pl.Expr, breach: pl.Expr, bad: int = VIOLATED) -> pl.Expr:
    chosen = pl.when(breach).then(_code(bad)).when(breach.is_null()).then(_code(UNDETERMINED))
    return chosen.when(~applies).then(_code(OUTSIDE)).otherwise(_code(COMPLIED))


def _asks(applies: pl.Expr, what: int = REVIEW) -> pl.Expr:
    chosen = pl.when(applies).then(_code(what)).when(applies.is_null()).then(_code(UNDETERMINED))
    return chosen.otherwise(_code(OUTSIDE))


def in_polars(pack: Pack, table: pl.LazyFrame, keep: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Outcomes and decision, beside the columns to keep."""
    col, unit = pl.col, MICRO

    def nature(*symbols: str) -> pl.Expr:
        return pl.any_horizontal([col(f"project.nature[{s}]") for s in symbols])

    def activity(*symbols: str) -> pl.Expr:
        return pl.any_horizontal([col(f"project.activity[{s}]") for s in symbols])

    table = table.with_columns(
        inside=col("site.province") == "530000",
        new=nature(*members(pack, "new_build")),
        grows=nature(*members(pack, "new_or_expanded"))
        | (nature("technical_renovation") & col("project.adds_capacity")),
        touched=nature(*members(pack, "new_altered_or_expanded")),
        smelts=activity(*members(pack, "nonferrous_smelting")),
        disposes=activity(*members(pack, "hazardous_waste_disposal")),
        special=activity(*members(pack, "special_limit_smelting")),
        incinerates=col("project.activity[centralised_hw_incineration]"),
        key=col("site.county").is_in(members(pack, "ratio_regions")),
        increases=col("offset.increase_total") > 0,
    )
    increase, outside, own = (col(f"offset.{name}_total") for name in ("increase", "external_reduction", "own_cuts"))
    table = table.with_columns(
        bound=col("inside") & col("project.heavy_metal_key_industry") & col("touched"),
        met_key=(outside * 5 >= increase * 6)
        | ((outside + own) * 5 >= increase * 6)
        | (outside * 5 >= (increase - own) * 6),
        met_other=(outside >= increase) | (outside + own >= increase) | (outside >= increase - own),
    )
    table = table.with_columns(
        bound_key=col("bound") & col("key") & (col("site.county") != "533325") & col("increases"),
        bound_other=col("bound") & ~col("key") & col("increases"),
        bound_offset=col("bound") & col("increases"),
        ban=col("inside") & col("new") & col("smelts"),
        park=col("inside") & col("grows") & (col("smelts") | activity("electroplating", "tanning")),
        limits=col("inside")
        & col("grows")
        & col("special")
        & (~col("project.eia_approved") | (col("project.eia_approval_date") >= date(2023, 1, 1))),
        hazardous=col("inside") & col("new") & col("waste.hazardous_involved"),
        solid=col("inside") & col("new"),
        incinerator=col("inside") & col("new") & col("incinerates"),
        kiln=col("inside") & col("project.activity[cement_kiln_coprocessing]"),
        licence=col("inside") & col("touched") & (col("disposes") | activity("hw_utilisation")),
        upstream=col("inside") & col("project.heavy_metal_key_industry"),
        exempt=col("project.construction_begun") & col("project.eia_approved") & pl.lit(None, dtype=pl.Boolean),
    )
    table = table.with_columns(
        early=col("bound_offset") & (outside > 0) & (col("offset.earliest_reduction_date") <= date(2020, 12, 31)),
        other_rivers=col("ban") & (col("site.other_system_bank_distance") <= 1000 * unit),
        strict_smelting=col("inside")
        & col("site.prefecture").is_in(members(pack, "strict_smelting_prefectures"))
        & col("smelts"),
        no_assessment=col("hazardous") & ~col("eia.hw_assessment_done"),
        no_content=col("solid") & ~col("eia.covers_solid_waste"),
        too_small=col("incinerator") & ~(col("project.incineration_capacity") > 30000 * unit),
        short_key=col("bound_key") & ~col("met_key"),
        short_other=col("bound_other") & ~col("met_other"),
        no_opinion=col("bound_offset") & ~col("offset.verification_opinion"),
        eliminated=col("inside")
        & ((col("project.policy_class") == "eliminated") | col("project.uses_phaseout_process")),
        no_park=col("park") & ~(col("park.in_park") & col("park.lawfully_established") & col("park.planning_eia_done")),
        banned=col("ban") & ~col("exempt") & (col("site.yangtze_pearl_bank_distance") <= 1000 * unit),
        moves=col("upstream") & col("project.moves_upstream"),
        no_limits=col("limits") & ~col("project.special_limits_committed"),
    )
    strict = (
        "no_assessment",
        "no_content",
        "short_key",
        "short_other",
        "no_opinion",
        "eliminated",
        "no_park",
        "banned",
    )
    soft = ("too_small", "moves", "licence", "early", "other_rivers", "strict_smelting")
    table = table.with_columns(
        strict=pl.any_horizontal([col(name) for name in (*strict, "banned", "no_limits")]),
        soft=pl.any_horizontal([col(name) for name in soft]),
    )
    outcomes = (
        _must(col("hazardous"), col("no_assessment")),
        _must(col("solid"), col("no_content")),
        _must(col("incinerator"), col("too_small"), DEPARTED),
        _asks(col("kiln"), ADVICE),
        _asks(col("licence")),
        _must(col("bound_key"), col("short_key")),
        _must(col("bound_other"), col("short_other")),
        _asks(col("early")),
        _must(col("bound_offset"), col("no_opinion")),
        _must(col("inside"), col("eliminated")),
        _must(col("park"), col("no_park")),
        pl.when(col("banned"))
        .then(_code(VIOLATED))
        .when(col("banned").is_null())
        .then(_code(UNDETERMINED))
        .when(~col("ban"))
        .then(_code(OUTSIDE))
        .when(col("exempt"))
        .then(_code(EXEMPT))
        .otherwise(_code(COMPLIED)),
        _asks(col("other_rivers")),
        _must(col("upstream"), col("moves"), DEPARTED),
        _must(col("limits"), col("no_limits")),
        _asks(col("strict_smelting")),
    )
    decision = (
        pl.when(col("strict"))
        .then(_code(REFUSED))
        .when(~col("inside"))
        .then(_code(NOT_JUDGED))
        .when(col("strict").is_null())
        .then(_code(OPEN))
        .when(col("soft") | col("soft").is_null())
        .then(_code(REFERRED))
        .otherwise(_code(IN_ORDER))
    )
    return table.select(*keep, decision=decision, **dict(zip(NORMS, outcomes, strict=True)))


# ---------------------------------------------------------------- DuckDB


def _any(fact: str, symbols: list[str]) -> str:
    return "(" + " OR ".join(f'"{fact}[{s}]"' for s in symbols) + ")"


def _among(column: str, symbols: list[str]) -> str:
    return f'"{column}" IN (' + ", ".join(f"'{s}'" for s in symbols) + ")"


def in_sql(pack: Pack) -> str:
    """The same as one statement over the table `cases`."""

    def nature(parameter: str) -> str:
        return _any("project.nature", members(pack, parameter))

    def activity(parameter: str) -> str:
        return _any("project.activity", members(pack, parameter))

    def must(applies: str, breach: str, bad: int = VIOLATED, more: str = "") -> str:
        return (
            f"CASE WHEN {breach} THEN {bad} WHEN {breach} IS NULL THEN {UNDETERMINED} "
            f"WHEN NOT {applies} THEN {OUTSIDE} {more} ELSE {COMPLIED} END"
        )

    def asks(applies: str, what: int = REVIEW) -> str:
        return f"CASE WHEN {applies} THEN {what} WHEN {applies} IS NULL THEN {UNDETERMINED} ELSE {OUTSIDE} END"

    codes = (
        must("hazardous", "no_assessment"),
        must("solid", "no_content"),
        must("incinerator", "too_small", DEPARTED),
        asks("kiln", ADVICE),
        asks("licence"),
        must("bound_key", "short_key"),
        must("bound_other", "short_other"),
        asks("early"),
        must("bound_offset", "no_opinion"),
        must("inside", "eliminated"),
        must("park", "no_park"),
        must("ban", "banned", VIOLATED, f"WHEN exempt THEN {EXEMPT}"),
        asks("other_rivers"),
        must("upstream", "moves", DEPARTED),
        must("limits", "no_limits"),
        asks("strict_smelting"),
    )
    outcomes = ",\n".join(f'({code})::UTINYINT AS "{norm}"' for norm, code in zip(NORMS, codes, strict=True))
    increase, outside, own = (f'"offset.{name}_total"' for name in ("increase", "external_reduction", "own_cuts"))
    return f"""
WITH a AS (SELECT *,
  "site.province" = '530000' AS inside,
  {nature("new_build")} AS new_,
  ({nature("new_or_expanded")} OR "project.nature[technical_renovation]" AND "project.adds_capacity") AS grows,
  {nature("new_altered_or_expanded")} AS touched,
  {activity("nonferrous_smelting")} AS smelts,
  {activity("hazardous_waste_disposal")} AS disposes,
  {activity("special_limit_smelting")} AS special,
  {_among("site.county", members(pack, "ratio_regions"))} AS key_,
  {increase} > 0 AS increases FROM cases),
b AS (SELECT *,
  inside AND "project.heavy_metal_key_industry" AND touched AS bound,
  ({outside} * 5 >= {increase} * 6 OR ({outside} + {own}) * 5 >= {increase} * 6
    OR {outside} * 5 >= ({increase} - {own}) * 6) AS met_key,
  ({outside} >= {increase} OR {outside} + {own} >= {increase} OR {outside} >= {increase} - {own}) AS met_other FROM a),
c AS (SELECT *,
  bound AND key_ AND "site.county" != '533325' AND increases AS bound_key,
  bound AND NOT key_ AND increases AS bound_other,
  bound AND increases AS bound_offset,
  inside AND new_ AND smelts AS ban,
  inside AND grows AND (smelts OR "project.activity[electroplating]" OR "project.activity[tanning]") AS park,
  inside AND grows AND special
    AND (NOT "project.eia_approved" OR "project.eia_approval_date" >= DATE '2023-01-01') AS limits,
  inside AND new_ AND "waste.hazardous_involved" AS hazardous,
  inside AND new_ AS solid,
  inside AND new_ AND "project.activity[centralised_hw_incineration]" AS incinerator,
  inside AND "project.activity[cement_kiln_coprocessing]" AS kiln,
  inside AND touched AND (disposes OR "project.activity[hw_utilisation]") AS licence,
  inside AND "project.heavy_metal_key_industry" AS upstream,
  "project.construction_begun" AND "project.eia_approved" AND NULL::BOOLEAN AS exempt FROM b),
d AS (SELECT *,
  bound_offset AND {outside} > 0 AND "offset.earliest_reduction_date" <= DATE '2020-12-31' AS early,
  ban AND "site.other_system_bank_distance" <= {1000 * MICRO} AS other_rivers,
  inside AND {_among("site.prefecture", members(pack, "strict_smelting_prefectures"))} AND smelts AS strict_smelting,
  hazardous AND NOT "eia.hw_assessment_done" AS no_assessment,
  solid AND NOT "eia.covers_solid_waste" AS no_content,
  incinerator AND NOT "project.incineration_capacity" > {30000 * MICRO} AS too_small,
  bound_key AND NOT met_key AS short_key,
  bound_other AND NOT met_other AS short_other,
  bound_offset AND NOT "offset.verification_opinion" AS no_opinion,
  inside AND ("project.policy_class" = 'eliminated' OR "project.uses_phaseout_process") AS eliminated,
  park AND NOT ("park.in_park" AND "park.lawfully_established" AND "park.planning_eia_done") AS no_park,
  ban AND NOT exempt AND "site.yangtze_pearl_bank_distance" <= {1000 * MICRO} AS banned,
  upstream AND "project.moves_upstream" AS moves,
  limits AND NOT "project.special_limits_committed" AS no_limits FROM c),
e AS (SELECT *,
  no_assessment OR no_content OR short_key OR short_other OR no_opinion OR eliminated OR no_park OR banned
    OR no_limits AS strict,
  too_small OR moves OR licence OR early OR other_rivers OR strict_smelting AS soft FROM d)
SELECT number,
  (CASE WHEN strict THEN {REFUSED} WHEN NOT inside THEN {NOT_JUDGED} WHEN strict IS NULL THEN {OPEN}
    WHEN soft OR soft IS NULL THEN {REFERRED} ELSE {IN_ORDER} END)::UTINYINT AS decision,
{outcomes}
FROM e"""
