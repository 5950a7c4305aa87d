"""Reports: what they say, in which words, in which order, and that nothing in a case can forge or break them."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tests.sample_verdict import CASE, GOLDEN, PACK, RECEIPT, golden_files, lines, make_verdict
from ynpolicy.errors import InputError
from ynpolicy.ir import LEVELS, Modality, Origin, Text
from ynpolicy.render import FORMATS, render
from ynpolicy.render.layout import NOT_AT_END, NOT_AT_START, columns, fit, may_break, wrap
from ynpolicy.render.markup import code_span, escape_markdown, keep_whole
from ynpolicy.render.words import PHRASES
from ynpolicy.report import report
from ynpolicy.semantics import judge_norm, territory
from ynpolicy.values import Truth
from ynpolicy.verdict import GRAVEST_FIRST, Decision, Outcome, Sufficiency, Verdict
from ynpolicy.words import (
    DECISIONS,
    GOVERNMENT_DECISIONS,
    LABELS,
    MODALITIES,
    OUTCOMES,
    ROLES,
    STATES,
    TRUTHS,
    decision_word,
)
from ynpolicy.words import LEVELS as LEVEL_WORDS

HOSTILE: Final = "\x1b[31m假\x1b[0m<script>alert(1)</script>\n未发现不符合｜[链接](http://a) *重* `码` & \u202e\x9b2J"


def titled(title: str) -> Verdict:
    """The sample verdict on a case with another title."""
    return make_verdict(evolve(CASE, title=title))


class Page(HTMLParser):
    """The words of a page, its tags, and whether they are balanced."""

    VOID: Final = frozenset({"meta", "br", "hr", "link", "img"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.words.append(data)


def bare(text: str) -> str:
    """A text without white space."""
    return "".join(text.split())


def words_of(text: str, fmt: str) -> str:
    """The words that a reader of a report sees, without white space and markup."""
    if fmt == "html":
        return bare("".join(Page(text).words))
    if fmt == "md":
        return bare(unescape(re.sub(r"\\(.)", r"\1", text.replace("`", ""))))
    return bare(text)


# ---------------------------------------------------------------- whole reports


@pytest.mark.parametrize("name", golden_files())
def test_a_report_is_the_golden_one(name: str) -> None:
    """The fixed verdict gives, letter for letter, the report that a person has read."""
    assert golden_files()[name]() == (GOLDEN / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("fmt", FORMATS)
def test_every_form_says_the_same(fmt: str, lang: str) -> None:
    """Every finding, ground, missing fact, remedy, fact, reading and receipt of the view stands in every form."""
    verdict = make_verdict()
    view = report(verdict, PACK, lang)
    said = [view["headline"], *view["stamps"], *view["notices"]]
    said += [] if view["only_set"] else view["missing_sets"]
    said += [entry["line"] for key in ("missing", "only_set", "ask_first", "remedies", "texts") for entry in view[key]]
    said += [entry["line"] for entry in view["not_applicable"]]
    said += [text for row in view["receipt"] for text in (row["label"], row["shown"])]
    said += [text for row in view["facts"] for text in (row["label"], row["shown"], row["sources"])]
    said += [line["text"] for reading in view["readings"] for line in reading["lines"]]
    for finding in view["findings"]:
        said += [finding["outcome_label"], finding["title"], finding["id"], finding["modality_label"]]
        for section in finding["sections"]:
            said += [section["label"], section["text"]]
            said += [text for line in section["lines"] for text in (line["text"], line["place"])]
    printed = words_of(render(verdict, PACK, fmt, lang), fmt)
    assert [text for text in said if bare(text) not in printed] == []


def test_the_first_line_is_the_decision() -> None:
    """Decision, case, level and as-of date stand on the first line; the reference alone is named when it was alone."""
    first = render(make_verdict(), PACK).splitlines()[0]
    assert first == "不符合规划要求｜某锡冶炼搬迁项目｜建设项目｜基准日 2022-05-01"
    alone = make_verdict(receipt=evolve(RECEIPT, engines=("reference 0.1.0",)))
    assert render(alone, PACK, width=120).splitlines()[0].endswith("｜仅由参考引擎判定，未经正向引擎复核")


def test_the_stamp_stands_only_after_the_period() -> None:
    """After the plan's period a report is stamped, before it not; what supersedes the plan is named once known."""
    stamp = "规划期已届满，须核对后续规划"
    assert stamp in render(make_verdict(after_period=True), PACK)
    assert stamp not in render(make_verdict(after_period=False), PACK)
    followed = evolve(PACK, superseded_by=Text("“十五五”规划", "the next plan"))
    assert "后续规划：“十五五”规划" in render(make_verdict(), followed)


def test_all_ten_outcomes_are_counted() -> None:
    """Every outcome has its count, those that do not occur as zero."""
    counts = report(make_verdict(findings=()), PACK, "zh")["counts"]
    assert [row["outcome"] for row in counts] == [outcome.value for outcome in OUTCOMES]
    assert {row["count"] for row in counts} == {0}
    text = render(make_verdict(findings=()), PACK)
    assert all(f"{word.zh} 0" in text for word in OUTCOMES.values())


def test_findings_stand_gravest_first() -> None:
    """Findings are ordered by gravity, and norms that do not apply are one line each."""
    view = report(make_verdict(), PACK, "zh")
    order = [outcome.value for outcome in OUTCOMES]
    ranks = [order.index(finding["outcome"]) for finding in view["findings"]]
    assert ranks == sorted(ranks)
    assert {finding["outcome"] for finding in view["findings"]} == set(order) - {"not_applicable"}
    assert [finding["sections"] for finding in view["not_applicable"]] == [[]]


def test_several_verdicts_stand_gravest_first_under_a_summary() -> None:
    """A dossier has the gravest decision on top, a summary, then every case, and one place to sign."""
    fine = make_verdict(evolve(CASE, title="甲设施"), Decision.IN_ORDER)
    open_ = make_verdict(evolve(CASE, title="乙企业"), Decision.UNDETERMINED)
    worst = make_verdict(evolve(CASE, title="丙项目"), Decision.REFUSED)
    text = render([fine, open_, worst], PACK)
    assert text.splitlines()[0].startswith("不符合规划要求｜案件数 3")
    assert [text.rindex(title) for title in ("丙项目", "乙企业", "甲设施")] == sorted(
        text.rindex(title) for title in ("丙项目", "乙企业", "甲设施")
    )
    assert text.count("审查人：") == 1
    page = Page(render([fine, open_, worst], PACK, "html"))
    assert page.unbalanced == []
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)


def test_the_view_is_plain_data() -> None:
    """A template sees dicts, lists, strings and whole numbers, and nothing that leads back into the program."""
    stack: list[object] = [report(make_verdict(), PACK, "zh")]
    while stack:
        value = stack.pop()
        assert type(value) in (dict, list, str, int)
        stack += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def test_the_full_trace_is_for_html_and_on_demand() -> None:
    """HTML folds the trace in; text and Markdown carry it only when asked."""
    assert "完整判定过程" not in render(make_verdict(), PACK)
    assert "完整判定过程" in render(make_verdict(), PACK, detail=True)
    assert "完整判定过程" in render(make_verdict(), PACK, "md", detail=True)
    assert "<details>" in render(make_verdict(), PACK, "html")


# ---------------------------------------------------------------- words


def test_every_member_has_words_in_both_languages() -> None:
    """No outcome, decision, modality, truth, level, state or heading lacks its Chinese or English word."""
    assert set(OUTCOMES) == set(Outcome)
    assert set(DECISIONS) == set(Decision) == set(GRAVEST_FIRST)
    assert set(MODALITIES) == set(Modality)
    assert set(TRUTHS) == set(Truth)
    assert set(LEVEL_WORDS) == set(LEVELS)
    texts = [*OUTCOMES.values(), *DECISIONS.values(), *GOVERNMENT_DECISIONS.values(), *MODALITIES.values()]
    texts += [*TRUTHS.values(), *LEVEL_WORDS.values(), *STATES.values(), *ROLES.values()]
    texts += [*LABELS.values(), *PHRASES.values()]
    assert all(text.zh and text.en for text in texts)


def test_a_verdict_is_never_worded_as_an_approval() -> None:
    """No fixed word says that anything is approved: a person approves."""
    texts = [*OUTCOMES.values(), *DECISIONS.values(), *GOVERNMENT_DECISIONS.values()]
    texts += [*LABELS.values(), *PHRASES.values()]
    words = " ".join(f"{text.zh} {text.en}" for text in texts).lower()
    assert not re.search("批准|准予|同意|通过|approv|permit|allow", words)


def test_governments_meet_a_requirement_or_do_not() -> None:
    """On the levels of governments and authorities a refusal reads as a requirement that is not met."""
    assert decision_word(Decision.REFUSED, "prefecture", "zh") == "未达到规划要求"
    assert decision_word(Decision.IN_ORDER, "authority", "zh") == "达到规划要求"
    assert decision_word(Decision.REFUSED, "enterprise", "zh") == "不符合规划要求"


def test_a_measured_number_shows_its_bound_and_its_ends() -> None:
    """A measured fact reads as `±` and as an interval, with exact decimals."""
    assert "核定的重金属削减量：120 ± 10 kg/a，即 [110, 130] kg/a" in render(make_verdict(), PACK)


def test_disagreeing_sources_are_both_printed() -> None:
    """A fact in conflict shows what each source says and where."""
    text = bare(render(make_verdict(), PACK))
    assert "替代量来自同一行业：来源矛盾（环评报告书，第3页：“是”；监察记录：“否”）" in text


def test_a_line_under_a_not_is_turned_round() -> None:
    """The ground of a negated comparison is told as the opposite, so that it reads as the norm means it."""
    grounds = {f["id"]: f["grounds"] for f in report(make_verdict(), PACK, "zh")["findings"]}
    assert grounds["exempt.old"][0]["sentence"] == "搬迁改造项目「是」 ≠ 「否」：成立"
    assert grounds["exempt.old"][0]["expression"] == "not (project.relocated == False)"


def test_one_of_several_lines_says_so() -> None:
    """A ground that stands under an `any` tells the reader that one of several would do."""
    wanted = lines("siting.park/must", "site.in_park or project.built_before")
    norm = evolve(PACK.norms["siting.park"], requirement=wanted)
    outside = evolve(CASE, values={**CASE.values, "site.in_park": False})
    found = judge_norm(norm, outside, territory(PACK, outside), PACK.since)
    (finding,) = report(make_verdict(outside, findings=(found,)), PACK, "zh")["findings"]
    assert [ground["role_label"] for ground in finding["grounds"]] == ["要求，几项有一即可"] * 2


def test_an_unverified_parameter_says_what_would_settle_it() -> None:
    """A finding that turns on an unverified parameter names it, with the note that the pack gives."""
    found = {finding["id"]: finding for finding in report(make_verdict(), PACK, "zh")["findings"]}
    assert [row["line"] for row in found["issue.turns"]["unverified"]] == [
        "规划印发日期：规划文本未载明印发日期，须核实（三（五）1）"
    ]


def test_a_case_outside_the_territory_says_so_once() -> None:
    """Every norm that does not apply is one line, and why the case lies outside is told once."""
    abroad = evolve(CASE, values={**CASE.values, "site.province": "450000"})
    text = render(make_verdict(abroad, Decision.NOT_JUDGED), PACK, width=120)
    assert text.count("不在规划地域内：所在省「450000」 = 「云南省」：不成立") == 1
    assert text.count("：不在规划地域内\n") == len(PACK.norms) - 1


# ---------------------------------------------------------------- nothing in a case can forge a report


@pytest.mark.parametrize("fmt", FORMATS)
def test_control_characters_never_reach_a_report(fmt: str) -> None:
    """Terminal escapes, line breaks and direction marks in a user's text are dropped in every form."""
    text = render(titled(HOSTILE), PACK, fmt)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert not any(line.startswith("未发现不符合") for line in text.splitlines())


def test_html_escapes_what_a_user_wrote() -> None:
    """Markup in a title, a document's name or a free text is shown, not run, and the page stays whole."""
    case = evolve(
        CASE,
        title=HOSTILE,
        origins={"site.county": (Origin(document="<img src=x onerror=alert(1)>", stated='"><b>'),)},
        texts={"project.remark": "</style></html><iframe>"},
    )
    page = Page(render(make_verdict(case), PACK, "html"))
    assert page.unbalanced == []
    assert page.tags.isdisjoint({"script", "img", "iframe", 'b"', "link"})
    assert "<script>alert(1)</script>" in "".join(page.words)


def test_html_needs_no_network() -> None:
    """The page names nothing to fetch, and forbids fetching."""
    text = render(make_verdict(), PACK, "html")
    assert not re.search(r"https?:|url\(|@import|<script|<link|<img", text)
    assert "default-src 'none'" in text
    assert all(link.startswith("#") for link in Page(text).links)


def test_markdown_shows_what_a_user_wrote() -> None:
    """Links, emphasis, code, HTML and table bars in a title stand for themselves."""
    text = render(titled(HOSTILE + "|a|"), PACK, "md")
    first = text.splitlines()[0]
    assert "<script>" not in text
    assert "\\[链接\\](http://a) \\*重\\* \\`码\\`" in first
    assert "\\|a\\|" in first


@given(st.text())
def test_escaped_markdown_stands_for_the_text(text: str) -> None:
    """Every special character is escaped, and taking the escapes away gives the text back."""
    escaped = escape_markdown(text)
    assert not re.search(r"[<>\n\r]", escaped)
    assert not re.search(r"(?<!\\)[`*_\[\]|~$]", escaped.replace("\\\\", ""))
    plain = unescape(re.sub(r"\\([\\`*_\[\]|~$#+=.)-])", r"\1", escaped))
    assert bare(plain) == bare(text)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("# 标题", "\\# 标题"),
        ("- 项", "\\- 项"),
        ("1. 项", "1\\. 项"),
        ("1.2:1", "1.2:1"),
        ("a\nb", "a b"),
        ("&lt;", "&amp;lt;"),
        ("---", "\\---"),
    ],
)
def test_no_text_opens_a_markdown_block(text: str, escaped: str) -> None:
    """A heading, list, rule or entity at the start of a text is escaped; a plain number is left alone."""
    assert escape_markdown(text) == escaped


@given(st.text(alphabet="ab`| \n"))
def test_a_code_span_cannot_be_closed_from_inside(text: str) -> None:
    """The fence of a code span is longer than any run of backticks in it."""
    span = code_span(text)
    fence = re.match("`+", span)
    assert fence is not None
    runs = re.findall("`+", span)
    assert runs.count(fence.group()) == 2
    assert runs[0] == runs[-1] == fence.group()


def test_dates_and_quantities_stay_whole_in_html() -> None:
    """A date or a number with its unit does not break, and what surrounds it is escaped."""
    kept = str(keep_whole("<b>2022-01-01，1040 ± 60 m"))
    assert kept == '&lt;b&gt;<span class="whole">2022-01-01</span>，<span class="whole">1040 ± 60 m</span>'


# ---------------------------------------------------------------- lines that fit

PIECES: Final = (*"重金属排放，。；：？！）】》（【《（【《“”±a ", "……", "——", "kg/a", "1040.5 m")
WORDS: Final = st.lists(st.sampled_from(PIECES), max_size=80).map("".join) | st.lists(
    st.sampled_from(PIECES), min_size=40, max_size=80
).map("".join)


@given(WORDS, st.integers(8, 60), st.sampled_from(["", "  ", "    - ", "1. ", "【不符合】 "]))
def test_wrapping_fits_and_loses_nothing(text: str, width: int, lead: str) -> None:
    """No line is wider than asked unless it cannot be broken, and no character is lost or moved."""
    lines = wrap(lead + text, width)
    assert bare("".join(lines)) == bare(lead + text)
    for line in lines:
        body = line.strip(" ")
        if columns(line) > width:
            breaks = [i for i in range(1, len(body)) if may_break(body, i)]
            assert all(columns(body[:i]) <= columns(lead) for i in breaks)


@given(WORDS, st.integers(8, 60))
def test_no_line_starts_with_closing_punctuation(text: str, width: int) -> None:
    """A line that was broken never starts with closing punctuation, and never ends with an opening bracket."""
    lines = wrap(text, width)
    assert all(line.lstrip(" ")[:1] not in NOT_AT_START for line in lines[1:])
    assert all(line.rstrip(" ")[-1:] not in NOT_AT_END for line in lines[:-1])


def test_words_numbers_and_units_stay_whole() -> None:
    """Latin words, decimal numbers, and a number with its unit are not broken."""
    lines = wrap("距离为 1040.5 m，见 offset.key-region 一条", 16)
    assert [line for line in lines if "1040.5 m" in line]
    assert [line for line in lines if "offset.key-region" in line]


def test_later_lines_hang_under_the_text() -> None:
    """A list item's later lines stand under its text, not under its bullet."""
    lines = wrap("  - " + "重" * 20, 24)
    assert lines[0].startswith("  - 重")
    assert all(line.startswith("    重") for line in lines[1:])


@given(st.integers(40, 120))
def test_a_report_fits_its_width(width: int) -> None:
    """In a whole report only digests, addresses and the like may be wider than asked."""
    for line in render(make_verdict(), PACK, width=width).splitlines():
        body = line.strip()
        assert columns(line) <= width or not any(may_break(body, i) for i in range(1, len(body)))


def test_blank_lines_do_not_pile_up() -> None:
    """Blanks at line ends go, and two empty lines become one."""
    assert fit("a  \n\n\n\nb\n\n", 40) == "a\n\nb\n"


# ---------------------------------------------------------------- a user's own templates


def user_template(folder: Path, text: str, name: str = "report.txt.j2") -> Path:
    """A directory with one template of a user's own."""
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_users_template_lies_over_ours(tmp_path: Path) -> None:
    """A template of the same name wins; the other formats stay ours."""
    folder = user_template(tmp_path, "{{ reports[0].case.title }}！")
    assert render(make_verdict(), PACK, templates=folder) == "某锡冶炼搬迁项目！\n"
    assert render(make_verdict(), PACK, "md", templates=folder).startswith("# 不符合规划要求")


def test_a_users_template_may_extend_ours(tmp_path: Path) -> None:
    """One block of ours is replaced and the rest kept."""
    folder = user_template(
        tmp_path, '{% extends "ynpolicy/report.txt.j2" %}{% block signature %}签收：甲处{% endblock %}'
    )
    text = render(make_verdict(), PACK, templates=folder)
    assert "签收：甲处" in text
    assert "审查人：" not in text
    assert text.splitlines()[0].startswith("不符合规划要求")


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ("\n{{ ''.__class__.__mro__ }}", "SecurityError"),
        ("\n{{ reports.append(1) }}", "SecurityError"),
        ("\n{{ w['__class__'].__base__.__subclasses__() }}", "UndefinedError|SecurityError"),
        ("\n{{ nobody_knows }}", "UndefinedError: 'nobody_knows' is undefined"),
        ("\n{{ reports[0].case.tilte }}", "UndefinedError"),
        ("\n{% if %}", "TemplateSyntaxError"),
        ("\n{% include '../../secret.txt' %}", "TemplateNotFound"),
        ("\n{{ reports[0].case.title | safe }}", "safe"),
        ("\n{{ 1 + 'a' }}", "TypeError"),
    ],
)
def test_a_template_that_fails_is_an_input_error_with_its_line(tmp_path: Path, template: str, fault: str) -> None:
    """Sandbox breaks, names that do not exist and syntax errors are refused, with the file and line."""
    folder = user_template(tmp_path, template)
    with pytest.raises(InputError) as caught:
        render(make_verdict(), PACK, templates=folder)
    (problem,) = caught.value.problems
    assert problem.place.file.endswith("report.txt.j2")
    assert problem.place.line == 2
    assert re.search(fault, problem.message)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"fmt": "pdf"}, "`pdf` is not a report format"),
        ({"lang": "fr"}, "`fr` is not a report language"),
        ({"width": 10}, "a width of `10` columns is too narrow"),
        ({"templates": "nowhere"}, "there is no such template directory"),
    ],
)
def test_a_report_that_cannot_be_made_is_an_input_error(arguments: dict[str, object], message: str) -> None:
    """An unknown format or language, too narrow a width, or a missing directory is refused with what would be right."""
    with pytest.raises(InputError, match=message):
        render(make_verdict(), PACK, **arguments)  # type: ignore[arg-type]


def test_no_verdict_gives_no_report() -> None:
    """An empty sequence of verdicts is refused."""
    with pytest.raises(InputError, match="there is no verdict to render"):
        render([], PACK)


def test_no_template_of_ours_turns_escaping_off() -> None:
    """No built-in template marks anything as safe."""
    folder = Path(__file__).parent.parent / "ynpolicy" / "render" / "templates"
    templates = sorted(folder.glob("*.j2"))
    assert len(templates) >= 4
    unsafe = re.compile(r"\|\s*safe|autoescape")
    assert [path.name for path in templates if unsafe.search(path.read_text(encoding="utf-8"))] == []


# ---------------------------------------------------------------- what to ask, and a page to sign


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_only_set_is_one_list_of_questions_and_several_are_told_apart(fmt: str) -> None:
    """One set prints each fact once, with its question, the ones that may settle it alone first and marked."""
    facts = ("offset.same_industry", "offset.reduction")
    one = make_verdict(sufficiency=Sufficiency(missing_sets=(facts,), ask_first=facts[1:]))
    text = words_of(render(one, PACK, fmt), fmt)
    assert (
        text.index("1.★核定的重金属削减量") < text.index("2.替代量来自同一行业") if fmt != "html" else "★核定的" in text
    )
    assert "补齐下列各项即可定论" in text
    assert "补齐下列任一组即可定论" not in text
    two = make_verdict(sufficiency=Sufficiency(missing_sets=(facts[:1], facts[1:]), ask_first=facts[1:]))
    text = words_of(render(two, PACK, fmt), fmt)
    assert "补齐下列任一组即可定论" in text
    assert "建议先问（单项即可能定论）" in text
    assert "★" not in text


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("fmt", FORMATS)
def test_a_brief_report_keeps_all_but_the_explanations(fmt: str, lang: str) -> None:
    """Decision, questions, titles of the findings, remedies, facts, receipt and signature stay; clauses and why go."""
    verdict = make_verdict()
    view = report(verdict, PACK, lang)
    printed = words_of(render(verdict, PACK, fmt, lang, brief=True), fmt)
    kept = [view["headline"], *view["stamps"], *view["notices"], PHRASES["opinion"][lang], PHRASES["reviewer"][lang]]
    kept += [entry["line"] for key in ("only_set", "remedies") for entry in view[key]]
    kept += [row["shown"] for row in view["facts"] + view["receipt"]]
    kept += [text for finding in view["findings"] for text in (finding["outcome_label"], finding["title"])]
    assert [text for text in kept if bare(text) not in printed] == []
    quotes = [clause.quote for clause in PACK.clauses.values()]
    assert [quote for quote in quotes if bare(quote) in printed] == []
    assert len(printed) < len(words_of(render(verdict, PACK, fmt, lang), fmt)) / 2


def test_the_reviewer_signs_under_the_decision() -> None:
    """The blank lines for opinion, reviewer and date follow the decision and the warning that stricter rules may be."""
    text = bare(render(make_verdict(), PACK))
    tail = text[text.index("国家或后续规定可能更严") :]
    places = [
        tail.index(word) for word in ("审查意见", "结论：不符合规划要求", "意见：___", "审查人：___", "日期：___")
    ]
    assert places == sorted(places)


def test_the_full_trace_is_printed_on_paper_only_when_asked_for() -> None:
    """HTML folds the trace in: closed it is left out on paper, with `detail` it is open and printed."""
    assert ".finding details:not([open]) { display: none; }" in render(make_verdict(), PACK, "html")
    assert "<details open>" not in render(make_verdict(), PACK, "html")
    assert "<details>" not in render(make_verdict(), PACK, "html", detail=True)
