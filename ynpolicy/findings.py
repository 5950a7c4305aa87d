"""One finding as a flat view: what the norm says, what decided, and on which facts and passages that rests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from attrs import frozen

from ynpolicy.ir import Clause, DatedValue
from ynpolicy.report_origins import calendar_gap, fact_state, how_counted, origin_text, place_text
from ynpolicy.report_trace import Part, parts_of, trace_lines
from ynpolicy.sentences import Phrasing
from ynpolicy.values import Truth, conjunction
from ynpolicy.verdict import Finding, Operand, Outcome, TraceNode, deciding_nodes
from ynpolicy.words import LABELS, MODALITIES, ROLES, STATES, TRUTHS, label, outcome_word

View = dict[str, Any]

_SECTIONS: Final = (
    "explanation",
    "note",
    "clauses",
    "contrary",
    "exemption",
    "records",
    "dates",
    "conditions",
    "scope_open",
    "grounds",
    "missing",
    "unverified",
    "readings",
)
"""The parts of a finding, in the order in which they are printed."""

GRAVE: Final = frozenset({Outcome.VIOLATED, Outcome.DEPARTED, Outcome.REVIEW, Outcome.JUSTIFIED})
"""The outcomes beside which a reading is printed in full; elsewhere its title stands, and the full text at the end."""


@frozen
class FindingWriter:
    """Writes the findings of one case in one language."""

    words: Phrasing

    def write(self, finding: Finding, trace: bool = True) -> View:
        """The view of one finding; every key is always there, empty where there is nothing to say."""
        norm, lang = finding.norm, self.words.lang
        parts = dict(parts_of(finding))
        view: View = {
            "id": norm.id,
            "title": norm.title[lang],
            "outcome": finding.outcome.value,
            "outcome_label": outcome_word(finding.outcome, lang, finding.not_yet_due),
            "modality": norm.modality.value,
            "modality_label": MODALITIES[norm.modality][lang],
            "place": place_text(norm.place, self.words.pack.root),
            "clauses": [self.clause(id) for id in norm.clauses],
            "contrary": [self.clause(id) for id in norm.contrary],
            "grounds": [self.ground(node, parts.get(id(node), Part(""))) for node in finding.deciding],
            "missing": [self.missing(name) for name in finding.missing],
            "unverified": [self.parameter(name) for name in finding.unverified],
            "readings": [self.reading(id) for id in norm.readings],
            "outside_territory": int(finding.outside_territory),
            "trace": trace_lines(finding, self.words) if trace else [],
        }
        view["line"] = self.words.field(norm.title[lang] + self.words.aside(norm.id), self.brief(view))
        view["sections"] = [] if finding.outcome is Outcome.NOT_APPLICABLE else self.sections(finding, view, parts)
        return view

    def brief(self, view: View) -> str:
        """What decided, in one line; why a case lies outside the territory is told once a report."""
        if view["outside_territory"]:
            return label("outside_territory", self.words.lang, self.words.pack.instrument)
        return next((str(ground["sentence"]) for ground in view["grounds"]), "")

    def sections(self, finding: Finding, view: View, parts: dict[int, Part]) -> list[View]:
        """The finding's text as every printed form has it: labelled parts, each with a text or with lines.

        A line's kind is `plain`, `quote` (the law's words), `item`, `sub` (under an item) or `rule` (the pack's words).
        """
        norm, lang, words = finding.norm, self.words.lang, self.words
        open_scope = finding.outcome is Outcome.COMPLIED and _scope(finding) is Truth.UNKNOWN
        texts: list[tuple[str, str]] = [
            ("explanation", norm.explanation[lang]),
            ("note", norm.note[lang]),
            ("exemption", self.exemption(finding)),
            ("records", self.record(finding)),
            ("dates", self.dates(finding)),
            ("conditions", words.joined(self.conditions(finding, parts))),
            ("missing", words.listed(fact["brief"] for fact in view["missing"])),
            ("scope_open", LABELS["scope_open_text"][lang] if open_scope else ""),
        ]
        lines: list[tuple[str, list[View]]] = [
            ("clauses", [line for clause in view["clauses"] for line in _cited(clause)]),
            ("contrary", [line for clause in view["contrary"] for line in _cited(clause)]),
            ("grounds", _told(view["grounds"])),
            ("unverified", [_line("item", entry["line"]) for entry in view["unverified"]]),
        ]
        if finding.outcome in GRAVE:
            lines.append(("readings", [line for reading in view["readings"] for line in self.read(reading)]))
        else:
            texts.append(("readings", words.joined(reading["title"] for reading in view["readings"])))
        called = {name: label(name, lang, words.pack.instrument) for name in _SECTIONS}
        built = {name: _section(name, called[name], text=text) for name, text in texts if text}
        built |= {name: _section(name, called[name], lines=found) for name, found in lines if found}
        return [built[name] for name in _SECTIONS if name in built]

    def read(self, reading: View, full: bool = False) -> list[View]:
        """A reading as lines: title, what was taken, the alternatives; in full also why, and what would change it."""
        words, lang = self.words, self.words.lang
        first = words.field(reading["title"], words.field(LABELS["taken"][lang], reading["taken"]))
        keys = ("possible", "why", "would_change") if full else ("possible",)
        said = [key for key in keys if reading[key]]
        return [_line("item", first), *(_line("sub", words.field(LABELS[key][lang], reading[key])) for key in said)]

    # ------------------------------------------------------------ the law

    def clause(self, id: str) -> View:
        clause = self.words.pack.clauses.get(id) or Clause(id, "", "", 0, 0, "")
        return {"id": id, "section": clause.section, "quote": clause.quote}

    def reading(self, id: str) -> View:
        lang = self.words.lang
        reading = self.words.pack.readings.get(id)
        if reading is None:
            return {"id": id, "title": id, "taken": "", "possible": "", "why": "", "would_change": ""}
        return {
            "id": id,
            "title": reading.title[lang],
            "taken": self.words.pack.taken(id)[lang],
            "possible": reading.possible[lang],
            "why": reading.why[lang],
            "would_change": reading.would_change[lang],
        }

    def parameter(self, name: str) -> View:
        """A parameter at the as-of date: its label, and what would settle it while it is unverified."""
        entry = self.entry(name)
        section = self.clause(entry.clause)["section"] if entry and entry.clause else ""
        words = self.words
        label = words.parameter_label(name)
        note = entry.note[words.lang] if entry else ""
        clause = section or (entry.clause if entry else "")
        return {
            "name": name,
            "label": label,
            "clause": clause,
            "source": entry.source if entry else "",
            "note": note,
            "line": words.field(label, note) + words.aside(clause),
        }

    def entry(self, name: str) -> DatedValue | None:
        parameter = self.words.pack.parameters.get(name)
        return parameter.at(self.words.case.as_of) if parameter else None

    # ------------------------------------------------------------ what decided

    def ground(self, node: TraceNode, part: Part) -> View:
        """A line that decided: in words, as written in the pack, and its operands with where they come from."""
        lang = self.words.lang
        text, truth = self.words.line(node, part.negated)
        return {
            "role": part.role,
            "role_label": ROLES[part.role][lang] + (LABELS["choice"][lang] if part.choice else "") if part.role else "",
            "text": text,
            "truth": truth.value,
            "truth_label": TRUTHS[truth][lang],
            "sentence": self.words.field(text, TRUTHS[truth][lang]),
            "expression": f"not ({node.expression})" if part.negated else node.expression,
            "place": place_text(node.place, self.words.pack.root),
            "operands": [self.operand(operand, node) for operand in node.operands],
        }

    def operand(self, operand: Operand, node: TraceNode) -> View:
        """A fact with its value and sources, or a parameter with its value and clause."""
        words, name = self.words, operand.name
        symbols = words.symbols_beside(other.name for other in node.operands)
        is_fact = "." in name
        value = operand.value
        if value is None:
            shown = STATES[operand.state][words.lang]
        else:
            shown = words.full_value(value, words.unit_of(name), symbols)
        if is_fact:
            origins = words.case.origins.get(name, ())
            sources = [text for origin in origins if (text := origin_text(words, origin, value, name))]
            label = words.fact_label(name)
        else:
            law = self.parameter(name)
            cited = [law["clause"]] if law["clause"] and law["clause"] not in law["source"] else []
            sources = [text for text in (*cited, law["source"]) if text]
            label = law["label"]
        return {
            "name": name,
            "label": label,
            "kind": "fact" if is_fact else "parameter",
            "shown": shown,
            "state": operand.state,
            "state_label": STATES[operand.state][words.lang],
            "sources": sources,
            "line": words.field(label, shown) + words.aside(words.joined(sources)),
        }

    def conditions(self, finding: Finding, parts: dict[int, Part]) -> list[str]:
        """The other lines that hold and make the norm apply, in words: the ground that a reader takes for granted."""
        if finding.outcome is Outcome.NOT_APPLICABLE or len(finding.trace) < 2:
            return []
        applies = finding.trace[1]
        told = {id(node) for node in finding.deciding}
        held: list[str] = []
        for item in applies.items or (applies,):
            if item.truth is Truth.TRUE and (item.items or item.operands):
                chosen = (node for node in deciding_nodes(item) if id(node) not in told)
                held += [self.words.line(node, parts.get(id(node), Part("")).negated)[0] for node in chosen]
        return list(dict.fromkeys(held))

    def exemption(self, finding: Finding) -> str:
        titles = {exemption.id: exemption.title[self.words.lang] for exemption in finding.norm.exemptions}
        return titles.get(finding.exemption, finding.exemption)

    def record(self, finding: Finding) -> str:
        """The recorded reason or review on which an outcome rests, in words."""
        zh, case, id = self.words.lang == "zh", self.words.case, finding.norm.id
        reason, review = case.justified.get(id), case.reviewed.get(id)
        if finding.outcome is Outcome.JUSTIFIED and reason is not None:
            fields = [
                ("论证文件" if zh else "document", reason.document),
                ("认可单位" if zh else "accepted by", reason.accepted_by),
                ("理由" if zh else "reason", reason.reason),
                ("起" if zh else "since", reason.since.isoformat() if reason.since else ""),
                ("止" if zh else "until", reason.until.isoformat() if reason.until else ""),
            ]
            return self.fields(fields)
        if finding.outcome in (Outcome.COMPLIED, Outcome.DEPARTED) and review is not None:
            conclusion = ("同意", "accepted") if review.accepted else ("不同意", "rejected")
            fields = [
                ("审核结论" if zh else "review", conclusion[not zh]),
                ("审核人" if zh else "reviewer", review.reviewer),
                ("日期" if zh else "date", review.date.isoformat()),
                ("文件" if zh else "document", review.document),
            ]
            return self.fields(fields)
        return ""

    def fields(self, fields: Iterable[tuple[str, str]]) -> str:
        return self.words.joined(self.words.field(name, text) for name, text in fields if text)

    def dates(self, finding: Finding) -> str:
        """The days of a norm that is not in force, or the day that has yet to come."""
        if finding.outcome is not Outcome.NOT_IN_FORCE:
            return ""
        norm, zh = finding.norm, self.words.lang == "zh"
        if finding.not_yet_due and norm.due:
            day = norm.due.isoformat()
            return f"期限 {day}，届满后方可判定" if zh else f"due on {day}, judged after that day"
        since, until = norm.since or self.words.pack.since, norm.until
        if zh:
            return f"适用期自 {since.isoformat()} 起" + (f"，至 {until.isoformat()} 止" if until else "")
        return f"in force from {since.isoformat()}" + (f" to {until.isoformat()}" if until else "")

    def missing(self, name: str, remark: str = "") -> View:
        """A fact that is needed: its label, why it has no usable value, the question, and who can answer it.

        Of a deadline it is said, too, how it is counted, or that the calendar does not reach so far.
        """
        words, lang = self.words, self.words.lang
        fact = words.pack.facts.get(name)
        label, state = words.fact_label(name), fact_state(words, name)
        question = fact.question[lang] if fact else ""
        who = fact.answered_by[lang] if fact else ""
        answerer = words.field(LABELS["answered_by"][lang], who) if who else ""
        gaps = [calendar_gap(words, origin) for origin in words.case.origins.get(name, ()) if origin.calendar]
        reason = words.joined((STATES[state][lang], *gaps))
        counted = "" if gaps else how_counted(words, name)
        return {
            "name": name,
            "label": label,
            "state": state,
            "state_label": STATES[state][lang],
            "question": question,
            "answered_by": who,
            "brief": label + words.aside(reason),
            "line": words.field(label + words.aside(reason), question)
            + words.aside(words.joined((counted, answerer, remark))),
        }


def _scope(finding: Finding) -> Truth:
    """Whether a norm applies, as far as its trace says: territory and applicability together."""
    return conjunction(node.truth for node in finding.trace[:2])


def _section(name: str, label: str, text: str = "", lines: Iterable[View] = ()) -> View:
    found = list(lines)
    if found and found[0]["kind"] == "plain":
        text = found.pop(0)["text"]
    return {"name": name, "label": label, "text": text, "lines": found}


def _line(kind: str, text: str, place: str = "") -> View:
    return {"kind": kind, "text": text, "place": place}


def _cited(clause: View) -> list[View]:
    return [_line("plain", clause["section"] or clause["id"]), _line("quote", clause["quote"])]


def _told(grounds: Iterable[View]) -> list[View]:
    """The lines of what decided; where an operand comes from is told where it first occurs."""
    lines: list[View] = []
    told: set[str] = set()
    for ground in grounds:
        role = f"[{ground['role_label']}] " if ground["role_label"] else ""
        lines.append(_line("item", f"{role}{ground['sentence']}"))
        for operand in ground["operands"]:
            if operand["state"] != "absent" and operand["name"] not in told:
                lines.append(_line("sub", operand["line"]))
                told.add(operand["name"])
        lines.append(_line("rule", ground["expression"], ground["place"]))
    return lines
