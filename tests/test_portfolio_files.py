"""Lists of cases as files, the command `portfolio`, its reports, and what is wrong with lists and groupings."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Final

import jsonschema
import pytest
from click.testing import CliRunner

from tests.test_messages import OURS
from ynpolicy import cli
from ynpolicy.diff.groupings import grouping_differences
from ynpolicy.errors import InputError
from ynpolicy.ir import Pack
from ynpolicy.judge import Judge
from ynpolicy.lint import lint
from ynpolicy.loader import load_pack
from ynpolicy.messages import in_chinese
from ynpolicy.portfolio.casebook import read_lists, run_lists
from ynpolicy.portfolio.data import portfolio_to_dict
from ynpolicy.portfolio.files import judge_files
from ynpolicy.portfolio.judging import PortfolioJudge
from ynpolicy.render.portfolio import render_portfolio
from ynpolicy.schemas import schema
from ynpolicy.verdict import Decision

POOL: Final = Path(__file__).parent / "data" / "packs" / "pool"
LIST: Final = Path(__file__).parent.parent / "docs" / "how-to" / "portfolio"
PLAN: Final = load_pack("yunnan-14fyp")
DAY: Final = "2026-01-15"

USES: Final = """编号,层级,受理日期,所在省（区、市）,替代来源编号,来源用量,来源核实削减量
甲,项目,2024-05-01,云南省,S-1,70,100
乙,项目,2024-05-01,云南省,S-1,40.5,100
"""


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return folder


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli.app, ["portfolio", *map(str, words)])
    return result.exit_code, result.output


# ---------------------------------------------------------------- what the command does


def test_the_sample_list_finds_what_it_says(tmp_path: Path) -> None:
    """A list that names its parts, its day and what is complete is judged by every grouping that it touches."""
    found = judge_files(PLAN, [LIST / "清单.yaml"]).portfolio
    assert (found.as_of.isoformat(), found.complete) == (DAY, ("transfer", "enterprise"))
    refused = {(one.grouping.id, one.title) for one in found.groups if one.verdict.decision is Decision.REFUSED}
    assert refused == {
        ("offset-source", "J-2023-05"),
        ("transfer-approval", "云环转2025-7"),
        ("prefecture-emission", "红河哈尼族彝族自治州"),
        ("prefecture-emission", "曲靖市"),
    }
    rosters = {one.grouping.id: len(one.groups) for one in found.groupings if one.grouping.roster}
    assert (rosters["county-facilities"], rosters["prefecture-emission"]) == (129, 16)


def test_a_folder_is_a_list_and_a_file_that_its_list_names_is_read_once() -> None:
    """The folder of the sample gives what its list gives."""
    whole, part = judge_files(PLAN, [LIST]).portfolio, judge_files(PLAN, [LIST / "清单.yaml"]).portfolio
    assert (whole.cases, whole.complete, whole.decisions) == (part.cases, part.complete, part.decisions)


@pytest.mark.parametrize(
    ("complete", "uses", "status"),
    [((), USES, 1), ((), USES.replace("40.5", "30"), 3), (("--complete", "项目"), USES.replace("40.5", "30"), 3)],
    ids=["beyond", "open", "shared"],
)
def test_the_exit_status_is_that_of_the_gravest_group(
    tmp_path: Path, complete: tuple[str, ...], uses: str, status: int
) -> None:
    """1 where a group is refused, 3 where something is open or under review."""
    written(tmp_path, uses_csv=uses)
    assert run(tmp_path / "uses.csv", "--only", "offset-source", *complete)[0] == status


def test_a_list_in_order_ends_with_0(tmp_path: Path) -> None:
    """One project that takes less than was verified, of a list that is complete, leaves nothing open; that a norm on
    something else is not due yet does not matter, unless nothing else is judged."""
    written(tmp_path, uses_csv="\n".join(USES.splitlines()[:2]))
    for only in (("--only", "offset-source"), ()):
        status, text = run(tmp_path, *only, "--complete", "project")
        assert (status, "替代来源：组数 1｜未发现不符合 1" in text) == (0, True)
    assert run(tmp_path, "--only", "hw-centre", "--complete", "project")[0] == 3


def test_a_list_without_any_group_is_not_judged(tmp_path: Path) -> None:
    """Where no case is of any group there is nothing to judge, and that is no pass."""
    written(tmp_path, uses_csv=USES.replace("云南省", "贵州省"))
    status, text = run(tmp_path, "--only", "offset-source", "--complete", "project")
    assert (status, text.split("｜")[0]) == (3, "不在本规划适用范围")


def test_a_case_whose_group_is_not_known_leaves_something_open(tmp_path: Path) -> None:
    """Where no source is named there is no group to judge, and still the list is not in order."""
    written(tmp_path, uses_csv=USES.replace("S-1", ""))
    status, text = run(tmp_path, "--only", "offset-source", "--complete", "project")
    assert status == 3
    assert "所属组不明的案件" in text


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("fmt", ["text", "md", "html"])
def test_each_report_names_the_members_that_suffice(lang: str, fmt: str) -> None:
    """The two projects that use the source up stand in every report; nothing is left unfilled, and no tag escapes."""
    judged = judge_files(PLAN, [LIST / "清单.yaml"], groupings=["offset-source", "prefecture-emission"])
    report = render_portfolio(judged.portfolio, ("没有的列",), fmt, lang)
    for name in ("甲冶炼厂扩建", "乙锌业新建", "戊铅业扩建", "没有的列"):
        assert name in report
    assert ("仅前 2 个成员" if lang == "zh" else "The first 2 alone") in report
    if fmt != "html":
        assert ("不少于 106.6" if lang == "zh" else "at least 106.6") in report
    assert "9007199254" not in report
    assert "{}" not in report
    if fmt == "html":
        assert report.count('<tr class="enough">') == 2 + 2 + 1 + 2


def test_what_an_author_writes_is_no_markup(tmp_path: Path) -> None:
    """A name cannot bring a tag into the page, nor an escape into the terminal."""
    written(tmp_path, uses_csv=USES.replace("甲", "<b>甲\x1b[31m"))
    judged = judge_files(PLAN, [tmp_path], groupings=["offset-source"]).portfolio
    assert "<b>" not in render_portfolio(judged, (), "html")
    assert "\x1b" not in render_portfolio(judged, (), "text")


def test_json_follows_its_schema() -> None:
    """Groups, members, causes and verdicts are as the published schema has them; open bounds are null."""
    found = judge_files(PLAN, [LIST / "清单.yaml"], groupings=["offset-source", "inbound-year", "prefecture-emergency"])
    data = json.loads(json.dumps(portfolio_to_dict(found.portfolio)))
    jsonschema.Draft202012Validator(schema("portfolio")).validate(data)
    group = next(one for one in data["groupings"] if one["id"] == "offset-source")["groups"][0]
    used = next(one for one in group["gathered"] if one["fact"] == "source.used")
    assert used["value"] == {"at_least": "106.6", "at_most": None}
    cause = group["causes"]["portfolio.offset-within-verified"][0]
    assert cause["counted"][: cause["enough"]] == ["甲冶炼厂扩建", "乙锌业新建"]
    data["groupings"][0]["groups"][0]["extra"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema("portfolio")).validate(data)


# ---------------------------------------------------------------- what is wrong with a list


@pytest.mark.parametrize(
    ("files", "words", "wanted"),
    [
        (
            {"a_yaml": "case: x\nlevel: project\nfacts: {offset.from_source: many}\n"},
            (),
            ["不是普通的十进制数", "清单没有基准日"],
        ),
        ({"a_csv": USES, "b_csv": USES}, (), ["建设项目 `甲` 在清单里出现两次", "建设项目 `乙` 在清单里出现两次"]),
        (
            {"a_csv": USES.replace("2024-05-01", "2024-05-02", 1)},
            (),
            ["各案件的受理日期不同：`2024-05-02`, `2024-05-01`"],
        ),
        ({"a_csv": USES}, ("--complete", "汽车"), ["没有 `汽车` 这个层级"]),
        ({"a_csv": USES}, ("--only", "offsets"), ["没有 `offsets` 这个汇总", "offset-source"]),
        ({"a_csv": USES}, ("--pack", "yangtze-law-26"), ["没有汇总规则"]),
        ({"a_txt": "x"}, (), ["文件夹里没有案件文件"]),
        ({"a_yaml": "case: x\nlevel: 医疗机构\nas_of: 2024-01-01\n"}, (), ["规则包没有汇总这份清单里的案件"]),
        (
            {
                "a_yaml": "清单: x\n基准日: 2024-13-01\n完整: 汽车\n文件: [b.csv, b.csv, [c], {level: 项目}, x.csv]\n",
                "b_csv": USES,
            },
            (),
            [
                "日期 `2024-13-01` 不存在",
                "没有 `汽车` 这个层级",
                "同一个文件读了两次",
                "不能作清单的组成部分",
                "没有写 `file`",
                "文件读不了",
            ],
        ),
        ({"a_yaml": "清单: x\n文件: []\n"}, (), ["清单里没有案件"]),
    ],
    ids=["fact", "twice", "days", "complete", "only", "pack", "empty", "elsewhere", "list", "none"],
)
def test_what_is_wrong_is_told_at_once_in_chinese(
    tmp_path: Path, files: dict[str, str], words: tuple[str, ...], wanted: list[str]
) -> None:
    """Status 2, every problem, no report; the help is in Chinese, too."""
    status, text = run(written(tmp_path, **files), *words)
    assert status == 2
    for part in wanted:
        assert part in text
    assert "Traceback" not in text
    assert "汇总核查报告" not in text


def test_a_sum_beyond_all_numbers_is_told_in_chinese(tmp_path: Path) -> None:
    """What cannot be kept exactly is refused with the name of the group."""
    row = "{},项目,2024-05-01,云南省,S-1,9000000000,100\n"
    written(tmp_path, uses_csv=USES.splitlines()[0] + "\n" + row.format("甲") + row.format("乙"))
    with pytest.raises(InputError) as caught:
        judge_files(PLAN, [tmp_path])
    (problem,) = caught.value.problems
    told = in_chinese(problem, {name: fact.label.zh for name, fact in PLAN.facts.items()})
    assert "一组的合计超过" in told.message
    assert OURS.sub("", told.message).isascii() is False


def test_nothing_is_written_where_the_list_is_wrong(tmp_path: Path) -> None:
    """`--out` is a whole report or no file."""
    written(tmp_path, a_csv=USES.replace("70", "viel"))
    assert run(tmp_path, "--out", tmp_path / "r.html", "--format", "html")[0] == 2
    assert not (tmp_path / "r.html").exists()


# ---------------------------------------------------------------- what is wrong with a grouping


def pool(tmp_path: Path, old: str, new: str, file: str = "portfolio/pool.yaml") -> Path:
    folder = tmp_path / "pool"
    shutil.copytree(POOL, folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("level: portfolio", "level: project", "groups cases of the level `project` on that level"),
        ("members: project", "members: car", "unknown members `car`"),
        ("among: [take.counted]", "among: [take.amount]", "is a number and stands alone"),
        ("by: take.pool", "by: take.amount", "cases cannot be grouped by `take.amount`, a number"),
        ("by: take.pool", "by: take.day", "cases cannot be grouped by `take.day`, a date"),
        ("by: take.pool", "by: {year: take.pool}", "cases cannot be grouped by `take.pool`, a symbol"),
        ("by: take.pool", "by: take.nothing", "unknown fact `take.nothing`"),
        ("named: pool.name", "named: pool.permit", "`pool.permit` cannot name what `take.pool` groups"),
        ("named: pool.name", "named: take.pool", "`take.pool` is not asked of a portfolio"),
        ("named: pool.name\n", "", "has no `named`"),
        ("groups: pools", "groups: rivers", "unknown table `rivers`"),
        ("by: take.pool", "by: take.permit", "`groups` lists the groups of a symbol"),
        ("{pool.kind: pool}", "{pool.kind: lake}", "`lake` is no value of `pool.kind`"),
        ("{sum: take.amount}", "{sum: take.amount, count: []}", "is reckoned in 2 ways"),
        ("{sum: take.amount}", "{total: take.amount}", "unknown key `total`"),
        ("{sum: take.amount}", "{sum: take.pool}", "`pool.used` cannot be the sum of `take.pool`"),
        (
            "{sum: take.amount}",
            "{sum: take.amount, of: the_year_before}",
            "only the groups of a year have a year before",
        ),
        ("{sum: take.amount}", "{count: []}", "`pool.used` is no count"),
        ("{same: take.limit}", "{some: []}", "`pool.limit` is a number and says whether there is a member"),
        ("{count: []}", "{count: [], where: [take.counted]}", "`where` stands beside `count`"),
        ("pool.few-users]", "pool.nothing]", "no norm `pool.nothing` stands on the level `portfolio`"),
        ("title: {zh: 水库, en: pool}", "title: {zh: 水库}", "has no `en`"),
        ("gather:", "collect:", "unknown key `collect`"),
    ],
)
def test_a_wrong_grouping_is_refused_with_its_place(tmp_path: Path, old: str, new: str, wanted: str) -> None:
    """A grouping's names, kinds and units are checked when the pack is loaded, each with file and line."""
    with pytest.raises(InputError) as caught:
        load_pack(pool(tmp_path, old, new))
    found = [problem for problem in caught.value.problems if wanted in problem.message]
    assert found, str(caught.value)
    assert found[0].place.file == "pool/portfolio/pool.yaml"
    assert found[0].place.line


def test_a_norm_nobody_gathers_for_is_told(tmp_path: Path) -> None:
    """A grouping for which no norm stands judges nothing, and is refused."""
    folder = pool(tmp_path, "judged: [pool.permit-within-limit]\n", "", "portfolio/permit.yaml")
    text = (folder / "norms" / "pool.yaml").read_text(encoding="utf-8")
    (folder / "norms" / "pool.yaml").write_text(text.replace("pool.used", "pool.change"), encoding="utf-8")
    (folder / "portfolio" / "permit.yaml").write_text(
        (folder / "portfolio" / "permit.yaml")
        .read_text(encoding="utf-8")
        .replace("  pool.limit: {same: take.limit}\n", ""),
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="no norm reads what the grouping `permit` gathers"):
        load_pack(folder)


# ---------------------------------------------------------------- the pack's own lists


def test_the_plan_s_lists_pass_and_cover_every_grouping() -> None:
    """Every list gives what it expects on both engines; lint asks for a breach, compliance and an open outcome."""
    lists = read_lists(PLAN)
    assert {one.grouping for one in lists} == set(PLAN.groupings)
    _, problems = run_lists(PortfolioJudge(PLAN), lists)
    assert problems == ()


def test_a_changed_gathering_fails_its_lists(tmp_path: Path) -> None:
    """A grouping that no longer asks for one of its lines is seen by a list; so is one without a list."""
    folder = tmp_path / "yunnan-14fyp"
    shutil.copytree(PLAN.root, folder)
    path = folder / "portfolio" / "inbound-year.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('  - transfer.purpose not in ["recovery", "reuse"]\n', ""), encoding="utf-8")
    pack: Pack = load_pack(folder)
    _, problems = run_lists(PortfolioJudge(pack, use_forward=False), read_lists(pack))
    assert {problem.message.split("：")[0].split(":")[0] for problem in problems} == {"资源化利用的转入不计入转入量"}


def test_lint_asks_for_lists(tmp_path: Path) -> None:
    """A pack with groupings and no lists is told what each of them wants."""
    problems = [problem.message for problem in lint(Judge(load_pack(POOL), use_forward=False))]
    assert "no list with a breach: pool / pool.within-limit" in problems
    assert "no list with a undetermined outcome: year / pool.falls" in problems
    assert "no list that is complete: watch" in problems


def test_a_wrong_list_in_a_casebook_is_refused(tmp_path: Path) -> None:
    """Unknown groupings, norms, bases and outcomes, and two lists of one name, are input errors with places."""
    folder = tmp_path / "pool"
    shutil.copytree(POOL, folder)
    (folder / "cases" / "portfolio").mkdir(parents=True)
    text = """cases:
  - {case: x, grouping: lakes, as_of: 2024-01-01, members: [], expect: {}}
  - case: y
    grouping: pool
    as_of: 2024-99-01
    members: [{id: m, base: no, facts: {}}]
    expect: {a: {pool.falls: complied}}
  - {case: z, grouping: pool, as_of: 2024-01-01, members: [], expect: {a: {pool.within-limit: fine}}}
  - {case: z, grouping: pool, as_of: 2024-01-01, members: [], expect: {}}
"""
    (folder / "cases" / "portfolio" / "lists.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_lists(load_pack(folder))
    told = str(caught.value)
    for part in (
        "no grouping `lakes`",
        "does not exist",
        "unknown base `no`",
        "unknown key `pool.falls`",
        "`fine`",
        "two cases are called `z`",
    ):
        assert part in told


def test_a_comparison_of_packs_names_groupings_that_differ(tmp_path: Path) -> None:
    """Two packs that put cases together otherwise do not say the same, though each norm may be alike."""
    changed = load_pack(pool(tmp_path, "among: [take.counted]", "among: []"))
    (element,) = grouping_differences(load_pack(POOL), changed)
    assert (element.kind, element.name) == ("grouping", "pool")
    assert [(one.name, one.before, one.after) for one in element.aspects] == [("among", "take.counted", "")]
    assert list(grouping_differences(changed, changed)) == []


def test_a_report_is_written_over_no_file_of_the_list(tmp_path: Path) -> None:
    """Neither one that is named, nor one that a list names, nor one in a folder."""
    parts = {path.name: path.read_bytes() for path in LIST.iterdir()}
    for name, content in parts.items():
        (tmp_path / name).write_bytes(content)
    for named in (tmp_path / "清单.yaml", tmp_path):
        for name in parts:
            code, said = run(named, "--out", tmp_path / name, "--lang", "en")
            assert (code, "this is a file that is read" in said) == (2, True), said
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == parts
