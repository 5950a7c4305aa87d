"""Several packs on one case: each judges by its own norms, their words agree, and the gravest decision leads."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

import ynpolicy
from tests.ran import Ran
from ynpolicy import JointJudge, JointVerdict
from ynpolicy.errors import InputError
from ynpolicy.joint import load_all
from ynpolicy.judge import Judge
from ynpolicy.loader import load_pack
from ynpolicy.messages import in_chinese
from ynpolicy.tables import read_form
from ynpolicy.testing import cases
from ynpolicy.verdict import GRAVEST_FIRST

RIVER = Path(__file__).parent / "data" / "packs" / "river"
PLAN, LAW = "yunnan-14fyp", "yangtze-law-26"
SMELTER: dict[str, Any] = {
    "site.town": "上镇",
    "project.works": ["smelter"],
    "site.bank_distance": 800,
    "project.begun": False,
    "lake.protected": False,
    "project.water": 0,
}
BEGUN = "project.begun:\n  type: boolean\n  label: {zh: 已开工, en: begun}"
PROTECTED = "lake.protected:\n  type: boolean\n  label: {zh: 已设防护, en: protected}"
BY_OTHERS = ("project.begun", "lake.protected", "project.water")
BANK = "label: {zh: 距岸线距离, en: distance to the bank}"
SHORE = "label: {zh: 离岸距离, en: distance from the shore}\n  aliases: [离岸]"
MELTER = "smelter: {zh: 冶炼, en: smelter, aliases: [熔炼]}"
MILL = "mill: {zh: 选厂, en: mill}"
LAKE = (
    ("pack.yaml", "id: river", "id: lake"),
    ("pack.yaml", "示例规划, en: A sample plan", "示例湖泊条例, en: A sample rule on lakes"),
    ("norms/river.yaml", "river.ban\n  title: {zh: 岸线内", "lake.ban\n  title: {zh: 湖岸"),
    ("norms/river.yaml", "- project.begun", "- lake.protected"),
    ("norms/water.yaml", 'water.quota\n  title: {zh: "{town}取水', 'lake.quota\n  title: {zh: "{town}湖水'),
    ("facts.yaml", BEGUN, PROTECTED),
    ("facts.yaml", BANK, SHORE),
    ("facts.yaml", "smelter: {zh: 冶炼, en: smelter}", MELTER),
    ("parameters.yaml", "{value: 500, until: 2022-12-31", "{value: 900, until: 2022-12-31"),
    ("cases/river.yaml", "river.ban", "lake.ban"),
)


def folder(where: Path, name: str, changes: Sequence[tuple[str, str, str]]) -> Path:
    """A copy of the river pack in which words are replaced, file by file."""
    copy = where / name
    shutil.copytree(RIVER, copy)
    for file, before, after in changes:
        text = (copy / file).read_text(encoding="utf-8")
        assert before in text, (file, before)
        (copy / file).write_text(text.replace(before, after), encoding="utf-8")
    return copy


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack of its own norms that shares most of its facts with the river pack, under other words."""
    return folder(tmp_path_factory.mktemp("packs"), "lake", LAKE)


@pytest.fixture(scope="module")
def both(lake: Path) -> JointJudge:
    return load_all([RIVER, lake])


def case(facts: dict[str, Any], day: str = "2022-05-01", **more: Any) -> dict[str, Any]:
    return {"case": "案", "level": "project", "as_of": day, "facts": facts, **more}


def wrong(judge: JointJudge, facts: dict[str, Any], **more: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        judge.check(case(facts, **more))
    return [str(problem) for problem in caught.value.problems]


# ---------------------------------------------------------------- each pack by itself


DRAWN = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
"""Without shrinking: to judge a case of the plan thousands of times over takes minutes."""
TOGETHER = load_all([PLAN, LAW])
ALONE = {name: ynpolicy.load(name) for name in (PLAN, LAW)}


@st.composite
def projects(draw: st.DrawFn) -> dict[str, Any]:
    """A case drawn for the plan, aimed or not, with the facts of one drawn for the law, on either's day."""
    plan, law = draw(cases(PLAN, "project")), draw(cases(LAW))
    day = draw(st.sampled_from([plan, law]))["as_of"]
    return {**plan, "as_of": day, "facts": {**law["facts"], **plan["facts"]}}


def said(verdict: ynpolicy.Verdict) -> tuple[object, ...]:
    """All that a verdict says but what its receipt does."""
    return (verdict.decision, verdict.findings, verdict.missing, verdict.sufficiency, verdict.after_period)


def own_part(project: dict[str, Any], judge: Judge) -> dict[str, Any]:
    """A project without what a pack does not know: the facts and the records of others."""
    facts = {name: answer for name, answer in project["facts"].items() if name in judge.facts}
    records = {
        kind: [record for record in found if record["norm"] in judge.norms]
        for kind, found in project.get("records", {}).items()
    }
    return {**project, "facts": facts, "records": records}


@settings(DRAWN, max_examples=12)
@given(projects())
def test_a_pack_judges_beside_another_as_it_judges_alone(project: dict[str, Any]) -> None:
    """Decision, findings, missing facts, sets, remedies: all are those of the pack alone on what it knows.

    What the packs find wrong with a case together is what they find alone.
    """
    alone, wrong = {}, set()
    for name, judge in ALONE.items():
        try:
            alone[name] = said(judge.check(own_part(project, judge)))
        except InputError as error:
            wrong |= {problem.message for problem in error.problems}
    if wrong:
        with pytest.raises(InputError) as caught:
            TOGETHER.check(project)
        assert {problem.message for problem in caught.value.problems} == wrong
    else:
        found = TOGETHER.check(project)
        assert {name: said(found[name]) for name in ALONE} == alone


@settings(DRAWN, max_examples=6)
@given(projects())
def test_the_order_of_packs_changes_nothing_but_order(project: dict[str, Any]) -> None:
    """Each pack says the same whoever stands first; the decision of all is one, the gravest of them on top."""
    try:
        one, other = (JointJudge(packs).check(project) for packs in permutations(TOGETHER.packs))
    except InputError:
        reject()
    assert one.decision is other.decision
    for name in ALONE:
        assert said(one[name]) == said(other[name])
    ranks = [GRAVEST_FIRST.index(found.decision) for found in one.verdicts]
    assert ranks == sorted(ranks)
    if ranks[0] == ranks[1]:
        assert [found.pack.id for found in one.verdicts] == [PLAN, LAW]
        assert [found.pack.id for found in other.verdicts] == [LAW, PLAN]


def test_each_receipt_is_its_pack_s(both: JointJudge, lake: Path) -> None:
    """Digest and id of the pack are those of the pack alone; the digest of the case is one and the same."""
    found = both.check(case(SMELTER))
    assert {verdict.receipt.pack: verdict.receipt.pack_digest for verdict in found.verdicts} == {
        "river": load_pack(RIVER).digest,
        "lake": load_pack(lake).digest,
    }
    assert len({verdict.receipt.case_digest for verdict in found.verdicts}) == 1


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    "facts",
    [
        {"site.town": "上镇", "project.works": ["smelter"], "site.bank_distance": 800},
        {"所在镇": "上镇", "建设内容": "熔炼", "离岸": 800},
        {"site": {"town": "上镇", "离岸距离": "0.8 km"}, "works": "冶炼"},
    ],
)
def test_a_shared_fact_answers_to_the_words_of_every_pack(both: JointJudge, facts: dict[str, Any]) -> None:
    """The lake's words for a fact or a symbol are understood by the river's pack, too; 800 m is within 900 m only."""
    others = {name: answer for name, answer in SMELTER.items() if name in BY_OTHERS}
    found = both.check(case(facts | others))
    assert [(v.pack.id, v.decision.value) for v in found.verdicts] == [("lake", "refused"), ("river", "in_order")]


def test_what_one_pack_knows_is_no_error_for_the_other(both: JointJudge) -> None:
    """Each pack keeps its own facts: the river's exception and the lake's each count for their pack alone."""
    near = SMELTER | {"site.bank_distance": 100}
    for facts, exempt in (({"project.begun": True}, "river"), ({"lake.protected": True}, "lake")):
        found = both.check(case(near | facts))
        assert [v.pack.id for v in found.verdicts if v.findings[0].exemption] == [exempt]
    assert "lake.protected" not in found["river"].case.values
    assert "project.begun" not in found["lake"].case.values
    nested = {"lake": {"protected": True}, "project": {"begun": True, "works": ["smelter"]}}
    found = both.check(case({"site.town": "上镇", "site.bank_distance": 100, **nested}))
    assert all(verdict.findings[0].exemption for verdict in found.verdicts)


def test_a_fact_known_to_none_is_one_error_with_the_nearest_word_of_any_pack(both: JointJudge) -> None:
    """The nearest word may be the other pack's; a fact that is wrong for both is told once."""
    assert wrong(both, SMELTER | {"已设防户": True}) == [
        "case.facts: unknown fact `已设防户`\n  help: did you mean `已设防护`?"
    ]
    assert wrong(both, SMELTER | {"site.bank_distance": -1}) == [
        "case.facts.site.bank_distance: `site.bank_distance`: `-1 m` is impossible\n  help: it is at least 0"
    ]


def test_a_fact_of_another_level_is_told_by_the_pack_that_knows_it() -> None:
    """A waste's fact on a project is an error of the plan's pack, said once, by it alone."""
    (problem,) = wrong(TOGETHER, {"waste.is_hazardous": True})
    assert "`waste.is_hazardous` is not asked of a project" in problem


def test_a_shared_fact_that_only_one_pack_asks_of_a_level_is_left_to_it(tmp_path: Path) -> None:
    """The river asks the district of projects, the lake of facilities; of a transfer nobody does: one error."""
    district = '{zh: 位于哪个片区？, en: "In which district does it stand?"}\n'
    lakes = (*LAKE, ("facts.yaml", f"{district}  levels: [project]", f"{district}  levels: [facility]"))
    judge = load_all([RIVER, folder(tmp_path, "lake", lakes)])
    found = judge.check(case({"site.district": "south"}))
    assert [v.pack.id for v in found.verdicts if "site.district" in v.case.values] == ["river"]
    found = judge.check({"level": "facility", "as_of": "2022-05-01", "facts": {"所在片区": "南部"}})
    assert [v.pack.id for v in found.verdicts if "site.district" in v.case.values] == ["lake"]
    (problem,) = wrong(judge, {"site.district": "south"}, level="transfer")
    assert "`site.district` is not asked of a transfer" in problem


def test_records_count_for_the_pack_whose_norm_they_name(both: JointJudge) -> None:
    """A reason for a norm of one pack is no error for the other; one that no pack has is one error."""
    reason = {"norm": "lake.quota[上镇]", "document": "纪要", "accepted_by": "县"}
    facts = SMELTER | {"site.bank_distance": 5000, "project.water": 10**9, "project.works": ["mill"]}
    keys = [norm for norm in both.packs[1].norms if norm.startswith("lake.quota")]
    reason["norm"] = keys[0]
    found = both.check(case(facts, records={"justifications": [reason]}))
    outcomes = {v.pack.id: {f.norm.id: f.outcome.value for f in v.findings} for v in found.verdicts}
    assert outcomes["lake"][keys[0]] == "justified"
    assert outcomes["river"][keys[0].replace("lake", "water")] == "departed"
    unknown = wrong(both, facts, records={"justifications": [reason | {"norm": "lake.baan"}]})
    assert [problem.partition(": ")[2] for problem in unknown] == [
        "unknown norm `lake.baan`\n  help: did you mean `lake.ban`?"
    ]


IN_KM = (
    ("facts.yaml", "site.bank_distance:\n  type: number\n  unit: m", "site.bank_distance:\n  type: number\n  unit: km"),
    ("facts.yaml", "  locate: {rivers: [上江, 下江], ranks: mainstem, buffer: river_buffer}\n", ""),
    ("parameters.yaml", "unit: m", "unit: km"),
)
CLASHES = {
    "another type": (
        [("facts.yaml", "project.remark:\n  type: text", "project.remark:\n  type: boolean")],
        "`project.remark` has the type `boolean` here and `text` in `river`",
    ),
    "another unit": (IN_KM, "`site.bank_distance` is in km here and in m in `river`"),
    "a symbol more": (
        [("facts.yaml", MILL, f"{MILL}\n    dock: {{zh: 码头, en: dock}}")],
        "`project.works` has the symbol `dock`, which it has not in `river`",
    ),
    "a symbol less": (
        [("facts.yaml", f"    {MILL}\n", "")],
        "`project.works` has no symbol `mill`, which it has in `river`",
    ),
    "a word for another symbol": (
        [
            ("facts.yaml", MELTER, "smelter: {zh: 冶炼厂, en: works}"),
            ("facts.yaml", MILL, "mill: {zh: 冶炼, en: mill}"),
        ],
        "`冶炼` means both `smelter` and `mill` of `project.works`",
    ),
    "a word for another fact": (
        [("facts.yaml", "label: {zh: 已设防护, en: protected}", "label: {zh: 已开工, en: protected}")],
        "`已开工` means both `project.begun` and `lake.protected`",
    ),
    "a norm of the same name": (
        [("norms/river.yaml", "lake.ban", "river.ban"), ("cases/river.yaml", "lake.ban", "river.ban")],
        "`river.ban` is also a norm of `river`",
    ),
}


@pytest.mark.parametrize("name", CLASHES)
def test_packs_whose_words_do_not_agree_are_refused_with_both_places(tmp_path: Path, name: str) -> None:
    """The message stands at the second pack's line, its help names the first's; Chinese is there for it."""
    changes, message = CLASHES[name]
    lake = folder(tmp_path, "lake", (*LAKE, *changes))
    load_pack(lake)
    with pytest.raises(InputError) as caught:
        load_all([RIVER, lake])
    problem = next(found for found in caught.value.problems if message in str(found))
    assert problem.place.file.startswith("lake/")
    assert problem.place.line > 0
    assert "it stands first at river/" in problem.help
    assert in_chinese(problem, {}).message != problem.message
    assert in_chinese(problem, {}).help.startswith("第一处在 river/")


def test_a_pack_is_named_once() -> None:
    """The same pack twice is an error, not two verdicts."""
    with pytest.raises(InputError, match="the pack `river` is given twice"):
        load_all([RIVER, RIVER])
    with pytest.raises(InputError, match="no pack is named"):
        load_all([])


def test_the_problems_of_all_packs_come_together(tmp_path: Path) -> None:
    """A pack that is not there does not hide what is wrong with the next."""
    broken = folder(tmp_path, "lake", [("pack.yaml", "since: 2021-01-01\n", "")])
    with pytest.raises(InputError) as caught:
        load_all(["nowhere", broken])
    assert {problem.place.file for problem in caught.value.problems} == {"nowhere", "lake/pack.yaml"}


# ---------------------------------------------------------------- levels, readings, tables


def test_a_level_that_one_pack_lacks_is_not_judged_by_it(tmp_path: Path) -> None:
    """The law's pack says that none of its norms stands on the level; the plan's judges; status 3, not a crash."""
    transfer = {
        "case": "案",
        "level": "transfer",
        "as_of": "2022-06-01",
        "facts": {"transfer.origin_province": "530000"},
    }
    found = TOGETHER.check(transfer)
    assert found[LAW].decision.value == "not_judged"
    assert found[PLAN].findings != ()
    path = tmp_path / "case.json"
    path.write_text(json.dumps(transfer), encoding="utf-8")
    ran = Ran("check", path, "--pack", PLAN, "--pack", LAW)
    assert (ran.status, "规则包中没有“转移”层级的规范，未作判定" in ran.out) == (3, True)


OPTIONS = (
    "readings.md",
    "- 理由:",
    "- 选项 in: 甲\n- option in: a\n- 选项 out: 乙\n- option out: b\n- 理由:",
)
STANDS = [("norms/river.yaml", "  clauses:", "  under: {inside: in}\n  clauses:")]


@pytest.mark.parametrize(
    ("choice", "decided"),
    [
        ({}, {"river": "refused", "lake": "refused"}),
        ({"river:inside": "out"}, {"river": "in_order", "lake": "refused"}),
        ({"lake:inside": "out"}, {"river": "refused", "lake": "in_order"}),
        ({"lake:inside": "out", "river:inside": "out"}, {"river": "in_order", "lake": "in_order"}),
    ],
)
def test_a_reading_that_both_packs_have_is_chosen_by_pack(
    tmp_path: Path, choice: dict[str, str], decided: dict[str, str]
) -> None:
    """`pack:reading` changes that pack alone."""
    river = folder(tmp_path, "river", [OPTIONS, *STANDS])
    lake = folder(tmp_path, "lake", [*LAKE, OPTIONS, *STANDS])
    facts = SMELTER | {"site.bank_distance": 100}
    found = load_all([river, lake], readings=choice).check(case(facts))
    assert {verdict.pack.id: verdict.decision.value for verdict in found.verdicts} == decided


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("inside=out", "理解 `inside` 在 river, lake 中都有"),
        ("sea:inside=out", "这里没有规则包 `sea`"),
        ("lake:insid=out", "没有这个理解"),
        ("insid=out", "是不是 `inside`？"),
        ("lake:inside=up", "没有 `up` 这个选项"),
    ],
)
def test_a_reading_that_is_not_one_pack_s_is_refused(tmp_path: Path, word: str, message: str) -> None:
    """Without a pack where both have it, with a pack that is not there, or an option that is none."""
    river = folder(tmp_path, "river", [OPTIONS, *STANDS])
    lake = folder(tmp_path, "lake", [*LAKE, OPTIONS, *STANDS])
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case(SMELTER)), encoding="utf-8")
    ran = Ran("check", path, "--pack", river, "--pack", lake, "--reading", word)
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err


def test_a_reading_of_one_pack_needs_no_name() -> None:
    """`ID=OPTION` is resolved against the packs that have the reading."""
    judge = load_all([PLAN, LAW], readings={"important-tributary": "catchment", "yunnan-14fyp:lanping-ratio": "equal"})
    assert [dict(pack.chosen) for pack in judge.packs] == [
        {"lanping-ratio": "equal"},
        {"important-tributary": "catchment"},
    ]


def test_a_reading_that_leaves_nothing_to_choose_is_told_as_such() -> None:
    """Where neither of two packs offers an option, or one of them alone does, no pack need be named."""
    with pytest.raises(InputError, match="reading `project-natures` leaves nothing to choose"):
        load_all([PLAN, LAW], readings={"project-natures": "x"})


def test_tables_of_ones_own_lie_over_the_packs_that_have_them(tmp_path: Path) -> None:
    """A table that only one pack has changes that pack and its digest alone; one that none has is refused."""
    lake = folder(tmp_path, "lake", LAKE)
    (lake / "tables" / "quotas.csv").rename(lake / "tables" / "lake_quotas.csv")
    norms = lake / "norms" / "water.yaml"
    norms.write_text(
        norms.read_text(encoding="utf-8").replace("for_each: quotas", "for_each: lake_quotas"), encoding="utf-8"
    )
    own = tmp_path / "own"
    own.mkdir()
    header, first = (RIVER / "tables" / "quotas.csv").read_text(encoding="utf-8").splitlines()[:2]
    (own / "quotas.csv").write_text(f"{header}\n{first}\n", encoding="utf-8")
    river_pack, lake_pack = load_all([RIVER, lake], tables=own).packs
    assert [bool(pack.laid) for pack in (river_pack, lake_pack)] == [True, False]
    assert lake_pack.digest == load_pack(lake).digest
    assert river_pack.digest == load_pack(RIVER, own).digest != load_pack(RIVER).digest
    (own / "quota.csv").write_text(f"{header}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"none of the packs has a table `quota`\n  help: did you mean `quotas`\?"):
        load_all([RIVER, lake], tables=own)


# ---------------------------------------------------------------- the command


WORDS = {
    "zh": ("不符合规划要求", "示例湖泊条例", "示例规划"),
    "en": ("Notinlinewiththeplan", "Asampleruleonlakes", "Asampleplan"),
}


@pytest.mark.parametrize("fmt", ["text", "md", "html"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_leads_with_the_gravest_decision(tmp_path: Path, lake: Path, fmt: str, lang: str) -> None:
    """Decision first, then each pack's own, then the verdicts in full with their receipts and notices."""
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case(SMELTER | {"site.bank_distance": 850})), encoding="utf-8")
    ran = Ran("check", path, "--pack", RIVER, "--pack", lake, "--format", fmt, "--lang", lang)
    assert (ran.status, ran.err) == (1, "")
    text = "".join(ran.out.split())
    refused, *titles = WORDS[lang]
    assert {"zh": "各部规定各自判定", "en": "Eachinstrumentjudgesbyitself"}[lang] in text
    start = text.index(refused)
    assert start < text.index(titles[0], start) < text.index(titles[1], start)
    for id in ("river", "lake"):
        assert f"{id}1.0.0" in text
    for title in titles:
        assert f"{title}：国家规定可能更严" in text or f"{title}:Nationalrulesmaybestricter" in text


def test_the_summary_is_a_table_with_the_instrument_of_each_verdict(tmp_path: Path) -> None:
    """In Markdown and HTML every row has as many cells as the header; a pack that judges nothing has a row, too."""
    transfer = {"case": "转", "level": "transfer", "as_of": "2022-06-01", "facts": {}}
    path = tmp_path / "case.json"
    path.write_text(json.dumps(transfer), encoding="utf-8")
    words = ("check", path, "--pack", PLAN, "--pack", LAW, "--brief", "--format")
    lines = [line for line in Ran(*words, "md").out.splitlines() if line.startswith("|")][:4]
    assert [line.count("|") for line in lines] == [7, 7, 7, 7]
    assert set(lines[1]) == set("|-")
    rows = re.findall(r"<tr>(.*?)</tr>", Ran(*words, "html").out)[:3]
    assert [len(re.findall(r"<t[dh]>", row)) for row in rows] == [6, 6, 6]
    assert "\n\n" not in Ran(*words[:-1]).out.partition("\n\n※")[0]


def test_json_is_one_verdict_a_pack(tmp_path: Path, lake: Path) -> None:
    """Case by case, the gravest first, each with its pack in the receipt."""
    path = tmp_path / "dossier.json"
    listed = [
        {"case": name, "level": "project", "facts": SMELTER | {"site.bank_distance": metres}}
        for name, metres in (("甲", 5000), ("乙", 5), ("丙", 800))
    ]
    path.write_text(json.dumps({"dossier": "案卷", "as_of": "2022-05-01", "cases": listed}), encoding="utf-8")
    ran = Ran("check", path, "--pack", RIVER, "--pack", lake, "--format", "json")
    found = [(v["case"]["title"], v["receipt"]["pack"], v["decision"]) for v in json.loads(ran.out)]
    assert ran.status == 1
    assert found == [
        ("乙", "river", "refused"),
        ("乙", "lake", "refused"),
        ("丙", "lake", "refused"),
        ("丙", "river", "in_order"),
        ("甲", "river", "in_order"),
        ("甲", "lake", "in_order"),
    ]
    text = Ran("check", path, "--pack", RIVER, "--pack", lake).out
    assert text.startswith("不符合规划要求｜案件数 3｜")


def test_python_renders_what_several_packs_said(both: JointJudge) -> None:
    """`render` takes joint verdicts and plain ones, and reports of one pack stay as they are."""
    found = both.check(case(SMELTER))
    assert isinstance(found, JointVerdict)
    assert ynpolicy.render(found).startswith("不符合规划要求｜案｜建设项目｜")
    alone = ynpolicy.load(RIVER).check(case({k: v for k, v in SMELTER.items() if k != "lake.protected"}))
    one = ynpolicy.render(alone, width=100)
    assert one.splitlines()[0].startswith("未发现不符合｜案｜建设项目｜基准日 2022-05-01")
    with pytest.raises(KeyError):
        found["sea"]


# ---------------------------------------------------------------- one form


@pytest.mark.parametrize("name", ["form.yaml", "form.xlsx"])
def test_one_form_asks_what_all_packs_ask(tmp_path: Path, name: str) -> None:
    """Every fact of the level once, as YAML and as a workbook; filled in nowhere, it lacks only its date."""
    form = tmp_path / name
    words = ("--pack", PLAN, "--pack", LAW)
    assert Ran("template", "--level", "project", *words, "--out", form).status == 0
    if name.endswith(".yaml"):
        text = form.read_text(encoding="utf-8")
        for fact in {name for pack in TOGETHER.packs for name, f in pack.facts.items() if f.is_asked_of("project")}:
            assert text.count(f"\n  {fact}:") == 1, fact
    else:
        assert read_form(form)
    blank = Ran("check", form, *words)
    assert (blank.status, blank.err.count("案件没有受理日期")) == (2, 1)
    assert Ran("check", form, *words, "--as-of", "2022-05-01", "--brief").status == 3
    assert Ran("template", "--level", "sea", *words).status == 2


def test_a_form_asks_a_question_wherever_one_pack_asks_it(tmp_path: Path) -> None:
    """A shared fact that arises under two conditions is asked under either; under none, always."""
    lake = folder(
        tmp_path, "lake", [*LAKE, ("facts.yaml", '- overlaps(project.works, ["smelter"])', "- lake.protected")]
    )
    asked = Ran("template", "--level", "project", "--pack", RIVER, "--pack", lake, "--lang", "en").out
    assert "“works” includes “smelter” or “protected” is true" in asked
    assert asked.count("site.bank_distance:\n") == 1


def test_a_bundle_keeps_one_pack(tmp_path: Path, lake: Path) -> None:
    """With several packs nothing is judged and no file is written."""
    path, bundle = tmp_path / "case.json", tmp_path / "kept.zip"
    path.write_text(json.dumps(case(SMELTER)), encoding="utf-8")
    ran = Ran("check", path, "--pack", RIVER, "--pack", lake, "--bundle", bundle)
    assert (ran.status, ran.out, bundle.exists()) == (2, "", False)
    assert "只存一个规则包的结论" in ran.err
