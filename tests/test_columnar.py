"""The columnar engine on tables as they come: what follows, what is refused, and what is never passed off as known."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from attrs import evolve

from tests.compiled_level import DAY, FACTS, LAW, lines, norm, pack_of
from ynpolicy.engines.columnar import ColumnarEngine, case_table
from ynpolicy.errors import EnvelopeError, InputError
from ynpolicy.expressions import parse
from ynpolicy.ir import LEVELS, Case, DatedValue, Kind, Modality, Norm, Pack, Parameter
from ynpolicy.loader import load_pack
from ynpolicy.messages import in_chinese
from ynpolicy.testing.agreement_tables import reference_row
from ynpolicy.testing.chance import seeded
from ynpolicy.testing.drawn_cases import CaseSpace
from ynpolicy.testing.drawn_packs import draw_pack
from ynpolicy.testing.written import follows, normalised, written
from ynpolicy.values import Missing
from ynpolicy.verdict import Outcome

pytestmark = pytest.mark.tables

PLAN = load_pack("yunnan-14fyp")
DERIVING = ("project", "enterprise", "transfer")
DISTANCE = "site.yangtze_pearl_bank_distance"


def law_pack(*norms: Norm) -> Pack:
    """A pack of these norms under the law of the small packs."""
    kinds = {"buffer": Kind.NUMBER, "ratio": Kind.NUMBER, "toxic": Kind.SYMBOLS, "issued": Kind.DATE}
    parameters = {n: Parameter(n, kind, norms[0].title, (DatedValue(LAW[n]),)) for n, kind in kinds.items()}
    return evolve(pack_of(*norms), parameters=parameters)


def judged(pack: Pack, rows: dict[str, list[Any]], level: str = "project", **types: Any) -> list[dict[str, Any]]:
    """What the engine says of a table, row by row."""
    engine = ColumnarEngine(pack, level)
    schema = {name: types.get(name, engine.schema.get(name)) for name in rows}
    frame = pl.DataFrame(rows, schema=schema)
    return engine.named(engine.judge(frame, DAY, missing="finding")).to_dicts()


def drawn(level: str, count: int, seed: str) -> list[Case]:
    """Cases of a level of the plan."""
    draw = seeded(seed, level)
    space = CaseSpace(PLAN, level)
    return [space.mixed(draw) for _ in range(count)]


def assert_rows(pack: Pack, cases: list[Case], result: pl.DataFrame, engine: ColumnarEngine) -> None:
    """Each row says what the reference says of its case."""
    for case, row in zip(cases, engine.named(result).to_dicts(), strict=True):
        ours = reference_row(pack, case)
        assert not row["rejected"]
        assert row["decision"] == ours.decision.value
        assert {id: row[id] for id in ours.outcomes} == {id: found.value for id, found in ours.outcomes.items()}


# ---------------------------------------------------------------- what follows from other facts


def as_stated(pack: Pack, case: Case, draw: Any) -> tuple[Case, Case]:
    """A case as a table states it, and as the normaliser reads it; some facts are stated that follow from others."""
    space = CaseSpace(pack, case.level)
    values = {name: value for name, value in case.values.items() if not follows(case, name)}
    missing = {name: state for name, state in case.missing.items() if state is Missing.NOT_APPLICABLE}
    for fact in space.asked(case.level):
        if fact.derived is not None and fact.name not in values and draw.chance(40):
            values[fact.name] = space.value(draw, fact.name)
            missing.pop(fact.name, None)
    stated = evolve(case, values=values, missing=missing, origins={})
    return stated, normalised(pack, written(pack, stated))


@pytest.mark.parametrize("level", DERIVING)
def test_what_follows_is_worked_out_as_the_normaliser_does(level: str) -> None:
    """Lookups, sums and working days, alone or beside what is stated, in agreement with it or in conflict."""
    draw = seeded("follows", level)
    pairs = []
    for case in drawn(level, 60, "derive"):
        try:
            pairs.append(as_stated(PLAN, case, draw))
        except InputError:
            continue
    assert len(pairs) > 30
    engine = ColumnarEngine(PLAN, level)
    table = case_table(engine.layout, [stated for stated, _ in pairs])
    result = engine.judge(table)
    wanted = [case for _, case in pairs]
    assert any(state is Missing.CONFLICT for case in wanted for state in case.missing.values())
    kept = [number for number, rejected in enumerate(result["rejected"]) if not rejected]
    assert len(kept) >= len(pairs) - 3
    assert_rows(PLAN, [wanted[number] for number in kept], result[kept], engine)


# ---------------------------------------------------------------- forms of a table


def test_a_date_for_all_and_a_date_in_each_row_say_the_same() -> None:
    """The law of a day is the same whether the day stands in the call or in the row."""
    day = date(2024, 3, 1)
    cases = [normalised(PLAN, written(PLAN, evolve(case, as_of=day))) for case in drawn("project", 30, "one-date")]
    engine = ColumnarEngine(PLAN, "project")
    table = case_table(engine.layout, cases)
    by_row = engine.judge(table, missing="finding", normalised=True)
    at_once = engine.judge(table, day, missing="finding", normalised=True)
    assert by_row.select(at_once.columns).equals(at_once)


def test_a_lazy_table_stays_lazy_streams_and_keeps_its_order(tmp_path: Path) -> None:
    """What is sunk into a file is what is judged at once, row by row, with the columns that are none of the case's."""
    engine = ColumnarEngine(PLAN, "project")
    cases = drawn("project", 40, "lazy")
    table = pl.concat([case_table(engine.layout, cases)] * 100).with_row_index("number")
    lazy = engine.judge(table.lazy(), missing="case", normalised=True)
    assert isinstance(lazy, pl.LazyFrame)
    lazy.sink_parquet(tmp_path / "judged.parquet")
    sunk = pl.read_parquet(tmp_path / "judged.parquet")
    assert sunk["number"].to_list() == list(range(4000))
    assert sunk.equals(engine.judge(table, missing="case", normalised=True))


@pytest.mark.parametrize("missing", ["", "case", "finding"])
def test_a_table_in_memory_says_what_a_lazy_one_says_rejected_rows_too(missing: str) -> None:
    """However the work is cut up: the same result, in which a rejected row has nothing but its own columns."""
    engine = ColumnarEngine(PLAN, "project")
    table = case_table(engine.layout, drawn("project", 30, "large"))
    wrong = pl.int_range(pl.len()) % 7 == 3
    ends = [pl.when(wrong).then(-1).otherwise(f"{DISTANCE}.{end}").alias(f"{DISTANCE}.{end}") for end in ("lo", "hi")]
    table = pl.concat([table.with_columns(ends)] * 20)
    judged = engine.judge(table, DAY, missing=missing, normalised=True)
    assert engine.judge(table.lazy(), DAY, missing=missing, normalised=True).collect().equals(judged)
    assert judged["rejected"].to_list() == [number % 30 % 7 == 3 for number in range(600)]
    made = judged.drop("case", "as_of", "rejected")
    assert all(value is None for row in made.filter(judged["rejected"]).rows() for value in row)
    assert not made.filter(~judged["rejected"])["decision"].has_nulls()


def test_what_an_engine_remembers_of_one_table_is_not_taken_for_another() -> None:
    """Asked again and again, of tables of other types and columns and of other days, it says what a new engine says."""
    engine = ColumnarEngine(PLAN, "project")
    table = case_table(engine.layout, drawn("project", 20, "again"))
    calls: list[tuple[pl.DataFrame, dict[str, Any]]] = [
        (table, {"as_of": DAY, "normalised": True}),
        (table, {"as_of": date(2026, 3, 1), "normalised": True}),
        (table, {"normalised": True}),
        (table, {"as_of": DAY}),
        (table, {"as_of": DAY, "normalised": True, "missing": "case"}),
        (table.with_columns(pl.col(pl.Enum).cast(pl.String)), {"as_of": DAY, "normalised": True}),
        (table.drop("site.province"), {"as_of": DAY, "normalised": True}),
        (table.head(3), {"as_of": DAY, "normalised": True}),
    ]
    afresh = [ColumnarEngine(PLAN, "project").judge(frame.lazy(), **options).collect() for frame, options in calls]
    for _ in range(2):
        for (frame, options), expected in zip(calls, afresh, strict=True):
            assert engine.judge(frame, **options).equals(expected)


def test_the_missing_facts_of_a_case_are_those_of_its_findings() -> None:
    """The union, also where they take more than one word."""
    engine = ColumnarEngine(PLAN, "enterprise")
    table = case_table(engine.layout, drawn("enterprise", 40, "words"))
    whole = engine.named(engine.judge(table, missing="case", normalised=True))
    apart = engine.named(engine.judge(table, missing="finding", normalised=True))
    lists = [name for name in apart.columns if name.startswith("missing[")]
    assert engine.words > 1
    for case, findings in zip(whole.to_dicts(), apart.to_dicts(), strict=True):
        assert set(case["missing"]) == {fact for name in lists for fact in findings[name]}
    assert any(whole["missing"].list.len() > 5)


@pytest.mark.parametrize("one_day", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_what_a_case_lacks_is_what_its_findings_lack_in_any_pack(seed: int, one_day: bool) -> None:
    """In drawn packs, under the law of one day and of each row's: facts counted for the case and for each finding."""
    draw = seeded("lacks", seed)
    pack = draw_pack(draw, norms=8)
    pack = evolve(pack, norms={id: evolve(norm, level="project") for id, norm in pack.norms.items()})
    engine, space = ColumnarEngine(pack, "project"), CaseSpace(pack, "project")
    table = case_table(engine.layout, [space.mixed(draw) for _ in range(80)])
    day = DAY if one_day else None
    whole = engine.judge(table, day, missing="case", normalised=True)
    apart = engine.judge(table, day, missing="finding", normalised=True)
    words = [name for name in apart.columns if name.startswith("missing[")]
    assert ("missing.0" in whole.columns) is bool(words)
    for row, findings in zip(whole.to_dicts(), apart.to_dicts(), strict=True):
        assert row["rejected"] or row.get("missing.0", 0) == reduce(or_, (findings[word] for word in words), 0)
    assert not words or whole["missing.0"].n_unique() > 1


NUMBERS = [999, 1000, 1001, None]
WANTED = ["complied", "complied", "violated", "undetermined"]


@pytest.mark.parametrize(
    ("values", "dtype", "decimals"),
    [
        ([None if n is None else n * 10**6 for n in NUMBERS], pl.Int64, 6),
        ([None if n is None else n * 100 for n in NUMBERS], pl.Int32, 2),
        (NUMBERS, pl.Int16, 0),
        (NUMBERS, pl.UInt16, 0),
        ([None if n is None else Decimal(n) for n in NUMBERS], pl.Decimal(12, 2), 6),
    ],
)
def test_numbers_come_in_ticks_of_any_fineness(values: list[Any], dtype: Any, decimals: int) -> None:
    """A column of whole ticks of a coarser scale, of any integer type, or of decimals, says the same."""
    pack = law_pack(norm(requirement=parse("a.distance <= buffer")))
    engine = ColumnarEngine(pack, "project", {"a.distance": decimals})
    frame = pl.DataFrame({"a.distance": pl.Series(values, dtype=dtype)})
    assert engine.named(engine.judge(frame, DAY))["n"].to_list() == WANTED


def test_columns_of_different_fineness_are_compared_exactly() -> None:
    """1.2 times a number of hundredths beside a number of millionths, one tick apart."""
    pack = law_pack(norm(requirement=parse("a.width >= ratio * a.distance")))
    engine = ColumnarEngine(pack, "project", {"a.distance": 2})
    frame = pl.DataFrame({"a.distance": [1001, 1001], "a.width": [12_012_000, 12_011_999]})
    assert engine.named(engine.judge(frame, DAY))["n"].to_list() == ["complied", "violated"]


def test_a_threshold_between_two_ticks_is_met_on_the_right_side() -> None:
    """1.2 lies between the whole metres 1 and 2, whichever way a line is written."""
    texts = ("a.width < ratio", "a.width <= ratio", "a.width > ratio", "a.width >= ratio", "a.width == ratio")
    pack = law_pack(*(norm(requirement=parse(text), id=f"n{i}") for i, text in enumerate(texts)))
    engine = ColumnarEngine(pack, "project", {"a.width": 0})
    judged = engine.named(engine.judge(pl.DataFrame({"a.width": [1, 2]}), DAY))
    below, above = (["complied" if met else "violated" for met in line] for line in ([1, 1, 0, 0, 0], [0, 0, 1, 1, 0]))
    assert judged.select(f"n{i}" for i in range(5)).rows() == [tuple(below), tuple(above)]


def test_a_measured_fact_has_two_columns() -> None:
    """A comparison with a range is true, false or unknown; a range of no width is exact."""
    pack = law_pack(norm(requirement=parse("a.distance <= buffer")))
    rows = judged(
        pack,
        {
            "a.distance.lo": [980_000_000, 1_000_000_001, 0, 1_000_000_000, None],
            "a.distance.hi": [1_100_000_000, 1_100_000_000, 1_000_000_000, 1_000_000_000, None],
        },
    )
    assert [row["n"] for row in rows] == ["undetermined", "violated", "complied", "complied", "undetermined"]
    assert [row["missing[n]"] for row in rows] == [["a.distance"], [], [], [], ["a.distance"]]


def test_a_set_may_be_known_in_part_and_without_its_summary() -> None:
    """Membership is true, false or unknown, and a set is whole where no membership is unknown."""
    pack = law_pack(
        norm(requirement=parse('overlaps(a.metals, ["cd", "hg"])')),
        norm(requirement=parse('within(a.metals, ["cd", "hg"])'), id="w"),
    )
    columns = {
        "a.metals[cd]": [True, False, None, None, True],
        "a.metals[hg]": [False, False, False, None, None],
        "a.metals[*]": [False, True, False, None, None],
    }
    rows = judged(pack, columns)
    assert [row["n"] for row in rows] == ["complied", "violated", "undetermined", "undetermined", "complied"]
    assert [row["w"] for row in rows] == ["complied", "violated", "undetermined", "undetermined", "undetermined"]


def test_text_and_any_order_of_an_enum_are_read_as_symbols() -> None:
    """A symbol is known by its name, however the column is typed; what is none is rejected and named."""
    pack = law_pack(norm(requirement=parse("a.metal in toxic")))
    values = ["cd", "pb", None, "hg"]
    for dtype in (pl.String, pl.Categorical, pl.Enum(["hg", "pb", "cd"])):
        rows = judged(pack, {"a.metal": values}, **{"a.metal": dtype})
        assert [row["n"] for row in rows] == ["complied", "violated", "undetermined", "complied"]
    engine = ColumnarEngine(pack, "project")
    frame = pl.DataFrame({"a.metal": ["cd", "gold", None]})
    assert engine.judge(frame, DAY)["rejected"].to_list() == [False, True, False]
    assert engine.problems(frame, DAY).to_dicts() == [
        {
            "row": 1,
            "fact": "a.metal",
            "message": "the value is not one of its symbols",
            "help": "`ynpolicy facts` lists them",
        }
    ]


def test_records_are_read_from_their_columns() -> None:
    """A recorded reason justifies a departure; a review accepts, rejects or is not there."""
    pack = law_pack(
        norm(Modality.SHOULD, requirement=parse("a.flag"), id="s"),
        norm(Modality.REVIEW, applies=lines("a.other"), id="r"),
    )
    rows = judged(
        pack,
        {
            "a.flag": [False, False, None, True],
            "a.other": [True, True, True, None],
            "justified[s]": [True, False, True, None],
            "reviewed[r]": [True, False, None, True],
        },
    )
    assert [row["s"] for row in rows] == ["justified", "departed", "undetermined", "complied"]
    assert [row["r"] for row in rows] == ["complied", "departed", "review", "undetermined"]
    assert [row["decision"] for row in rows] == ["in_order", "referred", "referred", "referred"]


# ---------------------------------------------------------------- what is refused


def test_a_fact_without_a_column_is_unknown_in_every_row() -> None:
    """No column is no answer: the norm stays open, and the fact is asked for."""
    pack = law_pack(norm(applies=lines("a.gate"), requirement=parse("a.distance <= buffer")))
    rows = judged(pack, {"a.gate": [True, False, None]})
    assert [row["n"] for row in rows] == ["undetermined", "not_applicable", "undetermined"]
    assert [sorted(row["missing[n]"]) for row in rows] == [["a.distance"], [], ["a.distance", "a.gate"]]


def test_columns_that_cannot_be_read_are_refused_all_at_once() -> None:
    """A float, a name that is no fact, a wrong type, no date: each with what would be right, in Chinese too."""
    engine = ColumnarEngine(PLAN, "project")
    frame = pl.DataFrame(
        {
            "id": [1],
            "site.yangtze_pearl_bank_distance": [1.5],
            "site.countty": ["昆明"],
            "park.in_park": ["yes"],
            "enterprise.county": ["a"],
        }
    )
    with pytest.raises(InputError) as caught:
        engine.judge(frame)
    found = {problem.message: problem for problem in caught.value.problems}
    assert list(found) == [
        "column `enterprise.county` is no fact of a project",
        "column `park.in_park` is `String`",
        "column `site.countty` is no fact of a project",
        "column `site.yangtze_pearl_bank_distance` is `Float64`",
        "the table has no column `as_of`",
    ]
    assert found["column `site.countty` is no fact of a project"].help == "did you mean `site.county`?"
    for problem in found.values():
        assert in_chinese(problem, {}).message != problem.message
        assert not problem.help or in_chinese(problem, {}).help != problem.help
    with pytest.raises(InputError, match="unknown scope `norms`"):
        engine.judge(frame, DAY, missing="norms")


def test_columns_that_say_too_little_or_too_much_are_refused() -> None:
    """One end of a range, both forms of a number, a member that is no symbol, a record of no norm, a name in use."""
    distance = "site.yangtze_pearl_bank_distance"
    other = "site.other_system_bank_distance"
    engine = ColumnarEngine(PLAN, "project")
    columns = {f"{distance}.lo": 1, f"{other}.lo": 1, f"{other}.hi": 1, other: 1}
    columns |= {"project.nature[neww]": True, "justified[structure.eliminated]": True, "decision": 1}
    with pytest.raises(InputError) as caught:
        engine.judge(pl.DataFrame({name: [value] for name, value in columns.items()}), DAY)
    messages = [problem.message for problem in caught.value.problems]
    assert messages == [
        "column `justified[structure.eliminated]` records what no norm of a project asks for",
        "column `project.nature[neww]` is no fact of a project",
        f"column `{other}` stands beside `{other}.lo`",
        f"column `{distance}.lo` stands without the other end",
    ]
    assert all(in_chinese(problem, {}).message != problem.message for problem in caught.value.problems)
    with pytest.raises(InputError, match="column `decision` is in the way"):
        engine.judge(pl.DataFrame({"decision": [1], "id": [2]}), DAY)
    with pytest.raises(InputError, match="unknown level `projekt`"):
        ColumnarEngine(PLAN, "projekt")
    with pytest.raises(InputError) as wrong:
        ColumnarEngine(PLAN, "project", {distance: 7, "site.county": 2})
    assert [problem.message for problem in wrong.value.problems] == [
        "`site.county` is no number of the pack",
        f"`{distance}` cannot have 7 decimals",
    ]


def test_a_table_without_rows_or_without_facts_is_judged() -> None:
    """No rows give no rows; rows that say nothing are open in everything."""
    engine = ColumnarEngine(PLAN, "transfer")
    none = engine.named(engine.judge(pl.DataFrame({"id": []}, schema={"id": pl.String}), DAY, missing="case"))
    assert none.height == 0
    silent = pl.DataFrame({"id": [1], "transfer.approved": [None]})
    (row,) = engine.named(engine.judge(silent, DAY, missing="case")).to_dicts()
    assert row["decision"] == "undetermined"
    assert set(row["missing"]) == set(engine.layout.facts)
    assert engine.problems(silent, DAY).is_empty()


def test_impossible_rows_are_rejected_and_named_and_the_others_judged() -> None:
    """Out of range, ends the wrong way round or missing, `not_applicable` where the question arises: no outcome."""
    arising = evolve(FACTS["a.width"], arises=lines("a.gate"))
    bounded = evolve(FACTS["a.distance"], minimum=parse("a.distance > 0").right.value)  # type: ignore[union-attr]
    pack = law_pack(
        norm(requirement=parse("a.distance <= buffer")), norm(id="w", requirement=parse("a.width <= buffer"))
    )
    pack = evolve(pack, facts={**FACTS, "a.width": arising, "a.distance": bounded})
    engine = ColumnarEngine(pack, "project")
    rows: dict[str, list[Any]] = {
        "a.distance.lo": [1, -1, 5, 5, 1, 1, 1],
        "a.distance.hi": [1, 1, 4, None, 1, 1, 2**53 + 1],
        "a.width": [None, 1, 1, 1, None, 1, 1],
        "a.width.not_applicable": [True, False, False, False, True, True, None],
        "a.gate": [False, True, True, True, None, False, True],
    }
    frame = pl.DataFrame(rows).with_columns(pl.col("a.width").cast(pl.Int64))
    result = engine.judge(frame, DAY, missing="finding")
    assert result["rejected"].to_list() == [False, *[True] * 6]
    assert result["decision"].null_count() == result["n"].null_count() == 6
    assert [row["message"] for row in engine.problems(frame, DAY).to_dicts()] == [
        "the number is out of range",
        "the upper end is below the lower",
        "a range has one end",
        "it cannot be not applicable: the question arises, or it is open whether it does",
        "it has a value and is said to be not applicable",
        "the number is out of range",
    ]
    assert engine.problems(frame, DAY)["row"].to_list() == [1, 2, 3, 4, 5, 6]


def test_a_product_never_wraps() -> None:
    """Numbers so large that a product would overflow are computed in more bits, or their rows rejected."""
    two = law_pack(norm(requirement=parse("a.distance * a.width >= buffer")))
    ends = [2**53, -(2**53), 0, 0]
    rows = judged(two, {"a.distance": ends, "a.width": [2**53, 2**53, 2**53, None]})
    assert [row["n"] for row in rows] == ["complied", "violated", "violated", "undetermined"]
    three = law_pack(norm(requirement=parse("a.distance * a.width * a.distance >= buffer")))
    rows = judged(three, {"a.distance": [2**53, 20_000_000], "a.width": [2**53, 20_000_000]})
    assert [row["rejected"] for row in rows] == [True, False]
    assert [row["n"] for row in rows] == [None, "complied"]
    many = " * ".join(["a.distance"] * 9)
    with pytest.raises(EnvelopeError, match="128 bits"):
        judged(law_pack(norm(requirement=parse(f"{many} >= buffer"))), {"a.distance": [1]})


def test_two_numbers_are_never_taken_for_one_range() -> None:
    """A line on two numbers reads both, though a check on one number looks like it."""
    pack = law_pack(norm(requirement=parse("a.distance < 0 or a.width > buffer")))
    rows = judged(pack, {"a.distance": [0, -1, 0, None], "a.width": [1_000_000_001, 0, 0, 0]})
    assert [row["n"] for row in rows] == ["complied", "complied", "violated", "undetermined"]


def test_every_level_of_the_plan_has_columns_for_all_that_its_norms_read() -> None:
    """The layout names each fact once, and numbers them in the pack's order of reading."""
    for level in LEVELS:
        engine = ColumnarEngine(PLAN, level)
        assert len(set(engine.layout.facts)) == len(engine.layout.facts) > 5
        assert {column.fact for column in engine.layout.columns.values()} >= set(engine.layout.facts)


def test_the_codes_are_those_of_the_ten_outcomes() -> None:
    """One byte a norm, in the order in which `Outcome` lists them."""
    pack = law_pack(norm(requirement=parse("a.flag")))
    result = ColumnarEngine(pack, "project").judge(pl.DataFrame({"a.flag": [True, False, None]}), DAY)
    assert result["n"].dtype == pl.UInt8
    assert [tuple(Outcome)[code] for code in result["n"]] == [
        Outcome.COMPLIED,
        Outcome.VIOLATED,
        Outcome.UNDETERMINED,
    ]


def test_polars_is_loaded_when_it_is_asked_for_and_missed_by_name() -> None:
    """The core does not import it; without it the error says what to install."""
    text = "import sys, ynpolicy; assert 'polars' not in sys.modules; sys.modules['polars'] = None\n"
    text += "import ynpolicy.engines.columnar"
    run = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    assert run.stderr.strip().endswith("tables of cases need the package `polars`: pip install 'ynpolicy[bulk]'")
