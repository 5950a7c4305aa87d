"""A small pack, built by hand: one question of every kind, one norm of every modality, on the level `project`."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from ynpolicy.errors import Place
from ynpolicy.expressions import parse
from ynpolicy.ir import (
    All,
    Clause,
    DatedValue,
    Exemption,
    FactType,
    Kind,
    Lookup,
    Modality,
    Norm,
    Pack,
    Parameter,
    Reading,
    Symbol,
    Table,
    Text,
    Total,
)
from ynpolicy.values import SymbolSet, exact

LABEL_WITH_SEPARATOR = "铅、锌冶炼"


def symbols(*entries: tuple[str, str, str]) -> dict[str, Symbol]:
    return {id: Symbol(id, Text(zh, en), (f"{zh}（简）",)) for id, zh, en in entries}


def lines(norm: str, part: str, *texts: str) -> All:
    """Conditions with addresses and places, as the loader would give them."""
    return All(
        tuple(
            parse(text, Place("small/norms/siting.yaml", 10 + i, 7), f"{norm}/{part}[{i}]")
            for i, text in enumerate(texts)
        ),
        f"{norm}/{part}",
        Place("small/norms/siting.yaml", 9, 5),
    )


COUNTIES = symbols(*((f"5301{i:02}", f"第{i}县", f"county {i}") for i in range(1, 41)))
NATURES = symbols(
    ("new", "新建", "new build"), ("expansion", "扩建", "expansion"), ("relocation", "迁建", "relocation")
)
ACTIVITIES = symbols(
    ("pb_zn_smelting", LABEL_WITH_SEPARATOR, "lead, zinc smelting"),
    ("tin_smelting", "锡冶炼", "tin smelting"),
    ("other", "其他", "other"),
)


def fact(name: str, kind: Kind, zh: str, en: str, **more: object) -> FactType:
    question = Text(f"{zh}是什么？", f"what is the {en}?")
    return FactType(name, kind, Text(zh, en), question, levels=("project",), **more)  # type: ignore[arg-type]


FACTS = (
    fact("site.county", Kind.SYMBOL, "所在县", "county", symbols=COUNTIES, answered_by=Text("建设单位", "applicant")),
    fact(
        "site.province",
        Kind.SYMBOL,
        "所在省",
        "province",
        symbols=symbols(("530000", "云南省", "Yunnan")),
        derived=Lookup("site.county", "counties", "province"),
    ),
    fact(
        "site.bank_distance",
        Kind.NUMBER,
        "距岸线距离",
        "distance to the bank",
        unit="m",
        resolution=Fraction(1, 10),
        minimum=Fraction(0),
        changeable=True,
        aliases=("岸线距离",),
    ),
    fact("project.nature", Kind.SYMBOLS, "建设性质", "nature", symbols=NATURES),
    fact("project.activity", Kind.SYMBOLS, "行业", "activity", symbols=ACTIVITIES),
    fact("project.in_park", Kind.BOOLEAN, "是否在园区内", "inside a park"),
    fact("project.accepted_on", Kind.DATE, "备案日期", "day of filing"),
    fact("project.remark", Kind.TEXT, "=备注", "=remark"),
    fact(
        "project.recovery",
        Kind.NUMBER,
        "综合利用率",
        "recovery",
        unit="%",
        minimum=Fraction(0),
        maximum=Fraction(100),
        arises=All((parse('overlaps(project.activity, ["tin_smelting"])'), parse("project.in_park"))),
    ),
    fact("offset.lead", Kind.NUMBER, "铅削减量", "lead reduction", unit="kg/a", minimum=Fraction(0)),
    fact("offset.zinc", Kind.NUMBER, "锌削减量", "zinc reduction", unit="kg/a", minimum=Fraction(0)),
    fact(
        "offset.total",
        Kind.NUMBER,
        "削减总量",
        "total reduction",
        unit="kg/a",
        minimum=Fraction(0),
        derived=Total(("offset.lead", "offset.zinc")),
    ),
    FactType(
        "transfer.origin",
        Kind.TEXT,
        Text("移出地", "origin"),
        Text("从何处移出？", "from where?"),
        levels=("transfer",),
    ),
)


def norm(id: str, modality: Modality, applies: tuple[str, ...], required: tuple[str, ...], **more: object) -> Norm:
    requirement = lines(id, modality.value, *required) if required else None
    return Norm(
        id,
        Text(f"{id}的标题", f"title of {id}"),
        Text("", ""),
        ("river",),
        "project",
        modality,
        lines(id, "applies", *applies),
        requirement,
        place=Place("small/norms/siting.yaml", 5, 3),
        **more,  # type: ignore[arg-type]
    )


SMELTER = "overlaps(project.activity, nonferrous)"
NORMS = (
    norm(
        "siting.river-ban",
        Modality.MUST_NOT,
        ('overlaps(project.nature, ["new", "relocation"])', SMELTER),
        ("site.bank_distance <= river_buffer",),
        exemptions=(
            Exemption(
                "approved",
                Text("已批在建", "under construction"),
                lines("siting.river-ban", "except[approved]", "project.accepted_on < issue_date"),
            ),
        ),
        contrary=("box",),
        readings=("river-scope",),
    ),
    norm("siting.park", Modality.SHOULD, (SMELTER,), ("project.in_park",)),
    norm("siting.strict", Modality.REVIEW, (SMELTER,), ()),
    norm("siting.recovery", Modality.MUST, ("project.in_park",), ("project.recovery >= 90",)),
    norm("offset.enough", Modality.MUST, (SMELTER,), ("offset.total >= 2 * offset.lead",)),
    norm("use.tin", Modality.MAY, ('overlaps(project.activity, ["tin_smelting"])',), ()),
    norm("late.deadline", Modality.MUST, (), ("project.in_park",), due=date(2025, 12, 31)),
)

PACK = Pack(
    id="small",
    version="0.1.0",
    title=Text("小规划", "Small plan"),
    issuer=Text("某厅", "An office"),
    period=(date(2021, 1, 1), date(2025, 12, 31)),
    since=date(2021, 1, 1),
    facts={fact.name: fact for fact in FACTS},
    parameters={
        "river_buffer": Parameter(
            "river_buffer", Kind.NUMBER, Text("岸线距离", "buffer"), (DatedValue(exact(1000), clause="river"),), "m"
        ),
        "nonferrous": Parameter(
            "nonferrous",
            Kind.SYMBOLS,
            Text("有色冶炼", "nonferrous smelting"),
            (DatedValue(SymbolSet(frozenset({"pb_zn_smelting", "tin_smelting"}))),),
        ),
        "issue_date": Parameter(
            "issue_date", Kind.DATE, Text("发布日期", "issue date"), (DatedValue(None, status="unverified"),)
        ),
    },
    tables={
        "counties": Table(
            "counties",
            "county",
            ("county", "province"),
            {id: {"county": id, "province": "530000"} for id in COUNTIES},
        )
    },
    clauses={
        "river": Clause("river", "三（五）1", "岸线1公里范围内不得新建", 0, 11, "sha256:" + "0" * 64),
        "box": Clause("box", "专栏1", "必须遵循等量替换", 20, 8, "sha256:" + "1" * 64),
    },
    norms={norm.id: norm for norm in NORMS},
    readings={
        "river-scope": Reading(
            "river-scope",
            Text("河流范围", "scope"),
            Text("两种", "two"),
            Text("干流及主要支流", "mainstems"),
            Text("文义", "wording"),
            Text("新规", "a new rule"),
        )
    },
    territory={"project": All((parse('site.province == "530000"', id="territory/project[0]"),), "territory/project")},
    notices=(Text("仅供参考", "for reference"),),
    digest="sha256:" + "2" * 64,
    text_digest="sha256:" + "3" * 64,
    root="small",
)
