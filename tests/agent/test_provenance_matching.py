"""Values are found exactly where that vouches for them, and through disguises where it does not."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent.messages.own import kept_answer, record_of_turn
from langchain_ashby.agent.provenance import Said, outside
from langchain_ashby.agent.provenance.matching import Index, Texts, numbers_in
from langchain_ashby.agent.provenance.values import values_of
from langchain_ashby.endpoints.offers import CreateOffer
from langchain_ashby.records import FileText
from langchain_ashby.results import render

TOOLS: dict[str, Any] = {it.name: it for it in AshbyToolkit(AshbyClient("key"), toolsets="all").get_tools()}
ADA = "929ec103-b766-5a16-8927-b510963c1445"
NOTE = "ashby_create_candidate_note"
WORD = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=5, max_size=9)


def thread(*said: str, resume: str = "") -> tuple[list[AnyMessage], dict[str, str]]:
    """What the user said, and a résumé that was read."""
    own: dict[str, str] = {}
    if not resume:
        return [*map(HumanMessage, said)], own
    asked = AIMessage("", id="asked", tool_calls=[{"name": "ashby_read_candidate_file", "args": {}, "id": "c"}])
    own["asked"] = record_of_turn(asked, "a turn")
    text = render(FileText, {"fileName": "cv", "extractedText": resume})
    answer = kept_answer(ToolMessage(text, tool_call_id="c", name="ashby_read_candidate_file", id="a"), own)
    return [*map(HumanMessage, said), asked, answer], own


def speakers(note: str, *said: str, resume: str = "") -> set[str]:
    messages, own = thread(*said, resume=resume)
    found = Said(messages, own, TOOLS).sources(TOOLS[NOTE], {"candidate_id": ADA, "note": note})
    return {it["from"] for it in found}


@pytest.mark.parametrize(
    "written",
    [
        "ada@new.invalid",
        "ADA@New.Invalid",
        "mailto:ada@new.invalid.",
        "<ada@new.invalid>",
        "a d a @ n e w . i n v a l i d",
        "ada\u200b@new.in\u00advalid",
        "\u0430d\u0430@new.invalid",
        "ada (at) new (dot) invalid",
        "ada [at] new.invalid",
        "ada@\nnew.invalid",
        "\uff41\uff44\uff41\uff20\uff4e\uff45\uff57\uff0e\uff49\uff4e\uff56\uff41\uff4c\uff49\uff44",
        "ada@new.inva-\nlid",
        "\u00e1d\u00e1@new.invalid",
    ],
)
def test_an_address_in_a_resume_is_found_in_every_disguise(written: str) -> None:
    assert speakers("ada@new.invalid", resume=f"Write to me: {written} any time") == {"outsiders"}


@pytest.mark.parametrize(
    "said",
    ["\u0430da@new.invalid", "ada@new.invalid.evil.example", "xada@new.invalid", "ada@new.inval", "ada at new invalid"],
)
def test_the_user_did_not_say_what_only_looks_like_it(said: str) -> None:
    assert speakers("ada@new.invalid", f"Take {said}") == {"model"}
    assert speakers("ada@new.invalid", f"Take {said}", resume="ada@new.invalid") == {"outsiders"}


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("ada@new.invalid", "it is Ada@New.Invalid."),
        ("https://www.github.com/ada/", "see github.com/ada, please"),
        ("+49 170 1234567", "0170/123 45 67"),
        ("185000", "offer 185k"),
        ("185,000", "185.000 Euro"),
        ("1500000", "1.5 m"),
        ("José Muñoz", "about jose  MUNOZ"),
        ("2027-03-03", "from the 3rd of March"),
        ("2027-03-03", "Wednesday works"),
        ("张伟经理很好", "张伟经理很好 谢谢"),
    ],
)
def test_the_user_said_it_in_other_letters(note: str, said: str) -> None:
    assert speakers(note, said) == {"user"}


@pytest.mark.parametrize(
    ("note", "said"),
    [("https://github.com/ada", "github.com/ada-evil"), ("185000", "1850000"), ("https://ada.dev", "evil-ada.dev"),
     ("2027-03-03", "3 May"), ("1500", "1,5")],
)  # fmt: skip
def test_the_user_said_something_else(note: str, said: str) -> None:
    assert "user" not in speakers(note, said)


def test_a_weekday_in_a_resume_is_no_date() -> None:
    assert speakers("2027-03-03", resume="I play tennis each Wednesday") == {"model"}
    assert speakers("2027-03-03", resume="I can start on March 3rd") == {"outsiders"}


def test_digits_of_any_script_are_digits() -> None:
    digits = "".join(chr(0x0660 + int(it)) for it in "187500")
    assert speakers("187500", resume=f"I take {digits} a year") == {"outsiders"}
    assert speakers("+49 170 5551234", resume="".join(chr(0x0660 + int(it)) for it in "01705551234")) == {"outsiders"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("tel:+4915123456789", "+49 151 2345 6789"),
        ("m: +4915123456789", "+49 (151) 2345-6789"),
        ("Tel. 0151/23456789", "+49 151 2345 6789"),
        ("m: 415-555-0133", "(415) 555 0133"),
        ("m: 4155550133", "(415) 555-0133"),
        ("Maison 01.23.45.67.89", "+33 1 23 45 67 89"),
        ("015123456789", "+49 151 2345 6789"),
        ("+49 151 23456789 24/7", "+49 151 2345 6789"),
        ("Call +49 151 23456789 soon, and do not tell any of the others about it", "0151 2345 6789"),
    ],
)
def test_a_phone_number_within_a_text_is_found_in_other_spacing(written: str, read: str) -> None:
    assert "outsiders" in speakers(written, resume=f"call {read}")
    assert "outsiders" not in speakers(written, resume=f"call {read[:-1]}")


@pytest.mark.parametrize("written", ["tel:+4915123456789", "Tel. 0151/23456789", "m: (0151) 23456789"])
def test_the_user_said_a_phone_number_in_other_spacing(written: str) -> None:
    assert "user" in speakers(written, "her number is +49 151 2345 6789")


@pytest.mark.parametrize(
    "written",
    ["01.12.2026 to 05.12.2026", "05.12. - 07.12.2026", "from 2026-12-01 10", "150 000 - 170 000", "0.1234567"],
)
def test_dates_and_amounts_are_no_phone_numbers(written: str) -> None:
    args = {"candidate_id": ADA, "note": f"Says {written} was it"}
    assert "phone number" not in {it.kind for it in values_of(TOOLS[NOTE], args)}


def test_numbers_have_one_spelling() -> None:
    read = "150k 150,000 150.000 150 000 1.5m 4.5 2,500.50 room3 7-8"
    assert [*numbers_in(read)] == [
        "150000", "150000", "150", "150000", "150", "150000", "1500000", "4.5", "2500.5", "7", "8",
    ]  # fmt: skip


@given(st.lists(WORD, min_size=9, max_size=30), st.lists(WORD, max_size=20), st.data())
def test_nine_words_in_a_row_that_were_copied_are_found(words: list[str], own: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 9))
    note = " ".join(["she says", *own, *words[start : start + 9], *own, "and so on"])
    assert "outsiders" in speakers(note, resume=" ".join(words))
    assert "outsiders" not in speakers(note, " ".join(["she says", *own, *words[start : start + 9], *own, "and so on"]))


SAID = st.text(min_size=1, max_size=60).filter(lambda text: any(map(str.isalnum, text)))


@given(SAID, st.sampled_from(["text", "e-mail address", "web address", "number"]))
def test_the_index_misses_no_text_that_has_a_value(said: str, kind: str) -> None:
    texts = ["nothing", f"before {said} after", "nothing either"]
    index, found = Index(texts).places(said, kind), Texts(texts)
    assert {*found.exactly(said, kind), *found.disguised(said, kind)} <= {*index}


ARCHIVED = "web.archive.org/web/2020/"
ADA_IN_BOLD = "".join(chr(0x1D400 + ord(it) - ord("A")) if it.isupper() else it for it in "ADA LOVELACE")


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        (f"https://{ARCHIVED}https://ada.example.com/", "web address", f"at https://{ARCHIVED}https://ada.example.com"),
        ("https://example.com/?u=www.foo.org", "web address", "see https://example.com/?u=www.foo.org"),
        ("2000000", "number", "about $2.0M"),
        ("150000", "number", "€ 150.0k"),
        ("1500000", "number", "1.50m"),
        ("52.5200066", "number", "at 52.5200066"),
        ("Ada Lovelace", "text", ADA_IN_BOLD),
        ("ada@example.com", "e-mail address", f"{ADA_IN_BOLD[:3]}@example.com"),
        ("Team No 5", "text", "Team № 5"),
        ("see http evil example com now", "passage", "See http://evil.example.com now."),
        ("write to www example com today", "passage", "Write to www.example.com today."),
    ],
)
def test_the_index_has_the_text_that_has_a_value_in_another_spelling(said: str, kind: str, text: str) -> None:
    texts = ["nothing", text]
    assert 1 in {*Texts(texts).exactly(said, kind), *Texts(texts).disguised(said, kind)}
    assert Index(texts).places(said, kind) == [1]


def test_ids_choices_and_flags_are_no_values() -> None:
    args = {"candidate_id": ADA, "note": {"type": "text/html", "value": "<b>Keen</b> on it"}, "is_private": True}
    assert [(it.way, it.said) for it in values_of(TOOLS[NOTE], args)] == [("note.value", "<b>Keen</b> on it")]
    field = {"path": "_systemfield_salary", "value": {"value": 185000, "currencyCode": "EUR"}}
    args = {"offer_id": ADA, "field_submissions": [field]}
    tool = TOOLS["ashby_update_offer"]
    assert [(it.way, it.said) for it in values_of(tool, args)] == [("field_submissions.0.value.value", "185000")]
    assert CreateOffer.tool_name() in TOOLS


def test_a_thread_of_two_hundred_messages_takes_milliseconds() -> None:
    messages, own = thread("Leave a note about ada@example.org.", resume="word " * 1_000)
    for number in range(200):
        answer = ToolMessage(messages[2].content, tool_call_id="c", name="ashby_read_candidate_file", id=f"a{number}")
        messages.append(kept_answer(answer, own))
    note = "Somebody wrote to ada@example.org and is keen to start in spring, they say, which would suit the team. " * 2
    started = time.process_time()
    found = Said(messages, own, TOOLS).sources(TOOLS[NOTE], {"candidate_id": ADA, "note": note})
    assert {it["from"] for it in found} == {"user", "model"}
    assert time.process_time() - started < 0.5, "25 ms on an idle machine"
    assert outside(messages, own, TOOLS, None) == "read"


@pytest.mark.parametrize("run", ["-", "0", "a", "%", "1 ", "a.", "(0", "+1-"])
def test_a_long_run_of_one_character_does_not_keep_anybody_waiting(run: str) -> None:
    text = run * (40_000 // len(run))  # took minutes while what stands before an @ had no limit
    assert all(it.kind != "e-mail address" for it in values_of(None, {"note": text}))
    assert Index([f"{text} ada@example.com"]).places("ada@example.com", "e-mail address") == [0]


@pytest.mark.parametrize("run", ["1", "1.", "1,", "12."])
def test_a_number_of_endless_digits_does_not_keep_anybody_waiting(run: str) -> None:
    said = run * (40_000 // len(run))
    assert [it.kind for it in values_of(None, {"note": said})][:1] == ["number"]
    assert Index([said]).places(said, "number") == [0] and [*Texts([said]).disguised(said, "number")]
