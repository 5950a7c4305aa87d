"""What a blank Excel case form says and where: its sheets, cells, lists and the rules for what may be typed.

Nothing here knows the file format.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import evolve, field, frozen

from ynpolicy.ir import FactType, Kind, Pack, Symbol, Text
from ynpolicy.questions import (
    COLON,
    LONG_LIST,
    SEPARATOR,
    choice,
    columns,
    fact_label,
    facts_at,
    is_located,
    kind_in_words,
    notes,
    one_line,
    recordable,
)
from ynpolicy.sheets import (
    ACCEPTED,
    CASE_SHEET,
    COLUMNS,
    GUIDE_SHEET,
    JUSTIFICATION,
    LISTS_SHEET,
    NO,
    NONE,
    NOT_APPLICABLE_WORD,
    OPEN_END,
    RECORD_COLUMNS,
    RECORD_SHEET,
    REJECTED,
    REVIEW,
    UNKNOWN_WORD,
    YES,
)
from ynpolicy.values import number_text
from ynpolicy.words import LEVELS, period_words

RECORD_ROWS: Final = 30
"""How many blank rows the sheet of records offers."""

_HEIGHTS: Final = {"title": 22, "group": 8}
_AS_TEXT: Final = "@"
_AS_DATE: Final = "yyyy-mm-dd"
_CHOOSE: Final = Text("请从列表中选择", "choose from the list")
_HEADS: Final = {
    "case": (Text("案件名称", "title of the case"), Text("项目或企业的名称", "name of the project or enterprise")),
    "as_of": (
        Text("受理日期", "as-of date"),
        Text("必填：按这一天有效的规定判定，如 2022-05-01", "needed: the law is read at this date, as 2022-05-01"),
    ),
    "level": (Text("层级", "level"), Text("本表的层级，请勿改动", "the level of this form; leave it as it is")),
    "id": (Text("编号", "identifier"), Text("可留空", "may stay blank")),
}
_PLACES: Final = {
    "location": (
        Text("厂址坐标", "coordinates of the site"),
        Text(
            "按坐标核查距离和属地时填：经度在前、纬度在后，如 102.7123,25.0412；或厂界文件名，如 厂界.geojson。"
            "“精度±”栏填坐标的最大误差（米）",
            "to find distances and the county from coordinates: longitude first, 102.7123,25.0412; or the name of a "
            "boundary file, site.geojson. Under `accuracy ±` the largest error, in m",
        ),
    ),
    "location_system": (
        Text("坐标系", "coordinate system"),
        Text(
            "如 CGCS2000、GCJ-02（高德）、BD-09（百度）、CGCS2000 3度带34带；文件已注明的可留空",
            "such as CGCS2000, GCJ-02, BD-09, EPSG:4522; may stay blank where the file says it",
        ),
    ),
    "location_extent": (
        Text("厂界距该点最远", "how far the site reaches"),
        Text("只填一个点时：厂界离该点最远多少米", "for a point only: how many metres the site reaches around it"),
    ),
}
_GUIDE_ZH: Final = (
    "一、在“案件”表的黄色单元格内填写；一个工作簿填一个案件。案件名称、受理日期填在最上方。",
    "二、不知道的留空，或选“未知”：留空表示未提供，“未知”表示问过而不知道。二者都不会被当作“否”或零。",
    "三、“不适用”只在问题注明的情形下可填；其他情形填“不适用”会被指出。",
    "四、可选多项的，用“、”分隔；一项也没有的填“无”；未必列全的在最后加“其他不详”。全部选项见单元格批注。",
    "五、“单位”栏为本表采用的单位。数值用其他单位的，把单位栏改为该单位（如把 m 改为 km）。",
    "六、“精度±”为保证不超过的最大误差，与数值同单位；不是标准差。",
    "七、“文件”“页码”“日期”“填表人”注明数据来源，宜填。同一事实有两个来源的，复制整行，各填一行；二者不一致时按未知处理。",
    "八、请填数值，不要填公式；不要合并单元格；不要改动表头、隐藏列和工作表名称。行可以移动。",
    "九、“记录”表填写偏离原则性要求的论证记录和从严审核的记录；没有的留空。",
    "十、数值按所填十进制数精确计算，小数不超过六位。",
)
_GUIDE_EN: Final = (
    "1. Fill in the yellow cells of the sheet `case`; one workbook holds one case. Title and as-of date stand on top.",
    "2. Leave blank what is not known, or choose `unknown`: blank means not supplied, `unknown` means asked for and not"
    " known. Neither is ever taken for no or for zero.",
    "3. `not applicable` is accepted only where the question says when it arises, and there it does not.",
    "4. Where several may be chosen, separate them by commas; write `none` where there is none, and add"
    " `others unknown` where the list may be incomplete. The note of the cell lists the choices.",
    "5. The column `unit` shows the unit of the form. For a number in another unit, change it there (m to km).",
    "6. `accuracy ±` is a bound that the error surely does not exceed, in the same unit; not a standard deviation.",
    "7. `document`, `page`, `date`, `entered by` say where a value comes from. For a second source copy the whole row;"
    " sources that disagree make the fact unknown.",
    "8. Type numbers, no formulas; merge no cells; leave header, hidden columns and sheet names as they are. Rows may"
    " be moved.",
    "9. The sheet `records` takes reasons for departing from norms in principle, and records of strict reviews.",
    "10. Numbers are exact as typed, with at most six decimals.",
)


@frozen
class Rule:
    """What may be typed into a cell; `{cell}` in the formula stands for the cell.

    A rule without an `error` only offers its list; one that `warns` lets the user insist.
    """

    formula: str
    error: str = ""
    is_list: bool = True
    warns: bool = False


@frozen
class FormCell:
    """One cell: `style` is title, head, group, text, input or plain."""

    row: int
    column: int
    text: str = ""
    style: str = "plain"
    wrap: bool = True
    number_format: str = ""
    note: str = ""
    allowed: Rule | None = None


@frozen
class FormSheet:
    """One sheet; a width of 0 hides the column. Widths are in characters; rows are as high as their text needs."""

    name: str
    cells: tuple[FormCell, ...]
    widths: tuple[int, ...]
    header_row: int = 0
    freeze: str = ""
    hidden: bool = False

    @property
    def heights(self) -> dict[int, int]:
        """The height of each row in points: no program can be relied on to fit rows to wrapped text by itself."""
        lines: dict[int, int] = {}
        for cell in self.cells:
            width = self.widths[cell.column - 1] if cell.column <= len(self.widths) else 0
            needed = 1
            if cell.wrap and width:
                needed = sum(max(1, -(-columns(part) // (width - 1))) for part in cell.text.split("\n"))
            lines[cell.row] = max(lines.get(cell.row, 1), needed)
        heights = {row: 6 + 14 * count for row, count in lines.items()}
        return heights | {cell.row: _HEIGHTS[cell.style] for cell in self.cells if cell.style in _HEIGHTS}


@frozen
class _Lists:
    """The hidden sheet of choices: pairs of columns, one pair for all facts with the same choices."""

    lang: str
    pairs: list[tuple[list[str], list[tuple[str, str]]]] = field(factory=list)

    def reference(self, name: str, rows: list[tuple[str, str]]) -> str:
        """The formula of the range that holds some choices, each with its other words; adds it where it is new."""
        index = next((i for i, (_, known) in enumerate(self.pairs) if known == rows), len(self.pairs))
        if index == len(self.pairs):
            self.pairs.append(([], rows))
        self.pairs[index][0].append(name)
        column = _letters(2 * index + 1)
        return f"{LISTS_SHEET}!${column}$2:${column}${len(rows) + 1}"

    def sheet(self) -> FormSheet:
        cells: list[FormCell] = []
        for i, (names, rows) in enumerate(self.pairs):
            cells.append(FormCell(1, 2 * i + 1, " ".join(names), wrap=False))
            for row, (label, others) in enumerate(rows, 2):
                cells.append(FormCell(row, 2 * i + 1, label, wrap=False))
                cells.append(FormCell(row, 2 * i + 2, others, wrap=False))
        return FormSheet(LISTS_SHEET, tuple(cells), (), hidden=True)


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


def lay_out(pack: Pack, level: str, lang: str) -> tuple[FormSheet, ...]:
    """The sheets of the blank form of a level. Raises `InputError` for a level without a form."""
    lists = _Lists(lang)
    case = _case_sheet(pack, level, lang, lists)
    records = _record_sheet(pack, level, lang, lists)
    return case, records, _guide_sheet(pack, level, lang), lists.sheet()


def _title(pack: Pack, level: str, lang: str) -> str:
    form = f"{Text('案件表', 'case form')[lang]} ({LEVELS[level][lang]})"
    return f"{one_line(pack.title[lang])}{Text('　', ': ')[lang]}{form}"


# ---------------------------------------------------------------- the case


def _case_sheet(pack: Pack, level: str, lang: str, lists: _Lists) -> FormSheet:
    cells = [FormCell(1, 1, _title(pack, level, lang), "title", wrap=False)]
    cells += [FormCell(2, i, label[lang], "head") for i, label in enumerate(COLUMNS.values(), 1)]
    row = 3
    for name, (label, question) in _HEADS.items():
        kind = Kind.DATE if name == "as_of" else Kind.TEXT
        texts = {"label": label[lang], "question": question[lang], "name": name, "kind": kind.value}
        answer = FormCell(0, 0, LEVELS[level][lang] if name == "level" else "", "input", number_format=_AS_TEXT)
        if name == "as_of":
            answer = evolve(answer, number_format=_AS_DATE, allowed=_date_rule(lang, words=False))
        cells += _line(row, texts, answer, ("label", "question", "value", "name", "kind"))
        row += 1
    for name, (label, question) in _PLACES.items() if is_located(pack, level) else ():
        texts = {"label": label[lang], "question": question[lang], "name": name, "kind": Kind.TEXT.value}
        texts["unit"] = "" if name == "location_system" else "m"
        answer = FormCell(0, 0, "", "input", number_format="" if name == "location_extent" else _AS_TEXT)
        keys = ("label", "question", "value", "unit", "name", "kind")
        cells += _line(row, texts, answer, (*keys, "accuracy") if name == "location" else keys)
        row += 1
    for facts in facts_at(pack, level).values():
        cells += [FormCell(row, column, "", "group") for column in range(1, 10)]
        row += 1
        for fact in facts:
            texts = {
                "label": fact_label(fact.name, pack, lang),
                "question": "\n".join([one_line(fact.question[lang]), *_hints(fact, lang), *notes(fact, pack, lang)]),
                "unit": "" if fact.unit == "1" else fact.unit,
                "name": fact.name,
                "kind": fact.kind.value,
            }
            format = {Kind.DATE: _AS_DATE, Kind.NUMBER: "", Kind.BOOLEAN: ""}.get(fact.kind, _AS_TEXT)
            rule, note = _rule(fact, lang, lists), _note(fact, lang)
            answer = FormCell(0, 0, "", "input", number_format=format, note=note, allowed=rule)
            cells += _line(row, texts, answer, tuple(COLUMNS))
            row += 1
    return FormSheet(CASE_SHEET[lang], tuple(cells), (26, 60, 26, 8, 9, 22, 8, 12, 10, 0, 0), 2, "B3")


def _line(row: int, texts: dict[str, str], answer: FormCell, keys: tuple[str, ...]) -> Iterator[FormCell]:
    for column, key in enumerate(COLUMNS, 1):
        if key not in keys:
            continue
        if key == "value":
            yield evolve(answer, row=row, column=column)
        elif key in ("name", "kind"):
            yield FormCell(row, column, texts[key])
        elif key in ("label", "question", "unit"):
            yield FormCell(row, column, texts[key], "text")
        else:
            format = {"accuracy": "", "date": _AS_DATE}.get(key, _AS_TEXT)
            yield FormCell(row, column, "", "input", number_format=format)


def _hints(fact: FactType, lang: str) -> list[str]:
    match fact.kind:
        case Kind.BOOLEAN | Kind.DATE | Kind.SYMBOL:
            return []
        case Kind.SYMBOLS:
            head = Text("可选多项，用“、”分隔", "choose any, separated by commas")[lang]
            if len(fact.symbols) > LONG_LIST:
                return [head + Text("，选项见批注", "; the note lists them")[lang]]
            return [head + COLON[lang] + SEPARATOR[lang].join(choice(symbol, lang) for symbol in fact.symbols.values())]
    return [kind_in_words(fact, lang)]


def _note(fact: FactType, lang: str) -> str:
    """The choices of a set, which no drop-down list can take several of."""
    if fact.kind is not Kind.SYMBOLS:
        return ""
    head = Text(
        f"可选多项，用“、”分隔；没有的填“{NONE.zh}”；未必列全的最后加“{OPEN_END.zh}”。\n选项：",
        f"choose any, separated by commas; `{NONE.en}` if there is none; add `{OPEN_END.en}` if the list may be"
        " incomplete.\nchoices: ",
    )
    return head[lang] + SEPARATOR[lang].join(choice(symbol, lang) for symbol in fact.symbols.values())


def _rule(fact: FactType, lang: str, lists: _Lists) -> Rule | None:
    missing = [UNKNOWN_WORD[lang], NOT_APPLICABLE_WORD[lang]]
    match fact.kind:
        case Kind.BOOLEAN:
            words = ",".join([YES[lang], NO[lang], *missing])
            return Rule(f'"{words}"', _CHOOSE[lang])
        case Kind.SYMBOL | Kind.SYMBOLS:
            rows = [(choice(symbol, lang), _other_words(symbol)) for symbol in fact.symbols.values()]
            several = fact.kind is Kind.SYMBOLS
            extra = [NONE[lang], *missing] if several else missing
            reference = lists.reference(fact.name, [*rows, *((word, "") for word in extra)])
            return Rule(reference, "" if several else _CHOOSE[lang], warns=True)
        case Kind.DATE:
            return _date_rule(lang, words=True)
        case Kind.NUMBER:
            return _number_rule(fact, lang)
    return None


def _other_words(symbol: Symbol) -> str:
    words = (symbol.id, symbol.label.zh, symbol.label.en, *symbol.aliases)
    return "\n".join(dict.fromkeys(one_line(word) for word in words if word))


def _date_rule(lang: str, words: bool) -> Rule:
    test = "AND(ISNUMBER({cell}),{cell}>=1)"
    formula = _or_missing(test, lang) if words else test
    error = Text("请填日期，如 2022-05-01", "type a date, as 2022-05-01")
    return Rule(formula, error[lang], is_list=False, warns=True)


def _number_rule(fact: FactType, lang: str) -> Rule:
    tests = ["ISNUMBER({cell})"]
    parts = [kind_in_words(fact, lang)]
    if fact.minimum is not None:
        tests.append(f"{{cell}}>={number_text(fact.minimum)}")
    if fact.maximum is not None:
        tests.append(f"{{cell}}<={number_text(fact.maximum)}")
    parts.append(Text("不知道的留空，或填“未知”", "leave it blank or type `unknown`")[lang])
    formula = _or_missing(f"AND({','.join(tests)})", lang)
    return Rule(formula, Text("；", "; ")[lang].join(parts), is_list=False, warns=True)


def _or_missing(test: str, lang: str) -> str:
    return f'OR({{cell}}="{UNKNOWN_WORD[lang]}",{{cell}}="{NOT_APPLICABLE_WORD[lang]}",{test})'


# ---------------------------------------------------------------- records and guide


def _record_sheet(pack: Pack, level: str, lang: str, lists: _Lists) -> FormSheet:
    departed, reviewed = recordable(pack, level)
    hint = Text(
        "没有论证或审核记录的，本表留空。论证只用于原则性要求，审核只用于从严审核的要求。",
        "Leave blank where there is no record. A reason counts for a norm in principle, a review for a review norm.",
    )
    cells = [FormCell(1, 1, hint[lang], wrap=False)]
    cells += [FormCell(2, i, label[lang], "head") for i, label in enumerate(RECORD_COLUMNS.values(), 1)]
    norms = [(f"{norm.id} {one_line(norm.title[lang])}", "") for norm in (*departed, *reviewed)]
    rules: dict[str, Rule | None] = {
        "record": Rule(f'"{JUSTIFICATION[lang]},{REVIEW[lang]}"', _CHOOSE[lang]),
        "norm": Rule(lists.reference("norm", norms), _CHOOSE[lang], warns=True) if norms else None,
        "since": _date_rule(lang, words=False),
        "until": _date_rule(lang, words=False),
        "conclusion": Rule(f'"{ACCEPTED[lang]},{REJECTED[lang]}"', _CHOOSE[lang]),
    }
    for row in range(3, 3 + RECORD_ROWS):
        for column, key in enumerate(RECORD_COLUMNS, 1):
            format = _AS_DATE if key in ("since", "until") else _AS_TEXT
            cells.append(FormCell(row, column, "", "input", number_format=format, allowed=rules.get(key)))
    return FormSheet(RECORD_SHEET[lang], tuple(cells), (10, 44, 24, 24, 14, 14, 12, 36), 2, "A3")


def _guide_sheet(pack: Pack, level: str, lang: str) -> FormSheet:
    lines = list(_GUIDE_ZH if lang == "zh" else _GUIDE_EN)
    source, period = f"{pack.id} {pack.version}", period_words(pack, lang)
    lines.append(Text(f"本表依据：{source}（{period}）", f"Form of {source} ({period})")[lang])
    lines += [one_line(notice[lang]) for notice in pack.notices]
    cells = [FormCell(1, 1, _title(pack, level, lang), "title", wrap=False)]
    cells += [FormCell(row, 1, text) for row, text in enumerate(lines, 3)]
    return FormSheet(GUIDE_SHEET[lang], tuple(cells), (110,))
