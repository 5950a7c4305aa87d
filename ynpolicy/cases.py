"""A case file's outline: one case, or a dossier of linked cases, with English or Chinese keys.

The facts themselves are read by `normalise`, which knows the pack's vocabulary.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from attrs import evolve, field, frozen

from ynpolicy.documents import Mapping, Node, Scalar, Sequence, decode, describe, from_object, read_file, read_text
from ynpolicy.errors import InputError, Place, Problem, nearest
from ynpolicy.ir import LEVELS, NOWHERE

CASE_SCHEMA: Final = "ynpolicy.case/1"

Words = dict[str, tuple[str, ...]]
"""English keys, each with the Chinese words that mean the same."""

KEYS: Final[Words] = {
    "schema": ("格式",),
    "case": ("案件", "案件名称", "项目名称", "名称"),
    "id": ("编号",),
    "level": ("层级",),
    "as_of": ("受理日期", "基准日", "基准日期", "判定日期"),
    "location": ("位置", "建设地点坐标"),
    "facts": ("事实",),
    "records": ("记录",),
    "dossier": ("案卷",),
    "cases": ("案件清单",),
}
RECORD_KEYS: Final[Words] = {"justifications": ("论证记录",), "reviews": ("审核记录",)}
ADDS_UP: Final = r"^(?i:[合总小共累]\s*计|(?:sub|grand )?total)\s*[:：]?$"
"""Names of rows that add up others, which are no cases."""

LEVEL_WORDS: Final[Words] = {
    "project": ("建设项目", "项目"),
    "enterprise": ("企业",),
    "facility": ("设施",),
    "transfer": ("转移", "固体废物转移", "危险废物转移"),
    "medical_institution": ("医疗机构", "医疗卫生机构"),
    "prefecture": ("州（市）", "州市"),
    "county": ("县（市、区）", "县区"),
    "province": ("省", "全省"),
    "authority": ("主管部门", "部门"),
    "portfolio": ("案件汇总", "汇总"),
}


STANDARD_INPUT: Final = "<stdin>"


@frozen
class CaseFile:
    """A case file as it was read, byte for byte, and the name by which messages call it."""

    name: str
    content: bytes = field(repr=False)

    @property
    def stem(self) -> str:
        """What a case without a title of its own is called; empty for standard input."""
        return "" if self.name == STANDARD_INPUT else Path(self.name).stem


@frozen
class RawCase:
    """A case as written: every part still a node with its place, or None where it was left out."""

    title: str
    id: str
    level: str
    as_of: Scalar | None
    facts: Mapping | None
    justifications: Sequence | None
    reviews: Sequence | None
    location: Node | None = None
    dossier: str = ""
    place: Place = field(default=NOWHERE, eq=False)


def read_cases(source: object, name: str | None = None, problems: list[Problem] | None = None) -> tuple[RawCase, ...]:
    """The cases of a file (`Path` or `CaseFile`), a node tree, or plain Python data; several when it is a dossier.

    Raises `InputError` with every problem of the outline; with a list of `problems` they are added to it instead, and
    what can be read is returned.
    """
    found: list[Problem] = []
    stem = source.stem if isinstance(source, (Path, CaseFile)) else ""
    if isinstance(source, Path):
        node = read_file(source, name, found)
    elif isinstance(source, CaseFile):
        node = read_text(decode(source.content, source.name), source.name, found)
    elif isinstance(source, (Scalar, Sequence, Mapping)):
        node = source
    else:
        node = from_object(source, name or "case")
    cases = tuple(evolve(case, title=case.title or case.id or stem) for case in _read_outline(node, found))
    if problems is not None:
        problems.extend(found)
    elif found:
        raise InputError(found)
    return cases


def english_keys(mapping: Mapping, words: Words, problems: list[Problem]) -> dict[str, Node]:
    """A mapping's values under their English keys; unknown and repeated keys are problems."""
    meaning = {alias: key for key, aliases in words.items() for alias in (key, *aliases)}
    found: dict[str, Node] = {}
    for key, value in mapping.items:
        english = meaning.get(key.text.strip())
        if english is None:
            help = nearest(key.text, meaning) or f"known here are {', '.join(words)}"
            problems.append(Problem(key.place, f"unknown key `{key.text}`", help))
        elif english in found:
            problems.append(Problem(key.place, f"duplicate key `{key.text}`", f"`{english}` is given twice: keep one"))
        else:
            found[english] = value
    return found


def _read_outline(node: Node, problems: list[Problem]) -> tuple[RawCase, ...]:
    if not isinstance(node, Mapping):
        help = "write `case:`, `level:`, `as_of:` and `facts:`"
        problems.append(Problem(node.place, f"{describe(node)} is not a case", help))
        return ()
    found = english_keys(node, KEYS, problems)
    if "dossier" not in found and "cases" not in found:
        case = _read_case(node, found, problems, "", None)
        return (case,) if case else ()
    for key in found.keys() - {"dossier", "cases", "as_of", "schema", "id"}:
        problems.append(Problem(found[key].place, f"`{key}` does not belong to a dossier", "put it into its cases"))
    title = scalar_text(found.get("dossier"), "dossier", problems)
    as_of = _scalar(found.get("as_of"), "as_of", problems)
    members = found.get("cases")
    if not isinstance(members, Sequence) or not members.items:
        place = members.place if members else node.place
        problems.append(Problem(place, "the dossier has no cases", "write `cases:` with a list of cases"))
        return ()
    cases: list[RawCase] = []
    for member in members.items:
        if not isinstance(member, Mapping):
            problems.append(Problem(member.place, f"{describe(member)} is not a case", "write a mapping"))
            continue
        case = _read_case(member, english_keys(member, KEYS, problems), problems, title or "-", as_of)
        if case is not None:
            cases.append(case)
    return tuple(cases)


def _read_case(
    node: Mapping, found: dict[str, Node], problems: list[Problem], dossier: str, as_of: Scalar | None
) -> RawCase | None:
    for key in ("dossier", "cases"):
        if key in found:
            problems.append(Problem(found[key].place, "a dossier cannot hold a dossier", "list its cases directly"))
    schema = scalar_text(found.get("schema"), "schema", problems)
    if schema and schema != CASE_SCHEMA:
        problems.append(Problem(found["schema"].place, f"unknown schema `{schema}`", f"write `{CASE_SCHEMA}`"))
    records = found.get("records")
    lists: dict[str, Node] = {}
    if isinstance(records, Mapping):
        lists = english_keys(records, RECORD_KEYS, problems)
    elif records is not None and not _is_null(records):
        help = "write `justifications:` and `reviews:` lists"
        problems.append(Problem(records.place, f"{describe(records)} stands where records belong", help))
    facts = found.get("facts")
    if facts is not None and not isinstance(facts, Mapping) and not _is_null(facts):
        help = "write `name: value` lines"
        problems.append(Problem(facts.place, f"{describe(facts)} stands where facts belong", help))
    level = _read_level(found.get("level"), node.place, problems)
    return RawCase(
        title=scalar_text(found.get("case"), "case", problems),
        id=scalar_text(found.get("id"), "id", problems),
        level=level,
        as_of=_scalar(found.get("as_of"), "as_of", problems) or as_of,
        facts=facts if isinstance(facts, Mapping) else None,
        justifications=_sequence(lists.get("justifications"), problems),
        reviews=_sequence(lists.get("reviews"), problems),
        location=None if (where := found.get("location")) is None or _is_null(where) else where,
        dossier=dossier,
        place=node.place,
    )


def _read_level(node: Node | None, place: Place, problems: list[Problem]) -> str:
    words = {word: level for level, aliases in LEVEL_WORDS.items() for word in (level, *aliases)}
    text = scalar_text(node, "level", problems)
    if not text:
        problems.append(Problem(node.place if node else place, "the case has no level", _levels_help()))
        return ""
    level = words.get(text)
    if level is None:
        help = nearest(text, words) or _levels_help()
        problems.append(Problem(node.place if node else place, f"unknown level `{text}`", help))
        return ""
    return level


def _levels_help() -> str:
    return f"write `level:` with one of {', '.join(LEVELS)}"


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_null


def _scalar(node: Node | None, key: str, problems: list[Problem]) -> Scalar | None:
    if node is None or _is_null(node):
        return None
    if isinstance(node, Scalar):
        return node
    problems.append(Problem(node.place, f"{describe(node)} stands where `{key}` needs one value", "write one value"))
    return None


def scalar_text(node: Node | None, key: str, problems: list[Problem]) -> str:
    """The text of one value, stripped; empty where it is left out, a problem where it is a list or a mapping."""
    scalar = _scalar(node, key, problems)
    return scalar.text.strip() if scalar else ""


def _sequence(node: Node | None, problems: list[Problem]) -> Sequence | None:
    if node is None or _is_null(node):
        return None
    if isinstance(node, Sequence):
        return node
    problems.append(Problem(node.place, f"{describe(node)} stands where a list belongs", "start each item with `- `"))
    return None
