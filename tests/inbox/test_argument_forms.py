"""Forms made of arguments, and arguments made of forms."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from arguments import arguments
from controls import Controls, controls, page, typed
from examples import WRITES, every_example
from fuzz.tools import by_schema
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.inbox.forms import Form, changes, form, read
from langchain_ashby.inbox.forms.fits import same
from langchain_ashby.toolkit.arguments import arguments_of

BERLIN = ZoneInfo("Europe/Berlin")
UUID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"

OUR_TAGS = {
    *("form", "fieldset", "legend", "label", "input", "select", "option", "textarea", "button"),
    *("div", "p", "ul", "li", "a", "details", "summary", "bdi", "span"),
}

calls = st.sampled_from(WRITES).flatmap(lambda name: st.tuples(st.just(name), arguments(OPERATIONS[name])))


def made(tool: str, args: dict[str, Any], **over: Any) -> Form:
    """The form for a call, with what a browser sends after somebody typed over its controls."""
    shown = form(OPERATIONS[tool], args, within=BERLIN)
    return form(OPERATIONS[tool], args, within=BERLIN, typed=typed(shown, over))


def args_of(tool: str, args: dict[str, Any], **over: Any) -> dict[str, Any]:
    found = read(made(tool, args, **over))
    assert found.problems == {}
    assert found.args is not None
    return found.args


def problems_of(tool: str, args: dict[str, Any], **over: Any) -> dict[str, list[str]]:
    found = read(made(tool, args, **over))
    assert found.args is None
    return dict(found.problems)


def labels_of(shown: Form, **over: Any) -> list[str]:
    return [it.label for it in shown.top.walk() if it.way]


@pytest.mark.slow
def test_a_form_that_nobody_touched_gives_back_exactly_the_same_arguments() -> None:
    @given(calls)
    @settings(max_examples=60)
    def check(call: tuple[str, dict[str, Any]]) -> None:
        tool, args = call
        found = read(made(tool, args))
        assert found.problems == {}
        assert same(found.args, args)
        assert not found.changed
        assert changes(made(tool, args)) == []

    check()


@pytest.mark.parametrize("tool", WRITES)
def test_every_example_comes_back_from_its_form(tool: str) -> None:
    args = every_example()[tool]
    assert same(args_of(tool, args), args)


@pytest.mark.slow
def test_what_is_typed_over_a_form_is_what_it_says() -> None:
    """The form of one call, with everything typed over that is in the form of another, says the other."""

    # The controls of other tools follow from the answers in them, or from lists.
    tools = ["ashby_update_candidate", "ashby_create_opening", "ashby_create_application", "ashby_archive_applications"]
    pairs = st.sampled_from([*tools, "ashby_update_interview_schedule"]).flatmap(
        lambda tool: st.tuples(st.just(tool), arguments(OPERATIONS[tool]), arguments(OPERATIONS[tool]))
    )

    @given(pairs)
    @settings(max_examples=60)
    def check(pair: tuple[str, dict[str, Any], dict[str, Any]]) -> None:
        tool, before, after = pair
        operation = OPERATIONS[tool]
        kept = json.dumps(after)
        assume("\\u0000" not in kept and "\\r" not in kept)  # cannot be typed, or not be told from a line break
        # An empty value of extra data counts as missing.
        assume(tool != "ashby_update_interview_schedule" or '": ""' not in kept)
        assume(not re.search(r"\d\.\d{6}", kept))  # browsers have no times shorter than a millisecond
        mine, theirs = form(operation, before, within=BERLIN), form(operation, after, within=BERLIN)
        sent = controls(theirs).sent
        for it in mine.top.walk():
            known = [other for other in theirs.top.walk() if other.way == it.way]
            if not known:
                sent[f"{it.way}~gone"] = ["1"]
            else:
                assume(known[0].kind == it.kind or not it.way)  # a value of another type has another control
        found = read(form(operation, before, within=BERLIN, typed=sent))
        assert found.problems == {}
        assert found.args is not None
        assert _meant(operation, found.args) == _meant(operation, after)

    check()


def _meant(operation: Any, args: dict[str, Any]) -> Any:
    """What a call sends, with times to the millisecond: browsers have no shorter ones."""
    given = operation.model_validate(args)
    return _without_empty(json.loads(json.dumps(given.wire(), sort_keys=True)))


def _without_empty(value: Any) -> Any:
    """The value without empty lists and objects: a form takes those that nobody proposed for nothing."""
    if isinstance(value, dict):
        value = {name: _without_empty(it) for name, it in value.items()}
        return {name: it for name, it in value.items() if it not in ({}, [])}
    return [_without_empty(it) for it in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>' onfocus='x",
        "</textarea><script>alert(1)</script>",
        "</option></select><b>",
        "{{ 7 * 7 }}{% raw %}",
        "\nbegins with a line break",
        "\n\n\nthree",
        "ends with one\n",
        " spaces at both ends ",
        "two\nlines",
        "two\r\nWindows\r\nlines",
        "an old Mac's\rlines",
        "mixed\r\nand\nmixed\r",
        "quotes ' \" `",
        "null",
        "~clear",
        "~",
        "&amp; &lt; &#0; &#x202e;",
        "👩\u200d👩\u200d👧 emoji 🏳️\u200d🌈",
        "bidi \u202egpj.exe",
        "zero\u200bwidth",
        "tab\tand\x0cfeed\x1b[31m",
        "nul\0inside",
        "half \ud83d a character",
        "[U+202E] written out",
        "x" * 10_000,
        "long\n" * 2_000,
        "ﷺ مرحبا שלום",
        "\ufeffmark",
        "\u2028\u2029\x85",
    ],
)
def test_any_text_stays_as_it_is_and_does_nothing(text: str) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("ashby_create_candidate_note", {"candidate_id": UUID, "note": text}),
        ("ashby_create_candidate_note", {"candidate_id": UUID, "note": {"type": "text/html", "value": text}}),
        ("ashby_create_offer", {"application_id": UUID, "field_submissions": [{"path": text, "value": text}]}),
        ("ashby_create_candidate", {"name": text, "phone_number": text, "location": {"city": text}}),
        ("ashby_set_custom_field_value", {"object_type": text, "object_id": text, "field_value": [text, text]}),
    ]
    for tool, args in calls:
        shown = form(OPERATIONS[tool], args)
        found = controls(shown)
        page(shown).encode()
        assert {tag for tag, _ in found.tags} <= OUR_TAGS
        assert all(name[:2] != "on" and name != "style" for _, given in found.tags for name in given)
        again = form(OPERATIONS[tool], args, typed=found.sent)
        assert all(it.is_as_shown for it in again.top.walk()), [it.way for it in again.wrong]
        if tool != "ashby_set_custom_field_value":
            checked = read(again)
            assert same(checked.args, args) if not checked.problems else not any(it in text for it in "xmns")


def test_text_of_strangers_in_the_names_of_arguments_does_nothing() -> None:
    args = {'<b onclick="x">': "y", "a.b": {"c~gone": 1}, "": [None, {"~add": "\n"}], "é\ud800": True}
    shown = form({"type": "object", "properties": {"a": {"type": "string"}}}, args)
    assert {tag for tag, _ in controls(shown).tags}.isdisjoint({"b", "script"})
    found = read(form({"type": "object", "properties": {"a": {"type": "string"}}}, args, typed=controls(shown).sent))
    assert found.problems == {} and same(found.args, args)


def test_edited_text_keeps_the_line_breaks_that_it_had() -> None:
    windows = {"candidate_id": UUID, "note": "one\r\ntwo"}
    assert args_of("ashby_create_candidate_note", windows, note="one\r\n2")["note"] == "one\r\n2"
    plain = {"candidate_id": UUID, "note": "one\ntwo"}
    assert args_of("ashby_create_candidate_note", plain, note="one\r\n2")["note"] == "one\n2"


def test_what_a_browser_cannot_hold_is_said_and_must_be_dealt_with_in_an_edit() -> None:
    args = {"candidate_id": UUID, "note": "Call\0 back"}
    [note] = [it for it in made("ashby_create_candidate_note", args).fields if it.label == "Note"]
    assert "[U+0000]" in note.notes[0]
    problems = problems_of("ashby_create_candidate_note", args, note="Call\ufffd back soon")
    assert "\ufffd" in problems["note"][0]
    assert args_of("ashby_create_candidate_note", args, note="Call back soon")["note"] == "Call back soon"
    assert "[U+0000]" in problems_of("ashby_create_candidate_note", args, note="a\0b")["note"][0]


def test_what_is_invisible_in_a_text_stands_beside_it() -> None:
    args = {"candidate_id": UUID, "note": "Pay \u202e000,01"}
    text = controls(form(OPERATIONS["ashby_create_candidate_note"], args)).text
    assert "Pay [U+202E]000,01" in text
    plain = controls(form(OPERATIONS["ashby_create_candidate_note"], {**args, "note": "Plain\ttext\nand more"})).text
    assert "invisible" not in plain and "spaces" not in plain
    assert "spaces or empty lines" in controls(made("ashby_create_candidate_note", args, note=" x ")).text


def test_not_given_cleared_and_empty_are_three_things() -> None:
    source = "ashby_change_application_source"
    assert args_of(source, {"application_id": UUID, "source_id": None})["source_id"] is None
    assert args_of(source, {"application_id": UUID, "source_id": UUID}, **{"source_id~null": "1"})["source_id"] is None
    assert problems_of(source, {"application_id": UUID, "source_id": UUID}, source_id="")["source_id"] == [
        "is required"
    ]
    ticks = [
        its["name"]
        for tag, its in controls(made(source, {"application_id": UUID, "source_id": UUID})).tags
        if its.get("type") == "checkbox"
    ]
    assert ticks == ["source_id~null"], "only what can be cleared has a tick for it"
    candidate = {"candidate_id": UUID, "phone_number": "+1"}
    assert args_of("ashby_update_candidate", candidate, **{"phone_number~null": "1"}) == candidate
    assert "phone_number" not in args_of("ashby_update_candidate", candidate, phone_number="")
    emptied = args_of("ashby_update_candidate", candidate, **{"phone_number": "", "phone_number~empty": "1"})
    assert emptied["phone_number"] == ""
    empty = made("ashby_update_candidate", {**candidate, "phone_number": ""})
    assert controls(empty).sent["phone_number~empty"] == ["1"]
    assert args_of("ashby_update_candidate", {**candidate, "phone_number": ""})["phone_number"] == ""
    both = problems_of("ashby_update_candidate", candidate, **{"phone_number": "+2", "phone_number~empty": "1"})
    assert "checked box" in both["phone_number"][0]
    field = {"object_type": "Candidate", "object_id": UUID, "custom_field_id": UUID, "field_value": "x"}
    cleared = args_of("ashby_set_custom_field_value", field, **{"field_value~null": "1"})
    assert cleared["field_value"] is None


def test_entries_of_a_list_can_be_added_and_left_out() -> None:
    tool, args = "ashby_create_interview_schedule", every_example()["ashby_create_interview_schedule"]
    people = "interview_events.0.interviewers"
    shown = form(OPERATIONS[tool], args)
    more = form(OPERATIONS[tool], args, typed=typed(shown, {"~add": people}))
    assert f"{people}.2.email" in controls(more).sent
    sent = controls(more).sent
    sent |= {f"{people}.2.email": ["ravi@example.com"], f"{people}.0~gone": ["1"]}
    found = read(form(OPERATIONS[tool], args, typed=sent))
    assert found.args is not None
    assert found.args["interview_events"][0]["interviewers"] == [
        {"email": "liam@example.com"},
        {"email": "ravi@example.com"},
    ]
    unfilled = read(form(OPERATIONS[tool], args, typed=controls(more).sent))
    assert not unfilled.changed, "an entry that was added and left empty is none"


def test_a_problem_after_an_entry_that_is_left_out_stands_beside_its_own_field() -> None:
    tool, args = "ashby_create_interview_schedule", every_example()["ashby_create_interview_schedule"]
    people = "interview_events.0.interviewers"
    problems = problems_of(tool, args, **{f"{people}.0~gone": "1", f"{people}.1.email": "nobody"})
    assert list(problems) == [f"{people}.1.email"]


def test_an_object_that_is_optional_can_be_given_and_left_out() -> None:
    tool = "ashby_change_application_stage"
    args = every_example()[tool]
    assert "archive_email" not in args_of(tool, args, **{"archive_email~gone": "1"})
    bare = {name: it for name, it in args.items() if name != "archive_email"}
    assert "archive_email" not in args_of(tool, bare, **{"archive_email.send_at": ""})
    given = args_of(tool, bare, **{"archive_email.communication_template_id": UUID})
    assert given["archive_email"] == {"communication_template_id": UUID}
    half = problems_of(tool, bare, **{"archive_email.send_at": "2026-11-24T15:00"})
    assert half == {"archive_email.communication_template_id": ["is required"]}


def test_records_of_a_bulk_write_can_be_taken_off_and_added() -> None:
    tool, args = "ashby_add_tag_to_candidates", every_example()["ashby_add_tag_to_candidates"]
    first, second = args["candidate_ids"]
    assert args_of(tool, args, candidate_ids=[second])["candidate_ids"] == [second]
    added = args_of(tool, args, **{"candidate_ids~more": UUID})
    assert added["candidate_ids"] == [first, second, UUID]
    assert problems_of(tool, args, candidate_ids=[]) == {"candidate_ids": ["must have at least one entry"]}


@pytest.mark.parametrize(
    ("tool", "over", "where", "what"),
    [
        ("ashby_update_candidate", {"email": "nobody"}, "email", "takes one e-mail address"),
        ("ashby_update_candidate", {"website_url": "javascript:alert(1)"}, "website_url", "web address"),
        ("ashby_update_candidate", {"created_at": "yesterday"}, "created_at", "must be a date and time"),
        ("ashby_create_opening", {"target_hire_date": "2026-02-30"}, "target_hire_date", "must be a date"),
        ("ashby_create_opening", {"employment_type": "Fulltime"}, "employment_type", "one of the options"),
        ("ashby_create_opening", {"is_backfill": "maybe"}, "is_backfill", "one of the options"),
        ("ashby_set_job_status", {"status": ""}, "status", "is required"),
        ("ashby_create_candidate", {"name": "  "}, "name", "must not be empty"),
        ("ashby_create_offer", {"offer_process_id": UUID}, "", "give exactly one of “Application”"),
        (
            "ashby_create_offer",
            {"field_submissions.0.value.value": "14,000"},
            "field_submissions.0.value.value",
            "no commas",
        ),
        (
            "ashby_create_offer",
            {"field_submissions.0.value.value": "1e999"},
            "field_submissions.0.value.value",
            "too large",
        ),
        (
            "ashby_create_interview_schedule",
            {"interview_events.0.end_time": "2026-11-10T14:00"},
            "interview_events.0",
            "“End time” must be later than “Start time”",
        ),
        ("ashby_change_application_stage", {"application_id": ""}, "application_id", "is required"),
    ],
)
def test_a_problem_names_its_field_and_what_it_takes_and_keeps_what_was_typed(
    tool: str, over: dict[str, str], where: str, what: str
) -> None:
    args = every_example()[tool]
    found = made(tool, args, **over)
    problems = read(found).problems
    assert list(problems) == [where]
    assert what in problems[where][0]
    told = found.with_problems(problems)
    again = Controls(page(told))
    for name, value in over.items():
        if value not in ("maybe", "Fulltime"):  # no list has them: they were forged
            assert again.sent[name] == [value]
    assert what in again.text
    links = [given["href"] for tag, given in again.tags if tag == "a"]
    ids = {given.get("id") for _, given in again.tags}
    assert links == ([f"#f-{where}"] if where else [])
    assert {str(it)[1:] for it in links} <= ids


def test_numbers_may_have_spaces_and_keep_their_kind() -> None:
    tool, args = "ashby_create_offer", every_example()["ashby_create_offer"]
    way = "field_submissions.0.value.value"
    for typed_so, number in [("140 000", 140000), ("140\u202f000.5", 140000.5), ("-3", -3), ("1e3", 1000.0)]:
        value = args_of(tool, args, **{way: typed_so})["field_submissions"][0]["value"]["value"]
        assert same(value, number)


def test_money_in_ashbys_own_spelling_is_edited_in_it() -> None:
    tool, pay = "ashby_create_offer", {"value": 0.5, "currencyCode": "usd"}
    args = {"application_id": UUID, "field_submissions": [{"path": "Pay", "value": pay}]}
    edited = args_of(tool, args, **{"field_submissions.0.value.value": "2"})
    assert edited["field_submissions"] == [{"path": "Pay", "value": {**pay, "value": 2}}]


def test_a_change_is_listed_in_the_words_of_the_form() -> None:
    tool, args = "ashby_create_interview_schedule", every_example()["ashby_create_interview_schedule"]
    over = {
        "interview_events.0.start_time": "2026-11-10T14:30",
        "interview_events.0.interviewers.0.feedback_required": "",
        "interview_events.0.interviewers.1~gone": "1",
    }
    assert [(it["field"], it["before"], it["after"]) for it in changes(made(tool, args, **over))] == [
        ("Meeting 1, Start time", "Tue 10 Nov 2026, 15:00", "Tue 10 Nov 2026, 14:30"),
        ("Meeting 1, Interviewer 1, Feedback required", "Yes", "not given"),
        ("Meeting 1, Interviewer 2", "given", "left out"),
    ]


SCHEMA = {
    "type": "object",
    "$defs": {"Level": {"enum": ["low", "high"]}, "Tree": {"properties": {"up": {"$ref": "#/$defs/Tree"}}}},
    "properties": {
        "text": {"type": "string", "description": "Anything."},
        "count": {"type": "integer"},
        "share": {"type": ["number", "null"]},
        "sure": {"type": "boolean"},
        "level": {"$ref": "#/$defs/Level"},
        "odd": {"enum": ["", "~clear", 1, "1", True]},
        "on": {"type": "string", "format": "date"},
        "at": {"type": "string", "format": "date-time"},
        "several": {"type": "array", "items": {"type": "string"}},
        "either": {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
        "inside": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
        "free": {"type": "object"},
        "any": {},
        "tree": {"$ref": "#/$defs/Tree"},
        "nothing": {"$ref": "#/$defs/Missing"},
    },
    "required": ["text"],
}


@pytest.mark.slow
def test_the_form_of_any_other_tool_gives_its_arguments_back() -> None:
    @given(by_schema(SCHEMA))
    @settings(max_examples=100)
    def check(args: dict[str, Any]) -> None:
        text = json.dumps(args)
        assume("NaN" not in text and "Infinity" not in text)
        found = read(form(SCHEMA, args, typed=typed(form(SCHEMA, args))))
        assert found.problems == {} and same(found.args, args)

    check()


def test_another_tools_arguments_have_controls_by_their_schema() -> None:
    shown = form(SCHEMA, {"text": "x", "level": "low", "free": {"deep": [1, {"x": None}]}})
    kinds = {it.way: it.kind.value for it in shown.fields}
    assert kinds["count"] == kinds["share"] == "number"
    assert kinds["level"] == "one_of" and kinds["on"] == "day" and kinds["at"] == "moment"
    assert kinds["several"] == "rows" and kinds["inside"] == "object" and kinds["free"] == kinds["any"] == "json"
    assert "as JSON" in controls(shown).text
    sent = typed(shown, {"free": "{", "count": "1.5", "share~null": "1"})
    assert {way: it[0][:11] for way, it in read(form(SCHEMA, {"text": "x"}, typed=sent)).problems.items()} == {
        "free": "is not JSON",
        "count": "must be a w",
    }
    sent = typed(shown, {"free": '{"a": 1, "b": {"c": 2, "c": 3}}'})
    assert read(form(SCHEMA, {"text": "x"}, typed=sent)).problems == {"free": ['has "c" twice in one object']}


@pytest.mark.parametrize("tool", WRITES)
def test_every_control_has_a_label_of_its_own_and_no_script_or_style(tool: str) -> None:
    shown = form(OPERATIONS[tool], every_example()[tool])
    wrong = shown.with_problems({it.way: ["is wrong"] for it in shown.top.walk() if it.way})
    found = controls(wrong)
    ids = [given["id"] for _, given in found.tags if "id" in given]
    assert len(ids) == len(set(ids))
    labelled = {given["for"] for tag, given in found.tags if tag == "label" and "for" in given}
    for tag, its in found.tags:
        assert tag not in ("script", "style") and "style" not in its and not any(it[:2] == "on" for it in its)
        if tag in ("input", "select", "textarea") and its.get("type") not in ("hidden", "checkbox"):
            assert its["id"] in labelled
        for described in (its.get("aria-describedby") or "").split():
            assert described in ids
    assert labelled <= set(ids)
    buttons = [given for tag, given in found.tags if tag == "button"]
    assert buttons[0]["name"] == "~again", "the Enter key must not decide"
    assert all("formnovalidate" in given for given in buttons)


def test_forms_speak_like_people() -> None:
    for tool in WRITES:
        shown = form(OPERATIONS[tool], every_example()[tool])
        for it in shown.top.walk():
            said = f"{it.label} {it.help}"
            assert not any(odd in said for odd in ("_", "null", "JSON", "ISO", "true", "false")), said


def test_the_largest_form_takes_under_20_ms() -> None:
    tool, args = "ashby_submit_application_feedback", every_example()["ashby_submit_application_feedback"]
    sent = typed(form(OPERATIONS[tool], args))
    best = 1.0
    for _ in range(5):
        began = time.perf_counter()
        shown = form(OPERATIONS[tool], args, typed=sent)
        page(shown)
        read(shown)
        best = min(best, time.perf_counter() - began)
    assert best < 0.02, best


def test_arguments_that_are_refused_are_those_that_the_tool_refuses() -> None:
    """No problem is invented, and none is passed over."""

    @given(calls, st.data())
    @settings(max_examples=25)
    def check(call: tuple[str, dict[str, Any]], data: st.DataObject) -> None:
        tool, args = call
        shown = form(OPERATIONS[tool], args, within=UTC)
        sent = controls(shown).sent
        names = [name for name in sent if not name.startswith("~")]
        over = data.draw(
            st.dictionaries(st.sampled_from(names), st.sampled_from(["", "x", "1", UUID, "~"]), max_size=3)
        )
        found = read(
            form(OPERATIONS[tool], args, within=UTC, typed={**sent, **{key: [it] for key, it in over.items()}})
        )
        if found.args is not None:
            try:
                arguments_of(OPERATIONS[tool]).model_validate(found.args)
            except ValidationError as error:
                raise AssertionError(over) from error
        else:
            assert all(found.problems.values())

    check()
