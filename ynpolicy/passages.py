"""What a pack quotes and how it reads it: the clause ledger and the readings, from their files."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from ynpolicy.documents import Node
from ynpolicy.errors import Place, Problem, nearest
from ynpolicy.fields import Fields, list_items
from ynpolicy.ir import Chapter, Clause, Heading, Reading, Text

CLAUSE_KEYS: Final = ("id", "section", "quote", "offset", "occurrence", "length", "digest", "kind", "reason")
CHAPTER_KEYS: Final = ("section", "title", "normative", "headings")
HEADING_KEYS: Final = ("section", "words", "offset")
OUTLINE_KEYS: Final = ("entries", "least_share", "chapters")
CLAUSE_KINDS: Final = ("encoded", "pending", "definition", "baseline", "exhortation", "omitted")
_READING_KEYS: Final = {
    "标题": ("title", "zh"),
    "title": ("title", "en"),
    "可能的读法": ("possible", "zh"),
    "readings": ("possible", "en"),
    "采用": ("taken", "zh"),
    "taken": ("taken", "en"),
    "理由": ("why", "zh"),
    "why": ("why", "en"),
    "何时改变": ("would_change", "zh"),
    "would change": ("would_change", "en"),
}


def digest_of(words: str) -> str:
    """The digest of a passage: `sha256:` of its UTF-8."""
    return "sha256:" + hashlib.sha256(words.encode()).hexdigest()


def read_clauses(node: Node, problems: list[Problem]) -> dict[str, Clause]:
    """The clauses by id. A quote is no longer than its passage; where it is the whole of it, it has its digest."""
    clauses: dict[str, Clause] = {}
    for item in list_items(node, problems, "clauses"):
        fields = Fields(item, CLAUSE_KEYS, problems, "a clause")
        clause = Clause(
            id=fields.text("id", required=True),
            section=fields.text("section", required=True),
            quote=fields.text("quote", required=True),
            offset=fields.integer("offset", required=True),
            length=fields.integer("length", required=True),
            digest=fields.text("digest", required=True),
            kind=fields.choice("kind", CLAUSE_KINDS),
            occurrence=fields.integer("occurrence", default=1),
            reason=fields.both("reason", required=False),
            place=item.place,
        )
        if clause.id in clauses:
            first = clauses[clause.id].place.line
            fields.report(item.place, f"duplicate clause `{clause.id}`", f"it stands first at line {first}")
        right = digest_of(clause.quote)
        if clause.length < len(clause.quote):
            message = f"the quote has {len(clause.quote)} characters, its passage only {clause.length}"
            fields.report(item.place, message, "`length` and `digest` describe the whole passage")
        elif clause.length == len(clause.quote) and clause.digest != right:
            help = f"if the quote is the whole passage, write {right}"
            fields.report(item.place, f"the digest of clause `{clause.id}` is not that of its quote", help)
        clauses[clause.id] = clause
    return clauses


def read_chapters(fields: Fields, clauses: dict[str, Clause], problems: list[Problem]) -> tuple[Chapter, ...]:
    """The chapters of an outline; each clause must belong to one of them."""
    chapters: list[Chapter] = []
    for item in fields.list("chapters"):
        entry = Fields(item, CHAPTER_KEYS, problems, "a chapter")
        headings = tuple(_heading(node, problems) for node in entry.list("headings"))
        section = entry.text("section", required=True)
        chapter = Chapter(section, entry.both("title"), entry.flag("normative"), headings, item.place)
        strays = [heading.section for heading in headings if not heading.section.startswith(section)]
        if strays:
            entry.report(item.place, f"the heading `{strays[0]}` is not of chapter `{section}`")
        chapters.append(chapter)
    for clause in clauses.values():
        if chapters and not any(clause.section.startswith(chapter.section) for chapter in chapters):
            message = f"clause `{clause.id}`: no chapter has the section `{clause.section}`"
            problems.append(Problem(clause.place, message, "chapters stand in outline.yaml"))
    return tuple(chapters)


def _heading(node: Node, problems: list[Problem]) -> Heading:
    fields = Fields(node, HEADING_KEYS, problems, "a heading")
    return Heading(
        section=fields.text("section", required=True),
        words="".join(fields.text("words", required=True).split()),
        offset=fields.integer("offset", required=True),
    )


_OPTION: Final = re.compile(r"(选项|option) ([a-z0-9][a-z0-9-]*)\Z")
_PARTS: Final = ("title", "possible", "taken", "why", "would_change")


def read_readings(text: str, name: str, problems: list[Problem]) -> dict[str, Reading]:
    """The interpretations in a Markdown text: a `## id` heading each, and bullets with fixed keys in zh and en.

    Bullets `选项 id` and `option id` name what may be chosen; the first is what is taken unless another is chosen.
    """
    readings: dict[str, Reading] = {}
    found: dict[tuple[str, str], str] = {}
    options: dict[str, dict[str, str]] = {}
    current: tuple[str, Place] | None = None

    def close() -> None:
        if current is None:
            return
        id, place = current
        for word, key in _READING_KEYS.items():
            if key not in found:
                problems.append(Problem(place, f"reading `{id}` has no `{word}`", f"write `- {word}: ...`"))
        texts = {part: Text(found.get((part, "zh"), ""), found.get((part, "en"), "")) for part in _PARTS}
        for option, words in options.items():
            for lang in {"zh", "en"} - words.keys():
                word = "选项" if lang == "zh" else "option"
                message = f"option `{option}` of reading `{id}` has no text in {lang}"
                problems.append(Problem(place, message, f"write `- {word} {option}: ...`"))
        chosen = {option: Text(words.get("zh", ""), words.get("en", "")) for option, words in options.items()}
        readings[id] = Reading(id, **texts, options=chosen, place=place)

    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("## "):
            close()
            current, found, options = (line[3:].strip(), Place(name, number, 1)), {}, {}
            if current[0] in readings:
                problems.append(Problem(current[1], f"duplicate reading `{current[0]}`"))
        elif current and (bullet := re.match(r"- ([^:：]+)[:：]\s*(.+)", line)):
            key = _READING_KEYS.get(bullet[1].strip())
            option = _OPTION.match(bullet[1].strip())
            if option:
                options.setdefault(option[2], {})["zh" if option[1] == "选项" else "en"] = bullet[2].strip()
            elif key is None:
                help = nearest(bullet[1], _READING_KEYS) or f"known are {', '.join(_READING_KEYS)}"
                problems.append(Problem(Place(name, number, 3), f"unknown key `{bullet[1]}` in a reading", help))
            else:
                found[key] = bullet[2].strip()
    close()
    return readings
