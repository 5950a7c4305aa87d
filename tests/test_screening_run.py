"""A screening judges every row, counts every row, and goes on where it was interrupted."""

from __future__ import annotations

import csv
import json
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.screening_tables import BAD, DAY, HALF, PLAN, TypedSource, judge_of, screened, typed_table
from ynpolicy.engines.columnar import ColumnarEngine
from ynpolicy.errors import InputError
from ynpolicy.messages import in_chinese
from ynpolicy.screening import parts, run
from ynpolicy.screening.judging import PartJudge
from ynpolicy.screening.parts import DIFFERENCES, PartStore, parts_folder
from ynpolicy.screening.run import LostRows, count_only, screen_parts, total
from ynpolicy.screening.tally import Tally

pytestmark = pytest.mark.tables

LEVEL = "project"


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("screening") / "table.parquet"
    typed_table(LEVEL, 100, "run").write_parquet(path)
    return path


@pytest.fixture(scope="module")
def manifests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of the level that is judged fastest."""
    path = tmp_path_factory.mktemp("manifests") / "table.parquet"
    typed_table("transfer", 100, "killed").write_parquet(path)
    return path


@pytest.fixture(scope="module")
def undisturbed(table: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Tally]:
    """The result of a run that nothing interrupts, in parts of 30 rows."""
    out = tmp_path_factory.mktemp("undisturbed") / "out.parquet"
    return out, screened(table, out, LEVEL, 30)


def files(out: Path) -> dict[str, bytes]:
    """All that a run leaves beside its result."""
    return {path.name: path.read_bytes() for path in sorted(out.parent.iterdir())}


# ---------------------------------------------------------------- what comes out


def test_the_result_says_of_each_row_what_the_engine_says(table: Path, undisturbed: tuple[Path, Tally]) -> None:
    """Outcomes, decision and missing facts, row for row, with the rows that are rejected in their places."""
    rows, cells = pl.read_parquet(undisturbed[0]), pl.read_parquet(table)
    engine = ColumnarEngine(PLAN, LEVEL)
    cases = cells.select([name for name in engine.layout.columns if name in cells.columns])
    said = engine.named(engine.judge(cases, DAY, missing="case"))
    assert rows["row"].to_list() == list(range(1, 101))
    assert rows["key"].to_list() == cells["项目编号"].to_list()
    assert rows["flawed"].to_list() == cells["flawed"].to_list()
    assert rows["rejected"].to_list() == (said["rejected"] | cells["flawed"]).to_list()
    assert 30 < rows["rejected"].sum() < 50
    assert rows.columns[5:-1] == [norm.id for norm in PLAN.norms_at(LEVEL)]
    for row, ours in zip(rows.to_dicts(), said.to_dicts(), strict=True):
        for name in ("decision", *rows.columns[5:-1]):
            assert row[name] == (None if row["rejected"] else ours[name])
        assert row["rejected"] or set(row["missing"]) == set(ours["missing"])


def recounted(rows: pl.DataFrame) -> dict[str, Any]:
    """The counts of a result, made anew from its rows."""
    sound = [row for row in rows.to_dicts() if not row["rejected"]]
    norms = [norm.id for norm in PLAN.norms_at(LEVEL)]
    return {
        "rows": rows.height,
        "judged": len(sound),
        "decisions": Counter(row["decision"] for row in sound),
        "norms": {id: Counter(row[id] for row in sound) for id in norms},
        "missing": Counter(fact for row in sound for fact in row["missing"]),
    }


def _some(counts: Mapping[str, int]) -> dict[str, int]:
    """The counts that are not zero."""
    return {name: count for name, count in counts.items() if count}


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 80), st.integers(1, 100), st.integers(1, 100))
def test_parts_of_any_size_give_the_same_rows_and_counts(
    table: Path, undisturbed: tuple[Path, Tally], first: int, height: int, size: int
) -> None:
    """Where a table is cut changes nothing; counts of parts add up to what the rows say."""
    cells = pl.read_parquet(table)[first : first + height]
    judge = judge_of(LEVEL, cells, keep=("flawed",), listed=True)
    parts = [judge.judge(cells[at : at + size], first + at) for at in range(0, cells.height, size)]
    rows = pl.concat([part.rows for part in parts])
    assert rows.equals(pl.read_parquet(undisturbed[0])[first : first + height])
    tally = sum((part.tally for part in parts), Tally()).to_dict()
    for name, wanted in recounted(rows).items():
        found = tally[name] if name != "norms" else {id: _some(counts) for id, counts in tally[name].items()}
        assert (_some(found) if name in ("decisions", "missing") else found) == wanted, name
    assert tally["rejected"] == rows["rejected"].sum()


def test_rows_are_counted_by_the_place_that_they_state_or_that_follows(table: Path) -> None:
    """A prefecture is known from the county; where neither is stated, and where the two differ, it is not known."""
    counties = {"530102": "530100", "530111": "530100", "532501": "532500"}
    assert all(PLAN.tables["counties"].rows[county]["prefecture_code"] == own for county, own in counties.items())
    cells = pl.DataFrame(
        {
            "site.county": ["530102", "530111", None, None, "532501", "530102"],
            "site.prefecture": [None, "530100", "530100", None, "530100", None],
            "项目编号": list("abcdef"),
            "flawed": [False] * 5 + [True],
        }
    )
    counts = judge_of(LEVEL, cells).judge(cells, 0).tally.groups["site.prefecture"]
    assert {symbol: sum(of.values()) for symbol, of in counts.items()} == {"530100": 3, "": 2}


def test_rejected_rows_are_told_with_column_cell_reason_and_advice(undisturbed: tuple[Path, Tally]) -> None:
    """Each rejected row has a line, in the language, and what looks like a formula cannot run."""
    with undisturbed[0].with_suffix(".rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    rows = pl.read_parquet(undisturbed[0])
    assert {int(line["行号"]) for line in lines} == set(rows.filter("rejected")["row"])
    assert {line["问题"] for line in lines} > {BAD, "数值超出范围"}
    assert {line["表中内容"] for line in lines if line["问题"] == BAD} == {"'=1+1"}
    assert any(str(-(2**60)) in line["表中内容"] for line in lines if line["问题"] == "数值超出范围")
    assert all(line["建议"] and line["列"] for line in lines)
    assert sum(sum(of.values()) for of in undisturbed[1].reasons.values()) == len(lines)


def test_counting_alone_writes_nothing_and_counts_the_same(table: Path, undisturbed: tuple[Path, Tally]) -> None:
    """Without a result the counts are those of a result, and the first problems are told."""
    before = files(table)
    judge = judge_of(LEVEL, pl.read_parquet(table), keep=("flawed",))
    tally, problems = count_only(TypedSource(table), judge, chunk=17)
    assert tally == undisturbed[1]
    assert files(table) == before
    assert problems.height == run.TOLD


# ---------------------------------------------------------------- interruptions


def killed_run(table: Path, out: Path, step: int | str) -> int:
    """Runs a screening in a process of its own, killed at a step; gives its exit status."""
    words = [sys.executable, "-m", "tests.screening_tables", str(table), str(out), "transfer", "30", str(step)]
    return subprocess.run(words, cwd=Path(__file__).parent.parent, check=False).returncode


def test_killed_at_ten_steps_and_run_again_it_gives_the_same_bytes(manifests: Path, tmp_path: Path) -> None:
    """Killed before or after any change of the disk, up to the removal of the last file, a run goes on to the same
    result, and never shows a result that is not whole."""
    draw = random.Random("killed")
    (tmp_path / "undisturbed").mkdir()
    (tmp_path / "killed").mkdir()
    screened(manifests, tmp_path / "undisturbed" / "out.parquet", "transfer", 30)
    whole = files(tmp_path / "undisturbed" / "out.parquet")
    statuses = []
    out = tmp_path / "killed" / "out.parquet"
    for step in (*range(1, 20, 4), *(draw.randrange(20) for _ in range(5))):
        statuses.append(killed_run(manifests, out, step))
        if out.exists():
            assert out.read_bytes() == whole["out.parquet"]
        else:
            assert not any(path.suffix == ".parquet" for path in out.parent.iterdir())
    assert statuses.count(-signal.SIGKILL) >= 8
    screened(manifests, out, "transfer", 30)
    assert files(out) == whole


def test_killed_while_the_result_is_written_it_shows_no_part_of_it(manifests: Path, tmp_path: Path) -> None:
    """Half a file never has the result's name, nor takes the place of an older result; the next run makes it whole."""
    out = tmp_path / "out.parquet"
    out.write_text("an older result")
    assert killed_run(manifests, out, HALF) == -signal.SIGKILL
    assert out.read_text() == "an older result"
    screened(manifests, out, "transfer", 30)
    (tmp_path / "undisturbed").mkdir()
    screened(manifests, tmp_path / "undisturbed" / "out.parquet", "transfer", 30)
    assert out.read_bytes() == (tmp_path / "undisturbed" / "out.parquet").read_bytes()


def test_a_finished_part_is_not_judged_again(manifests: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an interruption only the rows are judged that no whole part has; a part cut short is judged anew."""
    judged: list[int] = []
    plain = PartJudge.judge

    def watched(self: PartJudge, batch: pl.DataFrame, first_row: int) -> Any:
        judged.append(first_row)
        if len(judged) == 3:
            raise KeyboardInterrupt
        return plain(self, batch, first_row)

    monkeypatch.setattr(PartJudge, "judge", watched)
    out = tmp_path / "out.parquet"
    with pytest.raises(KeyboardInterrupt):
        screened(manifests, out, "transfer", 30)
    assert not out.exists()
    folder = parts_folder(out)
    cut = folder / "part-000001.parquet"
    cut.write_bytes(cut.read_bytes()[:-1])
    told: list[tuple[int, int]] = []
    screened(manifests, out, "transfer", 30, progress=lambda done, earlier: told.append((done, earlier)))
    assert judged == [0, 30, 60, 30, 60, 90]
    assert told == [(30, 30), (60, 30), (90, 30), (100, 30)]
    assert not folder.exists()


MANIFEST = {key: f"old {key}" for key in DIFFERENCES}


def test_work_on_something_else_is_not_gone_on_with(tmp_path: Path) -> None:
    """Each thing that differs is told, in Chinese too; `restart` begins anew, and what agrees goes on."""
    store = PartStore(tmp_path / "out.parts")
    assert store.open(MANIFEST) == []
    store.keep(0, Tally(rows=1), {"txt": lambda path: path.write_text("x")})
    assert [part.tally.rows for part in store.open(MANIFEST)] == [1]
    with pytest.raises(InputError) as caught:
        store.open({key: f"new {key}" for key in MANIFEST})
    messages = [problem.message for problem in caught.value.problems]
    assert sorted(messages) == sorted(text.format(f"old {key}", f"new {key}") for key, text in DIFFERENCES.items())
    for problem in caught.value.problems:
        told = in_chinese(problem, {})
        assert told.message != problem.message
        assert told.help != problem.help
    assert store.open(MANIFEST | {"source": "other"}, restart=True) == []
    assert [path.name for path in store.folder.iterdir()] == ["manifest.json"]


@pytest.mark.parametrize("content", ["", "[]", '{"format": "other"}', None])
def test_a_folder_of_other_things_is_left_alone(tmp_path: Path, content: str | None) -> None:
    """A folder in the place of the working folder that is none is neither used nor emptied, not even to restart."""
    folder = tmp_path / "out.parts"
    folder.mkdir()
    kept = folder / ("manifest.json" if content is not None else "thesis.docx")
    kept.write_text(content or "ten years of work")
    for restart in (False, True):
        with pytest.raises(InputError, match="no working folder"):
            PartStore(folder).open(MANIFEST, restart)
    assert kept.read_text() == (content or "ten years of work")


def test_two_runs_are_never_at_work_in_one_folder(manifests: Path, tmp_path: Path) -> None:
    """The second is told so, with the first undisturbed; once that has ended, the folder is free."""
    out = tmp_path / "out.parquet"
    with PartStore(parts_folder(out)).held():
        with (
            pytest.raises(InputError, match="another run is at work") as caught,
            PartStore(parts_folder(out)).held(),
        ):
            raise AssertionError
        assert in_chinese(caught.value.problems[0], {}).help != caught.value.problems[0].help
        assert killed_run(manifests, out, 10**6) == 1
    assert list(tmp_path.iterdir()) == []
    assert killed_run(manifests, out, 10**6) == 0


def test_work_of_which_no_part_is_finished_is_not_kept(table: Path, tmp_path: Path) -> None:
    """A table that is refused while its first part is read leaves nothing behind, so that it can be mended at once."""

    sound = [0]

    class Broken(TypedSource):
        def batches(self, size: int, start_row: int = 0, columns: Any = None) -> Any:
            yield from list(super().batches(size, start_row))[: sound[0]]
            raise InputError([])

    judge = judge_of(LEVEL, pl.read_parquet(table))
    for sound[0] in (0, 1):
        store = PartStore(tmp_path / "out.parts")
        with pytest.raises(InputError), store.held():
            screen_parts(Broken(table), judge, store, {}, chunk=30)
        assert store.folder.exists() is bool(sound[0])


# ---------------------------------------------------------------- what must not pass


def test_rows_that_get_lost_are_an_error(table: Path, tmp_path: Path) -> None:
    """A table that gives fewer rows than it has, or a count that does not add up, ends without a result."""

    class Short(TypedSource):
        @property
        def rows(self) -> int:
            return super().rows

        def batches(self, size: int, start_row: int = 0, columns: Any = None) -> Any:
            yield from list(super().batches(size, start_row))[:-1]

    judge = judge_of(LEVEL, pl.read_parquet(table))
    with pytest.raises(LostRows, match="100 rows, but"):
        screen_parts(Short(table), judge, PartStore(tmp_path / "a.parts"), {}, chunk=30)
    tally = total(screen_parts(TypedSource(table), judge, PartStore(tmp_path / "b.parts"), {}, chunk=60))
    run.check_sum(TypedSource(table), tally)
    for wrong in ({"judged": tally.judged - 1}, {"rejected": 0}, {"decisions": {}}, {"rows": 99}):
        with pytest.raises(LostRows):
            run.check_sum(TypedSource(table), evolve(tally, **wrong))


def test_a_disk_without_room_is_told_after_the_first_part(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work is not begun that cannot be finished, and it goes on once there is room."""
    monkeypatch.setattr(run.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    out = tmp_path / "out.parquet"
    with pytest.raises(InputError, match="the disk has 0 MiB left"):
        screened(table, out, LEVEL, 30)
    assert len(list(parts_folder(out).glob("*.json"))) == 2
    monkeypatch.undo()
    assert screened(table, out, LEVEL, 30).rows == 100


@pytest.mark.parametrize("room", [100, 10**9])
def test_a_failure_of_polars_to_write_is_told_with_its_reason(
    manifests: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    """A full disk is called so, though Polars speaks of a specification; the work goes on once there is room."""

    def fails(*_: object, **__: object) -> None:
        raise pl.exceptions.ComputeError("parquet: File out of specification: transport error\n\nmore")

    out = tmp_path / "out.parquet"
    monkeypatch.setattr(pl.LazyFrame, "sink_parquet", fails)
    monkeypatch.setattr(parts.shutil, "disk_usage", lambda _: type("Usage", (), {"free": room}))
    with pytest.raises(InputError) as caught:
        screened(manifests, out, "transfer", 30)
    (problem,) = caught.value.problems
    reason = "no space left on device" if room == 100 else "parquet: file out of specification: transport error"
    assert problem.message == f"the working folder cannot be written: {reason}"
    monkeypatch.undo()
    assert screened(manifests, out, "transfer", 30).rows == 100


def test_counts_written_down_are_the_same_counts(undisturbed: tuple[Path, Tally]) -> None:
    """A tally survives being written as JSON, and adding nothing changes nothing."""
    tally = undisturbed[1]
    assert Tally.from_dict(json.loads(json.dumps(tally.to_dict()))) == tally
    assert tally + Tally() == Tally() + tally == tally
