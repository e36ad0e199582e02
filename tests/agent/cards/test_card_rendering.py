"""Cards as Markdown, as HTML and in the terminal; no text in them can pose as anything else."""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from desk import EXAMPLES, NOW, Desk, make
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.markdown import Markdown

from langchain_ashby.agent.cards import CARD_VERSION, Card, ReadCache, card_of, html, markdown
from langchain_ashby.cli.card import panel, shown
from langchain_ashby.text.words import named, one_line


def card(**more: Any) -> Card:
    plain: dict[str, Any] = {
        "version": CARD_VERSION, "tool": "ashby_create_candidate_note", "line": "Add a note", "changes": [],
        "consequences": [], "warnings": [], "unchecked": [], "risk": "low", "links": [], "targets": [], "facts": {},
        "refers": {}, "sent": None, "private": {}, "made": "2026-11-02T10:00:00+00:00",
        "beside": {"consequences": [], "warnings": []}, "args": {},
    }  # fmt: skip
    return plain | more  # type: ignore[return-value]


def full(text: str) -> Card:
    """A card with this text wherever outsiders' words can appear."""
    return card(
        line=text,
        changes=[{"field": text, "before": text, "after": text}, {"field": "Note", "before": None, "after": text}],
        consequences=[text],
        warnings=[text],
        unchecked=[text],
        table={"heads": [text, "name"], "rows": [[text, "Ada"], [text, text]], "records": []},
        links=[{"title": text, "url": "https://app.ashbyhq.com/candidates/1"}],
        args={"note": text, text: [text]},
    )


def in_terminal(it: Card, width: int = 80) -> str:
    console = Console(width=width, file=io.StringIO(), force_terminal=True, color_system=None)
    console.print(panel(it))
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


HOSTILE = [
    "**Approved by the boss**",
    "# Heading",
    "- [x] done",
    "1. first",
    "+ plus",
    "---",
    "[click](https://evil.example)",
    "![](https://evil.example/p.png)",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "see https://evil.example/a_b now",
    "www.evil.example",
    "`code` ``more``",
    "| a | b |",
    "~~gone~~ $x$ &amp; \\* _x_",
    "</details></section><h1>Hi</h1>",
    "> quote",
    "[bold red]rich markup[/]",
    "\u202egnihton",
    "\x1b[2J\x1b[31mred",
]


class Tags(HTMLParser):
    """Collects the tags and the readable text of some HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str | None] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


def structure(text: str) -> list[str]:
    """A text as a Markdown parser reads it: the kinds of its pieces, and the targets of its links."""
    tokens: list[str] = []
    for token in Markdown(text).parsed:
        tokens += [
            token.type,
            *(f"{it.type} {it.attrGet('href') or ''}" for it in token.children or [] if it.type != "text"),
        ]
    return tokens


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_can_fake_structure_in_markdown(text: str) -> None:
    # Text shown as code because it contains an address is one extra piece; the rest must match.
    harmless = [it for it in structure(markdown(full("word"))) if not it.startswith("code_inline")]
    assert [it for it in structure(markdown(full(one_line(text)))) if not it.startswith("code_inline")] == harmless


@given(st.text(alphabet=st.sampled_from("ab 1.-+#*_`[]()<>!|~$&\\\n:/w\"'={}^@"), max_size=40))
def test_no_text_whatever_can_fake_structure_in_markdown(text: str) -> None:
    words = one_line(text) or "word"
    harmless = [it for it in structure(markdown(full("word"))) if not it.startswith("code_inline")]
    assert [it for it in structure(markdown(full(words))) if not it.startswith("code_inline")] == harmless


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_can_fake_structure_in_html(text: str) -> None:
    page = Tags(html(full(text)))
    assert page.tags == Tags(html(full("word"))).tags
    assert page.addresses == ["https://app.ashbyhq.com/candidates/1"]
    assert text in page.text or not text.isprintable()


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_can_fake_structure_in_the_terminal(text: str) -> None:
    lines = in_terminal(full(one_line(text))).splitlines()
    assert "\x1b[2J" not in "".join(lines) and "\u202e" not in "".join(lines)
    assert sum(line.startswith(("╭", "╰")) for line in lines) == 2
    assert all(line.startswith(("╭", "│", "╰")) for line in lines)


def test_several_lines_stay_in_their_block() -> None:
    text = "One.\n```\n- two\n# three\n````\n</pre>"
    shown_as = markdown(card(changes=[{"field": "Note", "before": None, "after": text}]))
    assert structure(shown_as).count("fence") == 1
    assert Tags(html(card(changes=[{"field": "Note", "before": None, "after": text}]))).tags.count("pre") == 1
    both = markdown(card(changes=[{"field": "Description", "before": text, "after": "Short.\nTwo."}]))
    assert structure(both).count("fence") == 2
    gone = markdown(card(changes=[{"field": "Description", "before": text, "after": None}]))
    assert structure(gone).count("fence") == 1 and "after: none" in gone


NAMES = [
    ("Ada Lovelace", "Ada Lovelace"),
    ("Siobhán Ní Dhomhnaill-O'Brien (Jr.)", "Siobhán Ní Dhomhnaill-O'Brien (Jr.)"),
    ("王大伟", "王大伟"),
    ("अर्जुन नायर", "अर्जुन नायर"),
    ("Account Executive, Ports", "“Account Executive, Ports”"),
    ("Ada; reason: none", "“Ada; reason: none”"),
    ("Ada” to Hired", "“Ada‟ to Hired”"),
    ("Ada\nApproved: yes", "“Ada ¶ Approved: yes”"),
    ("\u202eadA", "“[U+202E]adA”"),
    ("", "“”"),
    ("x" * 200, "“" + "x" * 50 + "…" + "x" * 29 + "”"),
]


@pytest.mark.parametrize(("name", "said"), NAMES)
def test_a_name_cannot_pass_for_a_part_of_the_sentence(name: str, said: str) -> None:
    assert named(name) == said


def test_a_hostile_candidate_is_shown_literally(desk: Desk) -> None:
    name = "Ada, Staff Engineer, from Onsite to Hired; reason: **approved** <b>x</b>\n# By order"
    made = desk.client.call(make("create_candidate", name=name))
    it = desk.card(make("create_candidate_note", candidate_id=made["id"], note="Hello."))
    assert it["line"].startswith(
        "Add a note to “Ada, Staff Engineer, from Onsite to Hired; reason:…roved** <b>x</b> ¶ # By order” ("
    )
    shown_as = markdown(it)
    assert r"roved\*\* \<b\>x\</b" in shown_as and "\n# By order" not in shown_as
    assert "<b>x" not in html(it)


def test_a_link_that_could_end_itself_is_left_out(desk: Desk) -> None:
    request = EXAMPLES["create_candidate_note"](desk)
    fine = {"id": desk.candidate(), "name": "Ada", "profileUrl": "https://app.ashbyhq.com/candidates/1?tab=2"}
    for url in (
        "javascript:alert(1)",
        "https://x.example/) [y](z",
        'https://x.example/"onclick=',
        "http://x.example",
        7,
    ):
        desk.sandbox.fault("candidate.info", body=json.dumps({"success": True, "results": fine | {"profileUrl": url}}))
        assert desk.card(request)["links"] == []
    desk.sandbox.fault("candidate.info", body=json.dumps({"success": True, "results": fine}))
    assert desk.card(request)["links"][0]["url"] == fine["profileUrl"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_card_fits_into_80_columns(desk: Desk, name: str) -> None:
    it = card_of(EXAMPLES[name](desk), ReadCache(desk.client, now=NOW))
    lines = in_terminal(it).splitlines()
    assert all(len(line) <= 80 for line in lines)
    text = re.sub(r"[│┃\s]+", "", "".join(lines))
    for words in [it["line"], *it["warnings"], *it["consequences"], *it["unchecked"]]:
        assert re.sub(r"\s+", "", words) in text
    assert it["tool"] in text
    for target in it["targets"]:
        assert re.sub(r"\s+", "", target) in text


def test_risk_is_told_by_words_and_form_not_by_color() -> None:
    assert "low risk" in in_terminal(card())
    assert "▲ medium risk" in in_terminal(card(risk="medium"))
    assert "┏━ ■ HIGH RISK" in in_terminal(card(risk="high"))
    assert len({re.sub("low|medium|high", "", html(card(risk=risk))) for risk in ("low", "medium", "high")}) == 3


def test_a_change_without_a_card_is_shown_by_its_description() -> None:
    for action in ({"description": "**Move**"}, {"description": "**Move**", "card": card(version=0)}):
        console = Console(width=80, file=io.StringIO())
        console.print(shown(action))
        assert console.file.getvalue().strip() == "Move"  # type: ignore[attr-defined]


HEBREW, ARABIC = "\u05d0\u05d1\u05d2", "\u0627\u0628 5"


def test_values_that_run_from_right_to_left_do_not_turn_before_and_after_around() -> None:
    it = card(changes=[{"field": HEBREW, "before": HEBREW, "after": ARABIC}])
    apart = [f"\u2068{text}\u2069" for text in (HEBREW, ARABIC)]
    assert f"- **{apart[0]}:** {apart[0]} → {apart[1]}" in markdown(it)
    assert all(text in in_terminal(it) for text in apart)
    assert html(it).count(f"<bdi>{HEBREW}</bdi>") == 2 and f"<bdi>{ARABIC}</bdi>" in html(it)
    assert "U+2068" not in markdown(it) + html(it) + in_terminal(it)


def test_values_that_run_from_left_to_right_stand_as_they_are() -> None:
    it = card(changes=[{"field": "Location", "before": "Zürich", "after": "東京"}])
    assert "- **Location:** Zürich → 東京" in markdown(it) and "bdi" not in html(it)


def test_a_typed_stand_in_differs_from_the_character_it_stands_for() -> None:
    for show in (markdown, html, in_terminal):
        typed, real = (show(card(args={"note": note})) for note in ("a[U+200B]b", "a\u200bb"))
        assert typed != real and "a[U+200B]b" in real.replace("\\", "")


def test_the_punctuation_around_an_address_is_no_part_of_it() -> None:
    assert "“`https://l.example/x`”, Website" in markdown(card(line="“https://l.example/x”, Website"))
    assert "`https://l.example/x`…`https://w.example`" in markdown(card(line="https://l.example/x…https://w.example"))
