"""A small pack and a case in which every outcome occurs, with a receipt that never changes.

`python -m tests.sample_verdict` writes the golden reports anew; read them before they are committed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from attrs import evolve

from ynpolicy.errors import Place
from ynpolicy.expressions import parse
from ynpolicy.ir import (
    All,
    Case,
    Clause,
    DatedValue,
    Exemption,
    FactType,
    Justification,
    Kind,
    Modality,
    Norm,
    Origin,
    Pack,
    Parameter,
    Reading,
    Symbol,
    Text,
)
from ynpolicy.location import (
    Discrepancy,
    DistanceFound,
    Doubt,
    Drawing,
    Drawn,
    LayerUsed,
    Location,
    RiverNearby,
    UnitFound,
)
from ynpolicy.render import render
from ynpolicy.semantics import judge
from ynpolicy.values import Interval, Missing, SymbolSet, Value, exact
from ynpolicy.verdict import Change, Decision, Receipt, Remedy, Sufficiency, Verdict

SOURCE = "norms/siting.yaml"


def lines(address: str, *texts: str, line: int = 1) -> All:
    """Condition lines as the loader makes them: each with its address and place."""
    items = (parse(text, Place(SOURCE, line + i, 7), f"{address}[{i}]") for i, text in enumerate(texts))
    return All(tuple(items), address, Place(SOURCE, line, 5))


def norm(id: str, zh: str, en: str, modality: Modality, applies: All, requirement: All | None, **more: Any) -> Norm:
    base = Norm(
        id,
        Text(zh, en),
        Text(f"{zh}。本条按规划文本逐字核对。", f"{en}; checked word for word against the plan."),
        ("siting.river",),
        "project",
        modality,
        applies,
        requirement,
        place=Place(SOURCE, 1, 3),
    )
    return evolve(base, **more)


def symbols(**labels: tuple[str, str]) -> dict[str, Symbol]:
    return {id: Symbol(id, Text(zh, en)) for id, (zh, en) in labels.items()}


COUNTIES = symbols(gejiu=("个旧市", "Gejiu"), mengzi=("蒙自市", "Mengzi"), huize=("会泽县", "Huize"))
PROVINCES = {"530000": Symbol("530000", Text("云南省", "Yunnan"))}
NATURES = symbols(new=("新建", "new build"), expansion=("扩建", "expansion"), relocation=("迁建", "relocation"))


def fact(name: str, kind: Kind, zh: str, en: str, unit: str = "", known: dict[str, Symbol] | None = None) -> FactType:
    return FactType(
        name,
        kind,
        Text(zh, en),
        Text(f"{zh}是多少（什么）？", f"What is the {en}?"),
        unit=unit,
        symbols=known or {},
        levels=("project",),
        answered_by=Text("建设单位", "the applicant"),
    )


FACTS = (
    fact("site.province", Kind.SYMBOL, "所在省", "province", known=PROVINCES),
    fact("site.county", Kind.SYMBOL, "所在县（市、区）", "county", known=COUNTIES),
    fact("project.nature", Kind.SYMBOLS, "建设性质", "nature of the project", known=NATURES),
    fact("site.bank_distance", Kind.NUMBER, "距长江、珠江干流及主要支流岸线距离", "distance to the river bank", "m"),
    fact("site.in_park", Kind.BOOLEAN, "位于产业园区内", "inside an industrial park"),
    fact("offset.reduction", Kind.NUMBER, "核定的重金属削减量", "verified heavy-metal reduction", "kg/a"),
    fact("project.increase", Kind.NUMBER, "项目新增重金属排放量", "new heavy-metal emission", "kg/a"),
    fact("project.capacity", Kind.NUMBER, "焚烧能力", "incineration capacity", "t/a"),
    fact("project.built_before", Kind.BOOLEAN, "规划印发前已开工", "construction begun before the plan"),
    fact("offset.same_industry", Kind.BOOLEAN, "替代量来自同一行业", "offset from the same industry"),
    fact("project.relocated", Kind.BOOLEAN, "搬迁改造项目", "relocation project"),
    fact(
        "waste.metals",
        Kind.SYMBOLS,
        "危险废物所含金属",
        "metals in the waste",
        known=symbols(Cd=("镉", "Cd"), Hg=("汞", "Hg"), Tl=("铊", "Tl")),
    ),
)


def parameter(
    name: str, kind: Kind, zh: str, en: str, value: Value | None, unit: str = "", note: str = ""
) -> Parameter:
    status = "unverified" if value is None else "verified"
    entry = DatedValue(value, clause="siting.river", status=status, note=Text(note, note))
    return Parameter(name, kind, Text(zh, en), (entry,), unit)


PARAMETERS = (
    parameter("river_buffer", Kind.NUMBER, "河岸缓冲距离", "river buffer", exact(1000), "m"),
    parameter("offset_ratio", Kind.NUMBER, "减量置换比例", "offset ratio", exact(Fraction("1.2")), "1"),
    parameter("least_capacity", Kind.NUMBER, "集中焚烧能力下限", "least incineration capacity", exact(30000), "t/a"),
    parameter("key_counties", Kind.SYMBOLS, "重点区域", "key regions", SymbolSet(frozenset({"gejiu", "huize"}))),
    parameter(
        "issue_year_known", Kind.BOOLEAN, "规划印发日期", "issue date", None, note="规划文本未载明印发日期，须核实"
    ),
)

NEW = 'overlaps(project.nature, ["new", "relocation"])'

NORMS = (
    norm(
        "siting.river-ban",
        "干流岸线1公里内不得新建有色冶炼项目",
        "No new smelter within 1 km of a main river",
        Modality.MUST_NOT,
        lines("siting.river-ban/applies", NEW, line=4),
        lines("siting.river-ban/must_not", "site.bank_distance <= river_buffer", line=8),
        exemptions=(
            Exemption(
                "under-construction",
                Text("在建项目", "project under construction"),
                lines("siting.river-ban/under-construction", "project.built_before", line=11),
            ),
        ),
        contrary=("box.nujiang",),
        readings=("river-scope",),
    ),
    norm(
        "siting.park",
        "新扩建项目须进入产业园区",
        "New and expanded projects stand in a park",
        Modality.MUST,
        lines("siting.park/applies", NEW, line=20),
        lines("siting.park/must", "site.in_park", line=22),
    ),
    norm(
        "offset.key-region",
        "重点区域减量置换比例不低于1.2:1",
        "Offset of at least 1.2 to 1 in key regions",
        Modality.MUST,
        lines("offset.key-region/applies", "site.county in key_counties", line=30),
        lines("offset.key-region/must", "offset.reduction >= offset_ratio * project.increase", line=32),
    ),
    norm(
        "incinerator.capacity",
        "集中焚烧处置设施能力原则上应大于3万吨/年",
        "Central incinerators exceed 30,000 t/a in principle",
        Modality.SHOULD,
        lines("incinerator.capacity/applies", NEW, line=40),
        lines("incinerator.capacity/should", "project.capacity > least_capacity", line=42),
    ),
    norm(
        "source.same-industry",
        "替代量原则上来自同一行业",
        "The offset comes from the same industry in principle",
        Modality.SHOULD,
        lines("source.same-industry/applies", line=50),
        lines("source.same-industry/should", "offset.same_industry", line=52),
    ),
    norm(
        "source.certain",
        "替代来源原则上应当明确",
        "The source of the offset is clear in principle",
        Modality.SHOULD,
        lines("source.certain/applies", line=54),
        lines("source.certain/should", "project.built_before", line=56),
    ),
    norm(
        "transfer.review",
        "含镉、汞、铊危险废物转入从严审核",
        "Waste with Cd, Hg or Tl coming in is reviewed strictly",
        Modality.REVIEW,
        lines("transfer.review/applies", 'overlaps(waste.metals, ["Cd", "Hg", "Tl"])', line=60),
        None,
        note=Text("核对接收单位能力和去向", "check the receiver's capacity and the destination"),
    ),
    norm(
        "advice.relocate",
        "鼓励搬迁入园",
        "Moving into a park is encouraged",
        Modality.MAY,
        lines("advice.relocate/applies", "site.in_park", line=70),
        None,
        note=Text("鼓励企业入园", "move into a park"),
    ),
    norm(
        "exempt.old",
        "新建项目不得使用老旧工艺",
        "New projects do not use outdated processes",
        Modality.MUST_NOT,
        lines("exempt.old/applies", NEW, line=80),
        lines("exempt.old/must_not", "site.in_park", line=82),
        exemptions=(
            Exemption(
                "moved",
                Text("搬迁改造项目", "relocation project"),
                lines("exempt.old/moved", "not project.relocated == False", line=84),
            ),
        ),
    ),
    norm(
        "other.expansion",
        "扩建项目须以新带老",
        "Expansions also clean up what is old",
        Modality.MUST,
        lines("other.expansion/applies", 'overlaps(project.nature, ["expansion"])', line=90),
        lines("other.expansion/must", "site.in_park", line=92),
    ),
    norm(
        "target.2025",
        "2025年排放量下降",
        "Emissions fall by 2025",
        Modality.MUST,
        lines("target.2025/applies", line=100),
        lines("target.2025/must", "site.in_park", line=102),
        due=date(2025, 12, 31),
    ),
    norm(
        "issue.turns",
        "规划印发后开工的项目须重新论证",
        "Projects begun after issue are justified anew",
        Modality.MUST,
        lines("issue.turns/applies", "issue_year_known", line=110),
        lines("issue.turns/must", "project.built_before", line=112),
    ),
)

QUOTE = "严禁在长江、珠江等水系干流及主要支流岸线1公里范围内新建有色金属冶炼项目（除在建项目外）。"

PACK = Pack(
    id="sample",
    version="0.1.0",
    title=Text("某省固体废物污染防治规划", "A province's plan on solid waste"),
    issuer=Text("某省生态环境厅", "the province's environment department"),
    period=(date(2021, 1, 1), date(2025, 12, 31)),
    since=date(2021, 1, 1),
    facts={entry.name: entry for entry in FACTS},
    parameters={entry.name: entry for entry in PARAMETERS},
    tables={},
    clauses={
        "siting.river": Clause("siting.river", "三（五）1", QUOTE, 0, len(QUOTE), "sha256:0"),
        "box.nujiang": Clause("box.nujiang", "专栏·怒江州", "新建项目必须遵循“等量替换”的原则。", 0, 17, "sha256:0"),
    },
    norms={entry.id: entry for entry in NORMS},
    readings={
        "river-scope": Reading(
            "river-scope",
            Text("“等水系”的范围", "the scope of “and other systems”"),
            Text("只含长江、珠江；或含六大水系", "Yangtze and Pearl only; or all six systems"),
            Text("只含长江、珠江", "Yangtze and Pearl only"),
            Text("文本只列两个水系", "the text names two systems"),
            Text("主管部门书面解释", "a written interpretation by the authority"),
        )
    },
    territory={"project": lines("territory/project", 'site.province == "530000"')},
    notices=(
        Text(
            "国家或后续规定可能更严，以更严者为准。",
            "National or later rules may be stricter; the stricter one counts.",
        ),
    ),
    digest="sha256:pack",
)

REPORT = Origin(document="环评报告书", page="12", date="2022-01-01", entered_by="张三", stated="1040 m ± 60")

CASE = Case(
    id="C-1",
    level="project",
    as_of=date(2022, 5, 1),
    title="某锡冶炼搬迁项目",
    values={
        "site.province": "530000",
        "site.county": "gejiu",
        "project.nature": SymbolSet(frozenset({"new"})),
        "site.bank_distance": exact(1000),
        "site.in_park": True,
        "offset.reduction": Interval(Fraction(110), Fraction(130)),
        "project.increase": exact(100),
        "project.capacity": exact(30000),
        "project.built_before": False,
        "project.relocated": True,
        "waste.metals": SymbolSet(frozenset({"Cd"}), complete=False),
    },
    missing={"offset.same_industry": Missing.CONFLICT, "project.same_site": Missing.NOT_APPLICABLE},
    parameters={entry.name: value for entry in PARAMETERS if (value := entry.values[0].value) is not None},
    justified={
        "incinerator.capacity": Justification(
            "incinerator.capacity", "专家论证意见", "省生态环境厅", "区域需求不足", date(2022, 1, 1), date(2023, 1, 1)
        )
    },
    origins={
        "site.county": (Origin(document="可研报告", stated="个旧市"),),
        "site.province": (Origin(derived="site.county", stated="530000"),),
        "site.bank_distance": (evolve(REPORT, stated="1 km"),),
        "offset.reduction": (Origin(document="替代方案", stated="120 ± 10"),),
        "offset.same_industry": (
            Origin(document="环评报告书", page="3", stated="True"),
            Origin(document="监察记录", stated="False"),
        ),
    },
    texts={"project.remark": "拟分两期建设"},
    digest="sha256:case",
)

RECEIPT = Receipt(
    pack="sample",
    pack_version="0.1.0",
    pack_digest="sha256:pack",
    clauses_digest="sha256:clauses",
    text_digest="sha256:text",
    case_digest="sha256:case",
    as_of=date(2022, 5, 1),
    library="ynpolicy 0.1.0",
    engines=("reference 0.1.0", "forward durable_rules 2.0.28"),
    judged_at="2022-05-01T08:00:00+00:00",
    layers=("长江岸线 sha256:layer",),
    calendar="chinesecalendar 1.11.0",
    python="CPython 3.11.2",
)


def make_verdict(case: Case = CASE, decision: Decision = Decision.REFUSED, **more: Any) -> Verdict:
    """The fixed verdict; its findings are the reference's, everything else is made by hand."""
    findings = judge(PACK, case)
    missing = dict.fromkeys(name for finding in findings for name in finding.missing)
    base = Verdict(
        case,
        decision,
        findings,
        tuple(missing),
        RECEIPT,
        Sufficiency(
            missing_sets=(("offset.reduction", "offset.same_industry"),),
            proved=False,
            ask_first=("offset.reduction",),
            remedies=(
                Remedy((Change("site.bank_distance", exact(1000), exact(Fraction("1000.1"))),), Decision.REFERRED),
            ),
        ),
        after_period=True,
    )
    return evolve(base, **more)


BANKS: Final = LayerUsed(
    "县界河流<岸线>",
    "bank",
    "省水利厅",
    "2024-06-30",
    Fraction(5),
    "sha256:" + "b" * 64,
    "CGCS2000",
    "《主要河流名录》",
)
COUNTIES: Final = LayerUsed("县界", "boundaries", "天地图", "2023", None, "sha256:" + "c" * 64)
HINT: Final = LayerUsed("水系示意", "hint", "", "", Fraction(3000), "sha256:" + "d" * 64)
LOCATION: Final = Location(
    "103.15123,23.36012",
    "CGCS2000",
    Fraction(10),
    Fraction(120),
    "sha256:" + "e" * 64,
    distances=(
        DistanceFound(
            "site.bank_distance",
            ("长江", "珠江"),
            Fraction(985),
            Fraction("1015.25"),
            Fraction("1000.12"),
            "南盘江 & 曲江",
            (103.161, 23.36),
            BANKS,
            Fraction(1000),
            (Doubt.ACCURACY,),
        ),
    ),
    units=(
        UnitFound(
            "site.county",
            "",
            ("gejiu", "kaiyuan"),
            ("个旧市", "开远市"),
            Fraction("132.5"),
            Fraction(510),
            COUNTIES,
            (Doubt.NEAR_BOUNDARY, Doubt.LAYER_ACCURACY),
        ),
    ),
    nearby=(RiverNearby("南盘江", Fraction(1400), HINT),),
    layers=(BANKS, COUNTIES, HINT),
    drawing=Drawing(
        (103.15123, 23.36012),
        2500,
        (
            Drawn("river", (((1000, -2500), (1100, 0), (900, 2500)),), name="南盘江 & 曲江", label_at=(1100, 0)),
            Drawn("buffer", (((0, -2500), (100, 0), (-100, 2500)),)),
            Drawn("band", (((-15, -2500), (85, 0), (-115, 2500), (-85, 2500), (115, 0), (15, -2500)),), rings=True),
            Drawn("county", (((-2500, 300), (2500, 350)),), name="开远市", label_at=(-1500, 900)),
            Drawn("nearest", (((0, 0), (1100, 0)),)),
            Drawn("site", (((-60, -60), (60, -60), (60, 60), (-60, 60)),), rings=True),
        ),
        1000,
    ),
    discrepancies=(Discrepancy("site.county", "屏边县", "个旧市、开远市"),),
)
"""A site near a river and near a county boundary, with something of everything that geometry may say."""


GOLDEN: Final = Path(__file__).parent / "data" / "golden"


def golden_files() -> Mapping[str, Callable[[], str]]:
    """The golden reports by file name, and how each of them is made."""
    located = evolve(CASE, location=LOCATION)
    return {
        "all-outcomes.zh.txt": lambda: render(make_verdict(), PACK),
        "all-outcomes.en.txt": lambda: render(make_verdict(), PACK, lang="en"),
        "all-outcomes.zh.md": lambda: render(make_verdict(), PACK, "md", detail=True),
        "all-outcomes.zh.html": lambda: render(make_verdict(), PACK, "html"),
        "located.en.txt": lambda: render(make_verdict(located), PACK, lang="en"),
        "located.zh.md": lambda: render(make_verdict(located), PACK, "md", brief=True),
        "located.zh.html": lambda: render(make_verdict(located), PACK, "html", brief=True),
    }


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name, make in golden_files().items():
        (GOLDEN / name).write_text(make(), encoding="utf-8")
