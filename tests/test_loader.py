"""A folder to a pack: what is read, and what is refused where."""

from __future__ import annotations

import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from ynpolicy.engines.compiled import compile_level
from ynpolicy.errors import InputError
from ynpolicy.ir import ByBoundaries, ByRivers, Compare, DatedValue, Literal, Lookup, Modality, Total, Within
from ynpolicy.judge import Judge
from ynpolicy.loader import load_pack, pack_names
from ynpolicy.values import exact
from ynpolicy.verdict import Outcome

RIVER = Path(__file__).parent / "data" / "packs" / "river"

WRONG = {
    "a fact that is not in the vocabulary": (
        "norms/river.yaml",
        "site.bank_distance <= river_buffer",
        "site.bank_distnace <= river_buffer",
        "norms/river.yaml:10:7: unknown fact `site.bank_distnace`\n  help: did you mean `site.bank_distance`?",
    ),
    "a parameter that does not exist": (
        "norms/river.yaml",
        "<= river_buffer",
        "<= river_bufer",
        "unknown parameter `river_bufer`\n  help: did you mean `river_buffer`?",
    ),
    "a set compared as one symbol": (
        "norms/river.yaml",
        'overlaps(project.works, ["smelter"])',
        'project.works in ["smelter"]',
        'it is a set: write overlaps(project.works, ["smelter"])',
    ),
    "a symbol that the fact does not have": (
        "norms/river.yaml",
        '["smelter"]',
        '["smelting"]',
        "`smelting` is no symbol of the other side\n  help: did you mean `smelter`?",
    ),
    "a symbol that the fact does not have, on the left": (
        "norms/river.yaml",
        'overlaps(project.works, ["smelter"])',
        'within(["smelting"], project.works)',
        "`smelting` is no symbol of the other side\n  help: did you mean `smelter`?",
    ),
    "a rank that no river has": (
        "facts.yaml",
        "ranks: mainstem",
        "ranks: [mainstem, main_tributery]",
        "facts.yaml:36:48: unknown rank `main_tributery`\n  help: did you mean `main_tributary`?",
    ),
    "rivers and boundaries at once": (
        "facts.yaml",
        "{boundaries: county}",
        "{boundaries: county, buffer: river_buffer}",
        "`buffer` does not go with boundaries\n  help: write boundaries alone",
    ),
    "rivers without ranks": (
        "facts.yaml",
        "ranks: mainstem, ",
        "",
        "`locate` of fact `site.bank_distance` has no `ranks`\n  help: write `ranks:`",
    ),
    "a buffer that the law does not draw": (
        "facts.yaml",
        "buffer: river_buffer",
        "buffer: river_bufer",
        "`site.bank_distance`: unknown parameter `river_bufer`\n  help: did you mean `river_buffer`?",
    ),
    "a distance that is no length": (
        "facts.yaml",
        "  levels: [project]\n  locate: {rivers: [上江, 下江], ranks: mainstem, buffer: river_buffer}",
        "  levels: [project]\n  locate: {boundaries: county}",
        "`site.bank_distance` is located by boundaries and is a number\n  help: give it `type: symbol`",
    ),
    "a place that rivers cannot tell": (
        "facts.yaml",
        "{boundaries: county}",
        "{rivers: [上江], ranks: [mainstem]}",
        "`site.town` is located by rivers and is not a number in m\n  help: give it `type: number` and `unit: m`",
    ),
    "a number of the law in a condition": (
        "norms/river.yaml",
        "<= river_buffer",
        "<= 500",
        "`500` is a number in a condition\n  help: make it a dated parameter with its clause",
    ),
    "units that do not fit": (
        "norms/river.yaml",
        "site.bank_distance <= river_buffer",
        "project.water <= river_buffer",
        "`project.water <= river_buffer` compares t/a with m\n  help: give both the same unit",
    ),
    "a quotient": (
        "norms/river.yaml",
        "site.bank_distance <= river_buffer",
        "site.bank_distance / river_buffer <= 0",
        "`site.bank_distance / river_buffer` divides\n  help: cross-multiply: a >= ratio * b",
    ),
    "a call that is no operator": (
        "norms/river.yaml",
        "site.bank_distance <= river_buffer",
        '__import__("os").system("x")',
        "is not a condition",
    ),
    "a text read by a condition": (
        "norms/river.yaml",
        "- project.begun",
        '- project.remark == "x"',
        "`project.remark` is a text: no condition may read it",
    ),
    "two modalities": (
        "norms/river.yaml",
        "  must_not:",
        "  must: [project.begun]\n  must_not:",
        "norm `river.ban` has `must` and `must_not` of the modalities",
    ),
    "no modality": (
        "norms/river.yaml",
        "  must_not:\n    - site.bank_distance <= river_buffer\n",
        "",
        "norm `river.ban` has none of the modalities",
    ),
    "a misspelt key": (
        "norms/river.yaml",
        "  applies:",
        "  aplies:",
        "unknown key `aplies` in a norm\n  help: did you mean",
    ),
    "a clause that does not exist": (
        "norms/river.yaml",
        "clauses: [river.ban]",
        "clauses: [river.bann]",
        "norm `river.ban`: unknown clause `river.bann`\n  help: did you mean `river.ban`?",
    ),
    "a reading that does not exist": (
        "norms/river.yaml",
        "readings: [inside]",
        "readings: [outside]",
        "norm `river.ban`: unknown reading `outside`\n  help: did you mean `inside`?",
    ),
    "a norm without English": ("norms/river.yaml", ", en: No smelter at the bank", "", "has no `en`"),
    "a quote that is not the digest's": (
        "clauses.yaml",
        "quote: 取水不超过定额",
        "quote: 取水不超过限额",
        "the digest of clause `water.quota` is not that of its quote",
    ),
    "a clause twice": ("clauses.yaml", "- id: water.quota", "- id: river.ban", "duplicate clause `river.ban`"),
    "two values on one day": (
        "parameters.yaml",
        "until: 2022-12-31",
        "until: 2023-01-31",
        "two values of `river_buffer` hold on the same day",
    ),
    "a value without a source": (
        "parameters.yaml",
        "2022-12-31, clause: river.ban",
        "2022-12-31",
        "a value has neither clause nor source",
    ),
    "an unverified value that says nothing": (
        "parameters.yaml",
        ", note: {zh: 查印发通知, en: the covering notice would settle it}",
        "",
        "an unverified value does not say what would settle it",
    ),
    "a parameter by the day's name": (
        "parameters.yaml",
        "river_buffer:",
        "as_of:",
        "`as_of` is the case's as-of date and no parameter\n  help: conditions may read it without that",
    ),
    "a column by the day's name": (
        "tables/quotas.csv",
        "quota",
        "as_of",
        "a column is called `as_of`\n  help: so conditions call the day",
    ),
    "the day compared with a number": (
        "norms/river.yaml",
        "<= river_buffer",
        "<= as_of",
        "`site.bank_distance <= as_of` compares a number with a date",
    ),
    "a date that does not exist": (
        "parameters.yaml",
        "2022-12-31",
        "2022-12-32",
        "`2022-12-32` is not a date that exists",
    ),
    "a word with two meanings": ("facts.yaml", "label: {zh: 取水量,", "label: {zh: 北取水量,", "`北取水量` means both"),
    "a fact that follows from a later one": (
        "facts.yaml",
        "[project.water_north, project.water_south]",
        "[project.water_north, project.water]",
        "`project.water` stands before `project.water`, from which it follows",
    ),
    "an unknown table": ("facts.yaml", "lookup: towns", "lookup: town", "unknown table `town`"),
    "a table row that is short": (
        "tables/towns.csv",
        "lower,下镇,Lower Town,south,20.5",
        "lower,下镇",
        "towns.csv:3:1: the row has 2 cells",
    ),
    "a key twice in a table": ("tables/towns.csv", "lower,下镇", "upper,下镇", "towns.csv:3:1: duplicate key `upper`"),
    "a cell that should be a number": (
        "tables/quotas.csv",
        "lower,20.5",
        "lower,many",
        "row `lower` of table `quotas`",
    ),
    "a reading without its reasons": (
        "readings.md",
        '- why: "within" includes the number\n',
        "",
        "reading `inside` has no `why`",
    ),
    "a level that does not exist": (
        "pack.yaml",
        "  project:",
        "  projects:",
        "unknown level `projects`\n  help: did you mean `project`?",
    ),
    "a norm file that is not listed": (
        "pack.yaml",
        "[river, water]",
        "[river, watr]",
        "there is no norms/watr.yaml\n  help: did you mean `water`?",
    ),
    "a pack without a period": (
        "pack.yaml",
        "period: [2021-01-01, 2025-12-31]",
        "period: 2021",
        "is not a date that exists",
    ),
    "a pack with three days as its period": (
        "pack.yaml",
        "period: [2021-01-01, 2025-12-31]",
        "period: [2021-01-01, 2023-01-01, 2025-12-31]",
        "the pack's `period` is not one or two dates",
    ),
}


def changed(tmp_path: Path, file: str, old: str, new: str) -> Path:
    folder = tmp_path / "river"
    shutil.copytree(RIVER, folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(("file", "old", "new", "message"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_pack_is_refused_with_a_place(tmp_path: Path, file: str, old: str, new: str, message: str) -> None:
    """Each kind of mistake in a pack is an `InputError` that says where it is, what was found and what is right."""
    with pytest.raises(InputError) as caught:
        load_pack(changed(tmp_path, file, old, new))
    assert message in str(caught.value)
    assert all(problem.place.file.startswith("river/") for problem in caught.value.problems)


def test_problems_of_several_files_come_together(tmp_path: Path) -> None:
    """One run names what is wrong in the vocabulary, in the norms and in the clauses."""
    folder = changed(tmp_path, "norms/river.yaml", "<= river_buffer", "<= river_bufer")
    for file, old, new in (
        ("facts.yaml", "type: boolean", "type: bool"),
        ("clauses.yaml", "kind: encoded", "kind: code"),
    ):
        path = folder / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_pack(folder)
    assert {problem.place.file for problem in caught.value.problems} >= {
        "river/norms/river.yaml",
        "river/facts.yaml",
        "river/clauses.yaml",
    }


def test_a_pack_is_read_as_it_is_written() -> None:
    """Vocabulary, dated parameters, rows of tables and norms come out typed and exact."""
    pack = load_pack(RIVER)
    assert list(pack.norms) == ["river.ban", "water.quota[upper]", "water.quota[lower]"]
    quota = pack.norms["water.quota[lower]"].requirement
    assert quota is not None
    assert isinstance(quota.items[0], Compare)
    assert quota.items[0].right == Literal(Fraction(41, 2))
    assert pack.norms["river.ban"].modality is Modality.MUST_NOT
    assert pack.facts["site.district"].derived == Lookup("site.town", "towns", "district")
    assert pack.facts["project.water"].derived == Total(("project.water_north", "project.water_south"))
    assert pack.facts["site.town"].located == ByBoundaries("county")
    assert pack.facts["site.bank_distance"].located == ByRivers(("上江", "下江"), ("mainstem",), "river_buffer")
    buffer = pack.parameters["river_buffer"]
    values = [entry.value for day in (date(2022, 12, 31), date(2023, 1, 1)) if (entry := buffer.at(day))]
    assert values == [exact(500), exact(1000)]


def test_conditions_may_read_the_day(tmp_path: Path) -> None:
    """`as_of` is the case's as-of date, of type date; a pack whose conditions do not read it has no such parameter."""
    folder = changed(tmp_path, "norms/river.yaml", "- project.begun", '- as_of <= day("2022-05-01")')
    pack = load_pack(folder)
    assert pack.parameters["as_of"].at(date(2022, 5, 2)) == DatedValue(date(2022, 5, 2))
    assert "as_of" not in load_pack(RIVER).parameters
    facts = {"site.town": "上镇", "project.works": ["smelter"], "site.bank_distance": 100}
    case = {"case": "c", "level": "project", "facts": facts}
    for day, outcome in (("2022-05-01", Outcome.EXEMPT), ("2022-05-02", Outcome.VIOLATED)):
        verdict = Judge(pack).check(case, as_of=day)
        assert verdict.findings[0].outcome is outcome
        level = compile_level(pack, "project", verdict.case.as_of, verdict.case.parameters)
        assert level.outcomes(level.prepare(verdict.case))["river.ban"] is outcome


@pytest.mark.parametrize(
    ("outline", "message"),
    [
        ("chapters: [{section: 一, title: {zh: 甲, en: a}}]", "clause `water.quota`: no chapter has the section `二`"),
        ("least_share: 94", "`94` is no share"),
        ("entries: two", "`two` is not a whole number"),
        ("chapter: []", "unknown key `chapter` in the outline"),
        (
            "chapters: [{section: 一, title: {zh: 甲, en: a}, headings: [{section: 二（一）, words: 乙, offset: 0}]}]",
            "the heading `二（一）` is not of chapter `一`",
        ),
        ("chapters: [{section: 一, title: {zh: 甲, en: a}, headings: [{section: 一}]}]", "a heading has no `words`"),
    ],
)
def test_an_outline_that_does_not_fit_the_ledger_is_refused(tmp_path: Path, outline: str, message: str) -> None:
    """Each chapter, heading, share and number of entries is checked."""
    folder = tmp_path / "river"
    shutil.copytree(RIVER, folder)
    (folder / "outline.yaml").write_text(outline, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_pack(folder)
    assert message in str(caught.value)


def test_a_list_of_the_law_names_symbols_that_a_fact_declares(tmp_path: Path) -> None:
    """A parameter may stand before a fact and hold part of its symbols; a symbol that the fact lacks is refused."""
    folder = changed(tmp_path, "norms/river.yaml", "- project.begun", "- within(all_works, project.works)")
    parameters = folder / "parameters.yaml"
    works = "\nall_works:\n  type: symbols\n  label: {zh: 内容, en: works}\n"
    works += "  values: [{value: [mill], clause: river.ban}]\n"
    parameters.write_text(parameters.read_text(encoding="utf-8") + works, encoding="utf-8")
    assert isinstance(load_pack(folder).norms["river.ban"].exemptions[0].when.items[0], Within)
    parameters.write_text(parameters.read_text(encoding="utf-8").replace("[mill]", "[milling]"), encoding="utf-8")
    with pytest.raises(InputError, match=r"`milling` is no symbol of the other side\n  help: did you mean `mill`\?"):
        load_pack(folder)


def test_the_digest_follows_the_content(tmp_path: Path) -> None:
    """Two loads of a pack have one digest, and a changed word has another."""
    folder = changed(tmp_path, "norms/river.yaml", "zh: 已开工", "zh: 已动工")
    assert load_pack(RIVER).digest == load_pack(RIVER).digest != load_pack(folder).digest


def test_an_unknown_pack_is_refused_with_the_known_ones() -> None:
    """A misspelt name gets the nearest; a path outside the library's packs is not followed by name."""
    with pytest.raises(InputError, match="did you mean `yunnan-14fyp`"):
        load_pack("yunan-14fyp")
    for name in ("../tests", "", ".", "a/b"):
        with pytest.raises(InputError, match="there is no such pack"):
            load_pack(name)


def test_the_library_ships_the_plan() -> None:
    """The plan's pack comes with the library."""
    assert "yunnan-14fyp" in pack_names()
