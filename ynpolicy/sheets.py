"""What the cells of an Excel case form mean: its columns and words, and the case that filled cells state.

Cells come in as plain values with their places, so that nothing here knows the file format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AnySet
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

from attrs import frozen

from ynpolicy.answers import FALSE_WORDS, NOT_APPLICABLE_WORDS, TRUE_WORDS, UNKNOWN_WORDS
from ynpolicy.cases import CASE_SCHEMA, LEVEL_WORDS
from ynpolicy.documents import Mapping as MappingNode
from ynpolicy.documents import Node, Scalar, Sequence
from ynpolicy.errors import Place, Problem, nearest
from ynpolicy.ir import Kind, Text
from ynpolicy.values import read_number
from ynpolicy.words import LEVELS

CASE_SHEET: Final = Text("案件", "case")
RECORD_SHEET: Final = Text("记录", "records")
GUIDE_SHEET: Final = Text("说明", "how to fill")
LISTS_SHEET: Final = "_lists"
"""Hidden: row 1 names the facts, below stand the choices; the column beside holds each choice's other words."""

MARK: Final = CASE_SCHEMA
"""Heads the hidden column with the facts' names, and so tells the header row of a form."""

COLUMNS: Final[Mapping[str, Text]] = {
    "label": Text("事实", "fact"),
    "question": Text("问题", "question"),
    "value": Text("值", "value"),
    "unit": Text("单位", "unit"),
    "accuracy": Text("精度±", "accuracy ±"),
    "document": Text("文件", "document"),
    "page": Text("页码", "page"),
    "date": Text("日期", "date"),
    "entered_by": Text("填表人", "entered by"),
    "name": Text(MARK, MARK),
    "kind": Text("kind", "kind"),
}
RECORD_COLUMNS: Final[Mapping[str, Text]] = {
    "record": Text("类别", "record"),
    "norm": Text("规范", "norm"),
    "document": Text("文件", "document"),
    "person": Text("认可单位或审核人", "accepted by, or reviewer"),
    "since": Text("日期（论证为起始日期）", "date (or first day)"),
    "until": Text("论证截止日期", "last day, if justified"),
    "conclusion": Text("审核结论", "conclusion, if reviewed"),
    "reason": Text("论证理由", "reason, if justified"),
}
HEAD_ROWS: Final = ("case", "as_of", "level", "id")
PLACE_ROWS: Final = ("location", "location_system", "location_extent")
"""The rows above the facts: the case's own keys, which have no dot; the second ones where geometry can answer."""

YES: Final = Text("是", "yes")
NO: Final = Text("否", "no")
UNKNOWN_WORD: Final = Text("未知", "unknown")
NOT_APPLICABLE_WORD: Final = Text("不适用", "not applicable")
NONE: Final = Text("无", "none")
OPEN_END: Final = Text("其他不详", "others unknown")
JUSTIFICATION: Final = Text("论证", "justification")
REVIEW: Final = Text("审核", "review")
ACCEPTED: Final = Text("通过", "accepted")
REJECTED: Final = Text("不通过", "rejected")

YES_NO_WORDS: Final = TRUE_WORDS + FALSE_WORDS
"""What the case reader takes for a boolean, in lower case."""

_NONES: Final = frozenset({NONE.zh, NONE.en})
_OPEN_ENDS: Final = frozenset({OPEN_END.zh, OPEN_END.en})
_DETAILS: Final = ("accuracy", "document", "page", "date", "entered_by")
_LONGEST_MESSAGE: Final = 300
_LEVELS: Final = {word: level for level, words in LEVEL_WORDS.items() for word in (level, *words, LEVELS[level].en)}
_FILE: Final = re.compile(r"\.[A-Za-z]{2,7}\s*$")
_BETWEEN: Final = re.compile(r"\s*([、,，;；\n])\s*")


@frozen
class Cell:
    """A filled or blank cell: its value as the file stores it, and what about it forbids to use that value."""

    value: object
    place: Place
    percent: bool = False
    fault: str = ""
    fault_help: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.fault and (self.value is None or (isinstance(self.value, str) and not self.value.strip()))


Row = Mapping[str, Cell]


class CaseReader:
    """Turns the rows of a form into the node tree of a case; `problems` collects everything that is wrong.

    `words` holds, by fact, every word that the form accepts: labels, ids and aliases of its symbols.
    """

    def __init__(self, words: Mapping[str, AnySet[str]], problems: list[Problem]) -> None:
        self.words = words
        self.problems = problems

    def refuse(self, cell: Cell, message: str, help: str = "") -> None:
        self.problems.append(Problem(cell.place, " ".join(message.split())[:_LONGEST_MESSAGE], help))

    def case(self, rows: Iterable[Row], records: Iterable[Row], place: Place) -> MappingNode:
        """The case that the two sheets state, in the shape of a YAML case file; blank cells are left out."""
        heads: dict[str, tuple[Scalar, Node]] = {}
        places: dict[str, Row] = {}
        facts: dict[str, list[tuple[Scalar, Node]]] = {}
        for row in rows:
            name_cell = row["name"]
            name = "" if name_cell.is_blank else self.text(name_cell)
            filled = [row[key] for key in ("value", *_DETAILS) if not row[key].is_blank]
            if not name:
                if filled and not name_cell.fault:
                    help = "answer in the rows of the form; for another source copy the whole row"
                    self.refuse(filled[0], "this row belongs to no fact of the form", help)
                continue
            key = Scalar(name, False, row["label"].place)
            if name in PLACE_ROWS:
                if filled and places.setdefault(name, row) is not row:
                    self.refuse(row["value"], f"`{name}` stands in two rows", "keep one of them; a form holds one case")
                continue
            if "." not in name:
                self.head(name, key, row, heads)
                continue
            node = self.answer(name, row, filled)
            if node is not None:
                facts.setdefault(name, []).append((key, node))
        items: list[tuple[Scalar, Node]] = [(Scalar("schema", True, place), Scalar(MARK, True, place)), *heads.values()]
        if places:
            items.append((Scalar("location", True, place), self.location(places)))
        answers = tuple((found[0][0], self.merged([node for _, node in found])) for found in facts.values())
        items.append((Scalar("facts", True, place), MappingNode(answers, place)))
        items.append((Scalar("records", True, place), self.records(records, place)))
        return MappingNode(tuple(items), place)

    def head(self, name: str, key: Scalar, row: Row, heads: dict[str, tuple[Scalar, Node]]) -> None:
        cell = row["value"]
        if name not in HEAD_ROWS:
            self.refuse(row["name"], f"`{name}` is not a row of the form", "write the form anew and fill it in")
        elif name in heads:
            self.refuse(cell, f"`{name}` stands in two rows", "keep one of them; a form holds one case")
        elif not cell.is_blank:
            text = self.day(cell) if name == "as_of" else self.text(cell)
            if name == "level" and text and text not in _LEVELS:
                self.refuse(cell, f"unknown level `{text}`", nearest(text, _LEVELS))
            text = _LEVELS.get(text, text) if name == "level" else text
            heads[name] = (key, Scalar(text, False, cell.place))

    def location(self, places: Mapping[str, Row]) -> MappingNode:
        """What the form says of the site, in the shape of a case's `location`."""
        cells = {"system": ("location_system", "value"), "accuracy": ("location", "accuracy")}
        cells |= {"extent": ("location_extent", "value")}
        found: list[tuple[Scalar, Node]] = []
        first = next(iter(places.values()))["value"]
        site = places["location"]["value"] if "location" in places else first
        if "location" not in places or site.is_blank:
            self.refuse(site, "the site is described, and where it is not said", "write its coordinates, or its file")
        else:
            text = self.text(site)
            key = "file" if _FILE.search(text) else "point"
            found.append((Scalar(key, True, site.place), Scalar(text, False, site.place)))
        for key, (name, column) in cells.items():
            cell = places[name][column] if name in places else None
            if cell is not None and not cell.is_blank:
                text = self.text(cell)
                found.append((Scalar(key, True, cell.place), Scalar(text, False, cell.place)))
        return MappingNode(tuple(found), site.place)

    def merged(self, nodes: list[Node]) -> Node:
        """Rows with the same fact are several sources of one answer."""
        if len(nodes) == 1:
            return nodes[0]
        place = nodes[0].place
        return MappingNode(((Scalar("sources", True, place), Sequence(tuple(nodes), place)),), place)

    # ------------------------------------------------------------ facts

    def answer(self, name: str, row: Row, filled: list[Cell]) -> Node | None:
        cell = row["value"]
        if cell.is_blank:
            if filled:
                help = f"fill in the value, or {UNKNOWN_WORD.zh} ({UNKNOWN_WORD.en})"
                self.refuse(cell, f"`{name}` has a source but no value", help)
            return None
        kind = self.kind(row["kind"])
        if kind is None:
            return None
        unit = "" if row["unit"].is_blank else self.text(row["unit"])
        value = self.value(name, kind, cell, unit)
        if value is None:
            return None
        details: list[tuple[Scalar, Node]] = []
        if isinstance(value, MappingNode):
            details += value.items
        else:
            details.append((Scalar("value", True, cell.place), value))
        if kind is Kind.NUMBER and unit and isinstance(value, Scalar) and _is_number(value.text):
            details.append((Scalar("unit", True, row["unit"].place), Scalar(unit, False, row["unit"].place)))
        for key in _DETAILS:
            detail = row[key]
            if detail.is_blank:
                continue
            if key == "accuracy":
                text = self.number(detail, unit) or ""
            else:
                text = self.day(detail) if key == "date" else self.text(detail)
            details.append((Scalar(key, True, detail.place), Scalar(text, False, detail.place)))
        if len(details) == 1 and not isinstance(value, MappingNode):
            return value
        return MappingNode(tuple(details), cell.place)

    def kind(self, cell: Cell) -> Kind | None:
        try:
            return Kind("" if cell.is_blank else self.text(cell))
        except ValueError:
            self.refuse(cell, "the hidden column `kind` was changed", "write the form anew and copy the answers over")
            return None

    def value(self, name: str, kind: Kind, cell: Cell, unit: str) -> Node | None:
        word = cell.value.strip().lower() if isinstance(cell.value, str) and not cell.fault else ""
        if word in UNKNOWN_WORDS or word in NOT_APPLICABLE_WORDS:
            return Scalar(self.text(cell), False, cell.place)
        before = len(self.problems)
        match kind:
            case Kind.NUMBER:
                found: Node = Scalar(self.number(cell, unit), True, cell.place)
            case Kind.DATE:
                found = Scalar(self.day(cell), True, cell.place)
            case Kind.BOOLEAN:
                found = Scalar(self.boolean(cell), True, cell.place)
            case Kind.SYMBOL:
                found = Scalar(self.symbol(name, cell, self.text(cell)), False, cell.place)
            case Kind.SYMBOLS:
                found = self.symbols(name, cell)
            case Kind.TEXT:
                found = Scalar(self.text(cell), False, cell.place)
        return found if len(self.problems) == before else None

    def boolean(self, cell: Cell) -> str:
        if isinstance(cell.value, bool):
            return "true" if cell.value else "false"
        text = self.text(cell)
        if text and text.lower() not in YES_NO_WORDS:
            help = "choose from the list: 是, 否, 未知, 不适用 (yes, no, unknown, not applicable)"
            self.refuse(cell, f"`{text}` is neither yes nor no", help)
        return text

    def symbol(self, name: str, cell: Cell, text: str) -> str:
        accepted = self.words.get(name)
        if accepted is not None and text and text not in accepted:
            help = nearest(text, sorted(accepted)) or "`ynpolicy facts` lists the choices; in a form, the cell has them"
            self.refuse(cell, f"`{text}` is not one of the choices of `{name}`", help)
        return text

    def symbols(self, name: str, cell: Cell) -> Node:
        text = self.text(cell)
        accepted = self.words.get(name, frozenset())
        complete = True
        members: list[Node] = []
        for part in split_members(text, {*accepted, *_NONES, *_OPEN_ENDS}):
            if part not in accepted and part in _OPEN_ENDS:
                complete = False
            elif part not in accepted and part in _NONES:
                if part != text:
                    self.refuse(cell, f"`{part}` stands beside other choices", "write it alone, or leave it out")
            else:
                members.append(Scalar(self.symbol(name, cell, part), False, cell.place))
        listed = Sequence(tuple(members), cell.place)
        if complete:
            return listed
        no = Scalar("false", True, cell.place)
        return MappingNode(
            ((Scalar("includes", True, cell.place), listed), (Scalar("complete", True, cell.place), no)), cell.place
        )

    # ------------------------------------------------------------ cells

    def text(self, cell: Cell) -> str:
        """The text of a cell; a number as plain decimal text. A date is refused: Excel makes dates of `12-13`."""
        if cell.fault:
            self.refuse(cell, cell.fault, cell.fault_help)
            return ""
        match cell.value:
            case bool() as value:
                return "true" if value else "false"
            case int() | float() as value:
                return decimal_text(value)
            case date() as value:
                help = "format the cell as text, or as a plain number, and type it again"
                self.refuse(cell, f"the date `{value:%Y-%m-%d}` stands where no date belongs", help)
                return ""
        return str(cell.value).strip()

    def day(self, cell: Cell) -> str:
        """The ISO date of a date cell; text is left for the case reader, which knows how people write dates."""
        if cell.fault or isinstance(cell.value, str):
            return self.text(cell)
        match cell.value:
            case datetime() as moment:
                if moment.time() != time.min:
                    self.refuse(cell, f"`{moment.isoformat(' ')}` has a time of day", "give the day alone")
                return moment.date().isoformat()
            case date() as day:
                return day.isoformat()
        self.refuse(cell, f"`{self.text(cell)}` is not a date", "type it as 2022-05-01, and format the cell as a date")
        return ""

    def number(self, cell: Cell, unit: str) -> str:
        """The exact decimal that a cell shows; Excel stores 97 % as 0.97, which is 97 in the unit `%`."""
        match cell.value:
            case bool() as value if not cell.fault:
                self.refuse(cell, f"`{str(value).lower()}` stands where a number belongs", "type a number")
            case int() | float() as value if not cell.fault and cell.percent and unit:
                shown = decimal_text(Decimal(repr(value)) * 100)
                if unit == "%":
                    return shown
                self.refuse(cell, f"`{shown}%` is not in {unit}", f"format the cell as a plain number, in {unit}")
        return self.text(cell)

    # ------------------------------------------------------------ records

    def records(self, rows: Iterable[Row], place: Place) -> MappingNode:
        found: dict[str, list[Node]] = {"justifications": [], "reviews": []}
        for row in rows:
            filled = {key: cell for key, cell in row.items() if not cell.is_blank}
            if not filled:
                continue
            first = next(iter(filled.values()))
            word = self.text(row["record"]) if "record" in filled else ""
            if word in (JUSTIFICATION.zh, JUSTIFICATION.en):
                kind = "justifications"
                names = {"person": "accepted_by", "since": "since", "until": "until", "reason": "reason"}
            elif word in (REVIEW.zh, REVIEW.en):
                kind = "reviews"
                names = {"person": "reviewer", "since": "date", "conclusion": "conclusion"}
            else:
                help = f"choose {JUSTIFICATION.zh} ({JUSTIFICATION.en}) or {REVIEW.zh} ({REVIEW.en})"
                self.refuse(row["record"], f"`{word}` is not a kind of record" if word else "no kind of record", help)
                continue
            names |= {"norm": "norm", "document": "document"}
            items: list[tuple[Scalar, Node]] = []
            for key, cell in filled.items():
                if key == "record":
                    continue
                if key not in names:
                    self.refuse(cell, f"`{RECORD_COLUMNS[key].zh}` does not belong to this record", "leave it blank")
                    continue
                text = self.day(cell) if key in ("since", "until") else self.text(cell)
                text = text.split()[0] if key == "norm" and text else text
                items.append((Scalar(names[key], True, cell.place), Scalar(text, False, cell.place)))
            found[kind].append(MappingNode(tuple(items), first.place))
        return MappingNode(
            tuple((Scalar(key, True, place), Sequence(tuple(nodes), place)) for key, nodes in found.items()), place
        )


def decimal_text(number: int | float | Decimal) -> str:
    """A stored number as plain decimal text: the shortest that reads back to the same double, without exponent."""
    value = number if isinstance(number, Decimal) else Decimal(repr(number))
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def split_members(text: str, known: AnySet[str]) -> list[str]:
    """The members listed in one cell, separated by `、`, commas, semicolons or new lines.

    A known word that itself holds a separator is kept whole: the longest known word wins.
    """
    whole = {"".join(_BETWEEN.split(word)): word for word in known}
    longest = max((len(_BETWEEN.split(word)) for word in known), default=1)
    pieces = _BETWEEN.split(text.strip())
    members: list[str] = []
    start = 0
    while start < len(pieces):
        ends = range(min(start + longest, len(pieces)), start, -2)
        end = next((end for end in ends if "".join(pieces[start:end]) in whole), start + 1)
        member = "".join(pieces[start:end])
        if member:
            members.append(whole.get(member, member))
        start = end + 1
    return members


def _is_number(text: str) -> bool:
    try:
        read_number(text)
    except ValueError:
        return False
    return True
