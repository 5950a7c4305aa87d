"""How the command line comes to know what a table's columns mean: from a file, or by a guess that a person confirms."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

from ynpolicy.console import refuse, write
from ynpolicy.errors import InputError, Place, Problem
from ynpolicy.ir import Text

if TYPE_CHECKING:
    from ynpolicy.ir import Pack
    from ynpolicy.screening.guess import Guess
    from ynpolicy.screening.mapping import ColumnMap, Mapping
    from ynpolicy.screening.streams import Source

_SAMPLE: Final = 200

_SAID: Final = {
    "guessed": Text("按表头推断的列对应关系", "What the heads of the columns seem to mean"),
    "key": Text("行的编号", "the key of a row"),
    "no_key": Text("没有编号列，行按行号称呼", "no column names the rows: they go by their numbers"),
    "as_of": Text("该行的基准日（受理日期）", "the row's as-of date"),
    "level": Text("该行的层级", "the row's level"),
    "whole": Text("“{}”的各成员列已列全", "the columns of members list all of “{}”"),
    "unit": Text("单位 {}", "in {}"),
    "doubts": Text("存疑，未经确认不采用", "In doubt, not taken unless confirmed"),
    "passed": Text("不读的列", "Columns that are not read"),
    "ask": Text("按此判定吗？", "Judge by this?"),
    "ask_doubt": Text("采用“{}”吗？", "Take “{}”?"),
    "declined": Text(
        "没有判定。可用 --write-mapping 写出对应关系，改好后用 --mapping 给出",
        "nothing is judged. --write-mapping writes the mapping, to be edited and given back by --mapping",
    ),
    "unasked": Text(
        "没有终端可供确认，没有判定：加 --yes 则按上面的对应关系判定（存疑的列不采用）；"
        "或用 --write-mapping 写出、改好，再用 --mapping 给出",
        "no terminal to confirm it on, so nothing is judged: --yes judges by what is shown (without what is in doubt); "
        "or write it with --write-mapping, edit it, and give it back by --mapping",
    ),
    "not_taken": Text("存疑的列没有采用：{}", "not taken, being in doubt: {}"),
    "written": Text("对应关系已写入，存疑的列写成注释", "the mapping is written, with what is in doubt as comments"),
}

_FORMS: Final = {
    "low": Text("下限", "lower end"),
    "high": Text("上限", "upper end"),
    "accuracy": Text("误差", "accuracy"),
    "complete": Text("是否列全", "listed in full"),
    "not_applicable": Text("是否不适用", "not applicable"),
}


def mapping_of(
    source: Source, pack: Pack, level: str, file: Path | None, yes: bool, out: Path | None, lang: str
) -> Mapping | None:
    """The mapping in a file, or a guessed one that is confirmed; None where it was only to be written to `out`.

    Ends with status 2 where nobody confirms it. Raises `InputError`.
    """
    from ynpolicy.screening.mapping_files import read_mapping

    if file is not None:
        if out is not None:
            refuse("--write-mapping", "the mapping is given already", "leave out --mapping, to have one guessed")
        mapping = read_mapping(file, pack)
        if level and level != mapping.level:
            refuse("--level", f"the mapping is for the level `{mapping.level}`", "leave --level out, or change one")
        return mapping
    return _guessed(source, pack, level or "project", yes, out, lang)


def _guessed(source: Source, pack: Pack, level: str, yes: bool, out: Path | None, lang: str) -> Mapping | None:
    from ynpolicy.screening.guess import guess
    from ynpolicy.screening.mapping import written

    found = guess(pack, level, source.head, next(source.batches(_SAMPLE), None), source.name)
    for line in shown(found, pack, lang):
        click.echo(line, err=True)
    if out is not None:
        doubts = [(doubt.column, _in_language(doubt.why, pack, lang)) for doubt in found.doubts]
        write(out, written(found.mapping, doubts, [passed.source for passed in found.passed_over]))
        click.echo(f"{_SAID['written'][lang]}: {out}", err=True)
        return None
    if yes:
        names = [_named(doubt.column, pack, lang) for doubt in found.doubts]
        if names:
            pause = "、" if lang == "zh" else ", "
            click.echo(_SAID["not_taken"][lang].replace("{}", pause.join(names)), err=True)
        return _sound(found.mapping, pack)
    if not _can_ask():
        if found.problems:
            raise InputError(found.problems)
        _end("unasked", lang)
    if not click.confirm(_SAID["ask"][lang], err=True):
        _end("declined", lang)
    taken = [doubt for doubt in found.doubts if click.confirm(_question(doubt.column, pack, lang), err=True)]
    return _sound(found.confirmed(taken), pack)


def _sound(mapping: Mapping, pack: Pack) -> Mapping:
    """The mapping. Raises `InputError` where it cannot be used."""
    from ynpolicy.screening.mapping_checks import problems_of

    problems = list(problems_of(mapping, pack))
    if problems:
        raise InputError(problems)
    return mapping


def _can_ask() -> bool:
    """Whether somebody sits at a terminal."""
    return sys.stdin.isatty()


def _end(said: str, lang: str) -> NoReturn:
    click.echo(_SAID[said][lang], err=True)
    sys.exit(2)


def shown(found: Guess, pack: Pack, lang: str) -> list[str]:
    """A guess as lines: what each column means, what is in doubt and why, what is not read."""
    mapping = found.mapping
    lines = [_SAID["guessed"][lang]]
    if mapping.key:
        lines.append(f"  {mapping.key} → {_SAID['key'][lang]}")
    if mapping.as_of:
        lines.append(f"  {mapping.as_of} → {_SAID['as_of'][lang]}")
    lines += [f"  {column.source} → {_meaning(column, pack, lang)}" for column in mapping.columns]
    if not mapping.key:
        lines.append(f"  ({_SAID['no_key'][lang]})")
    if found.doubts:
        lines.append(_SAID["doubts"][lang])
        for doubt in found.doubts:
            named = f"{doubt.column.source} → " if doubt.column.source else ""
            meaning = _meaning(doubt.column, pack, lang)
            lines.append(f"  ? {named}{meaning}: {_in_language(doubt.why, pack, lang)}")
    if found.passed_over:
        lines.append(_SAID["passed"][lang])
        lines += [f"  - {passed.source}: {_in_language(passed.why, pack, lang)}" for passed in found.passed_over]
    return lines


def _meaning(column: ColumnMap, pack: Pack, lang: str) -> str:
    """What a column means: the fact's label and name, the form, the unit."""
    if not column.source and column.form == "complete":
        return _SAID["whole"][lang].replace("{}", pack.facts[column.fact].label[lang])
    if column.fact == "as_of":
        return _SAID["as_of"][lang]
    if not column.fact:
        return _SAID["level"][lang]
    fact = pack.facts[column.fact]
    parts = [fact.label[lang]]
    if column.symbol:
        parts.append(fact.symbols[column.symbol].label[lang] if column.symbol in fact.symbols else column.symbol)
    if column.form in _FORMS:
        parts.append(_FORMS[column.form][lang])
    unit = column.unit or fact.unit
    if unit and column.form != "not_applicable":
        parts.append(_SAID["unit"][lang].replace("{}", unit))
    pause = "，" if lang == "zh" else ", "
    return f"{pause.join(parts)} ({column.fact})"


def _named(column: ColumnMap, pack: Pack, lang: str) -> str:
    return column.source or _meaning(column, pack, lang)


def _question(column: ColumnMap, pack: Pack, lang: str) -> str:
    told = f"{column.source} → {_meaning(column, pack, lang)}" if column.source else _meaning(column, pack, lang)
    return _SAID["ask_doubt"][lang].replace("{}", told)


def _in_language(text: str, pack: Pack, lang: str) -> str:
    from ynpolicy.messages import in_chinese

    labels = {name: fact.label.zh for name, fact in pack.facts.items()}
    return in_chinese(Problem(Place(""), text), labels).message if lang == "zh" else text
