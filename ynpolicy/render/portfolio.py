"""The report on a portfolio: each group that is not in order, its findings, and the members that caused them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from ynpolicy.findings import FindingWriter, View
from ynpolicy.groupings import Reckoning
from ynpolicy.portfolio.causes import Cause, causes
from ynpolicy.portfolio.gathering import Share
from ynpolicy.portfolio.judging import Group, JudgedGrouping, Portfolio
from ynpolicy.portfolio.placing import Placed
from ynpolicy.render import fill
from ynpolicy.render.portfolio_words import HOW, PHRASES
from ynpolicy.render.words import phrases
from ynpolicy.report import clean
from ynpolicy.sentences import Phrasing
from ynpolicy.values import Interval
from ynpolicy.verdict import GRAVEST_FIRST, Decision, Finding, Outcome
from ynpolicy.words import LEVELS, OUTCOMES, STATES, decision_word, period_words

TEMPLATES: Final = {"text": "portfolio.txt.j2", "md": "portfolio.md.j2", "html": "portfolio.html.j2"}
_MOST_MEMBERS: Final = {"text": 12, "md": 12, "html": 200}
"""So many members of one finding are told; the JSON has all."""
_MOST_GROUPS: Final = 40
"""So many groups with one decision are told in full; a province has 129 counties."""
_TOLD_ONCE: Final = frozenset({"explanation", "note", "clauses", "contrary", "readings"})
"""The parts of a finding that say the same of every group; they stand with the first."""
_SETTLED: Final = frozenset({Outcome.NOT_APPLICABLE, Outcome.NOT_IN_FORCE})


def render_portfolio(
    found: Portfolio, passed_over: Sequence[str] = (), fmt: str = "text", lang: str = "zh", width: int = 88
) -> str:
    """A portfolio as `text` for a terminal of `width` columns, as `md`, or as one self-contained `html` page.

    Raises `InputError` as `render.render` does.
    """
    view = portfolio_view(found, passed_over, lang, _MOST_MEMBERS.get(fmt, 12))
    return fill(fmt, TEMPLATES.get(fmt, ""), lang, width, view)


def portfolio_view(found: Portfolio, passed_over: Sequence[str], lang: str, most: int) -> dict[str, Any]:
    """The portfolio as plain data for a template; at most `most` members of each finding are told."""
    writer = _Writer(found, lang, most)
    view = writer.view(passed_over)
    clean(view)
    return view


class _Writer:
    def __init__(self, found: Portfolio, lang: str, most: int) -> None:
        self.found, self.lang, self.most = found, lang, most
        self.pack = found.pack
        self.colon = "：" if lang == "zh" else ": "
        self.pause = "、" if lang == "zh" else ", "
        self.words = phrases(lang, self.pack.instrument == "plan") | {
            name: text[lang] for name, text in PHRASES.items()
        }
        self.readings: dict[str, View] = {}
        self.explained: set[str] = set()

    def view(self, passed_over: Sequence[str]) -> dict[str, Any]:
        pack, lang, found = self.pack, self.lang, self.found
        groupings = [self.grouping(one) for one in sorted(found.groupings, key=_gravest)]
        decision = min(found.decisions, key=GRAVEST_FIRST.index)
        gravest = next((group for group in found.groups if group.verdict.decision is decision), None)
        receipts = [group.verdict.receipt for group in found.groups[:1]]
        return {
            "w": self.words,
            "decision": decision.value,
            "decision_label": decision_word(
                decision, gravest.verdict.case.level if gravest else "", lang, pack.instrument
            ),
            "pack": {
                "id": f"{pack.id} {pack.version}",
                "digest": pack.digest,
                "line": f"{pack.title[lang]} ({period_words(pack, lang)})",
            },
            "as_of": found.as_of.isoformat(),
            "cases": self.pause.join(f"{LEVELS[level][lang]} {count}" for level, count in found.cases.items()),
            "complete": self.pause.join(LEVELS[level][lang] for level in found.complete),
            "passed_over": self.pause.join(passed_over),
            "groupings": groupings,
            "readings": list(self.readings.values()),
            "engines": self.pause.join((receipts[0].library, *receipts[0].engines)) if receipts else "",
            "judged_at": receipts[0].judged_at if receipts else "",
            "notices": [notice[lang] for notice in pack.notices],
        }

    # ------------------------------------------------------------ groups

    def grouping(self, one: JudgedGrouping) -> View:
        grouping, lang = one.grouping, self.lang
        counts = Counter(group.verdict.decision for group in one.groups)
        told = [group for group in one.groups if _is_told(group)][:_MOST_GROUPS]
        rest = [group for group in one.groups if group not in told]
        return {
            "id": grouping.id,
            "title": grouping.title[lang],
            "members": LEVELS[grouping.members][lang],
            "complete": int(one.complete),
            "state": self.words["whole" if one.complete else "partial"],
            "count": len(one.groups),
            "decisions": [
                {
                    "decision": decision.value,
                    "label": decision_word(decision, grouping.level, lang, self.pack.instrument),
                    "count": counts[decision],
                }
                for decision in GRAVEST_FIRST
                if counts[decision]
            ],
            "decisions_line": self.pause.join(
                f"{decision_word(decision, grouping.level, lang, self.pack.instrument)} {counts[decision]}"
                for decision in GRAVEST_FIRST
                if counts[decision]
            ),
            "groups": [self.group(group) for group in told],
            "rest": self.rest(rest),
            "anywhere": self.placed(one.anywhere),
            "anywhere_count": len(one.anywhere),
            "elsewhere": self.placed(one.elsewhere),
            "elsewhere_count": len(one.elsewhere),
        }

    def rest(self, groups: Iterable[Group]) -> list[View]:
        """The groups that are not told one by one: their names, by decision."""
        named: dict[str, list[str]] = {}
        for group in groups:
            word = decision_word(group.verdict.decision, group.verdict.case.level, self.lang, self.pack.instrument)
            if not group.listed and group.verdict.decision is not Decision.IN_ORDER:
                word = f"{self.words['not_listed']}{self.words['bar']}{word}"
            named.setdefault(word, []).append(self.title(group))
        return [
            {
                "label": word,
                "count": len(names),
                "names": self.pause.join(names),
                "line": f"{word} {len(names)}{self.colon}{self.pause.join(names)}",
            }
            for word, names in named.items()
        ]

    def placed(self, placed: Sequence[Placed]) -> list[View]:
        told = [
            self.member(one.case.title, str(one.case.place), "", self.lacks(one.case.level, one.lacks))
            for one in placed[: self.most]
        ]
        return self.with_more(told, len(placed))

    def title(self, group: Group) -> str:
        symbols = self.pack.facts[group.grouping.named].symbols if group.grouping.named else {}
        if group.key in symbols:
            return symbols[group.key].label[self.lang]
        return group.title if group.key else group.grouping.title[self.lang]

    def group(self, group: Group) -> View:
        verdict, lang = group.verdict, self.lang
        words = Phrasing(verdict.pack, verdict.case, lang)
        writer = FindingWriter(words)
        order = list(OUTCOMES)
        findings = sorted(
            (one for one in verdict.findings if one.outcome not in _SETTLED), key=lambda one: order.index(one.outcome)
        )
        for finding in findings:
            for id in finding.norm.readings:
                if id not in self.readings:
                    reading = writer.reading(id)
                    self.readings[id] = {"lines": writer.read(reading, full=True)}
        counted = ((outcome, verdict.counts[outcome]) for outcome in OUTCOMES if verdict.counts[outcome])
        return {
            "key": group.key,
            "title": self.title(group),
            "decision": verdict.decision.value,
            "decision_label": decision_word(verdict.decision, verdict.case.level, lang, self.pack.instrument),
            "not_listed": int(not group.listed),
            "counted": self.pause.join(
                f"{OUTCOMES[outcome][lang]} {count}" for outcome, count in counted if outcome not in _SETTLED
            ),
            "facts": [self.fact(words, one.fact, HOW[one.how][lang]) for one in group.grouping.gathered],
            "findings": [self.finding(group, finding, writer, words) for finding in findings],
        }

    def fact(self, words: Phrasing, name: str, how: str) -> View:
        value = words.case.values.get(name)
        if value is None:
            shown = STATES[words.case.state(name).value][self.lang]
        else:
            shown = words.full_value(value, words.unit_of(name), words.symbols_beside([name]))
        label = words.fact_label(name)
        return {"name": name, "label": label, "shown": shown, "line": f"{label}{self.colon}{shown}{words.aside(how)}"}

    # ------------------------------------------------------------ findings and members

    def finding(self, group: Group, finding: Finding, writer: FindingWriter, words: Phrasing) -> View:
        view = writer.write(finding, trace=False)
        if finding.norm.id in self.explained:
            view["sections"] = [section for section in view["sections"] if section["name"] not in _TOLD_ONCE]
        self.explained.add(finding.norm.id)
        for section in view["sections"]:
            if section["name"] == "readings":
                section |= {"text": words.joined(one["title"] for one in view["readings"]), "lines": []}
        told = causes(self.pack, group, finding) if finding.outcome is not Outcome.COMPLIED else ()
        view["causes"] = [self.cause(cause, words) for cause in told if not _goes_without_saying(cause, words)]
        return view

    def cause(self, cause: Cause, words: Phrasing) -> View:
        w = self.words
        unit = words.unit_of(cause.fact)
        notes = []
        if cause.enough:
            notes.append(w["enough_one"] if cause.enough == 1 else w["enough"].replace("{}", str(cause.enough)))
        if not cause.counted and not cause.begins:
            notes.append(w["no_member"])
        if cause.anywhere and not cause.enough:
            notes.append(w["anywhere"].replace("{}", str(cause.anywhere)))
        if cause.begins:
            notes.append(w["begins"])
        elif cause.unlisted and not cause.enough:
            notes.append(w["unlisted"])
        told = max(self.most, cause.enough if cause.enough < 4 * self.most else 0)
        counted = [
            self.share(share, words, cause.fact, unit, n < cause.enough) for n, share in enumerate(cause.counted[:told])
        ]
        return {
            "fact": cause.fact,
            "label": words.fact_label(cause.fact),
            "how": HOW[cause.how][self.lang],
            "enough": cause.enough,
            "sized": int(cause.how is Reckoning.SUM),
            "counted": self.with_more(counted, len(cause.counted)),
            "open": self.with_more(
                [self.share(share, words, cause.fact, unit) for share in cause.open[: self.most]], len(cause.open)
            ),
            "notes": notes,
        }

    def with_more(self, told: list[View], count: int) -> list[View]:
        if count > len(told):
            more = self.words["more"].replace("{}", str(count - len(told)))
            told = [*told, {"title": more, "place": "", "shown": "", "lacks": "", "line": more, "enough": 0}]
        return told

    def share(self, share: Share, words: Phrasing, fact: str, unit: str, enough: bool = False) -> View:
        value = share.value
        shown = "" if value is None else words.full_value(value, unit, words.symbols_beside([fact]))
        if isinstance(value, Interval) and unit == "1":
            shown = ""
        return self.member(
            share.case.title, str(share.case.place), shown, self.lacks(share.case.level, share.lacks), enough
        )

    def member(self, title: str, place: str, shown: str, lacks: str, enough: bool = False) -> View:
        parts = [shown, f"{self.words['lacks']} {lacks}" if lacks else "", "" if place == title else place]
        told = ("；" if self.lang == "zh" else "; ").join(part for part in parts if part)
        line = title + (f"（{told}）" if self.lang == "zh" else f" ({told})") if told else title
        return {"title": title, "place": place, "shown": shown, "lacks": lacks, "line": line, "enough": int(enough)}

    def lacks(self, level: str, names: Sequence[str]) -> str:
        labels = (self.pack.facts[name].label[self.lang] if name in self.pack.facts else name for name in names)
        return self.pause.join(dict.fromkeys(labels))


def _gravity(group: Group) -> int:
    return GRAVEST_FIRST.index(group.verdict.decision)


def _gravest(one: JudgedGrouping) -> int:
    """The gravest decision of a grouping's groups, which stand gravest first."""
    return _gravity(one.groups[0]) if one.groups else GRAVEST_FIRST.index(Decision.UNDETERMINED)


def _is_told(group: Group) -> bool:
    """Whether a group is told with its findings: something speaks against it, or is open.

    A group of the roster of which the list says nothing is named only: there is nothing to tell of it.
    """
    decision = group.verdict.decision
    return (
        decision is not Decision.IN_ORDER
        and decision is not Decision.NOT_JUDGED
        and not (decision is Decision.UNDETERMINED and not group.listed)
    )


def _goes_without_saying(cause: Cause, words: Phrasing) -> bool:
    """Whether all members say alike what is wanted of them, so that naming them tells nothing."""
    return cause.how is Reckoning.SAME and cause.fact in words.case.values
