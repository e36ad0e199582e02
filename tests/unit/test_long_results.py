"""A long result comes in parts that together hold every line, whatever the script and wherever a part ends."""

import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorder import Recorder, failure, success

from langchain_ashby import AshbyClient, AshbyToolkit, records
from langchain_ashby.endpoint import Access, Page
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.ids import short
from langchain_ashby.results import Place, render
from langchain_ashby.results.division import divided
from langchain_ashby.text.safe import shortened, whole_until

ID = "929ec103-b766-5a16-8927-b510963c1445"
PARAGRAPH = "The candidate explained the trade-offs in detail and walked me through the design. "

pieces = st.text(st.sampled_from("abc 漢字👩\u200d💻🇳🇴e\u0301क्षि[U+202E]#…"), min_size=1, max_size=40)
words = st.tuples(pieces, st.integers(1, 60)).map(lambda repeated: repeated[0] * repeated[1])
blocks = st.lists(
    st.lists(st.tuples(st.sampled_from(["", "  ", "    "]), words).map("".join), min_size=1, max_size=5), max_size=6
)


def joined(parts: list[list[str]], whole: list[str]) -> list[str]:
    """The lines that the parts hold. Lines that a part repeats above its first one are not counted again."""
    told: list[str] = []
    rest = ""
    for part in parts:
        beginning = True
        for line in part:
            repeated = line in {shortened(it, 300) for it in told}
            if rest and line.lstrip(" ").startswith("…"):
                line = rest + line.lstrip(" ")[1:]
            elif beginning and repeated and (rest or line != whole[len(told)]):
                continue
            beginning = False
            rest = line[:-1] if line.endswith("…") and line != whole[len(told)] else ""
            if rest.endswith(" ") and whole[len(told)].startswith(rest):
                rest = rest[:-1]  # the space is at the beginning of the next piece as well
            told += [] if rest else [line]
    return told


@given(blocks, st.integers(400, 900))
@settings(max_examples=80, deadline=None)
def test_parts_together_hold_every_line_and_none_is_longer_than_its_room(found: list[list[str]], room: int) -> None:
    parts = divided(found, room)
    assert all(sum(len(line) + 1 for line in part) <= room for part in parts)
    whole = [line for block in found for line in block]
    assert joined(parts, whole) == whole
    assert parts == divided(found, room)


def test_a_record_is_divided_only_if_no_part_holds_it_and_its_answers_stay_under_their_sections() -> None:
    record = ["id by Ada", "  Skills:", *(f"    Answer {n}: {'x' * 100}" for n in range(8))]
    assert divided([["id by Bob"], record, ["id by Cy"]], 700) == [
        ["id by Bob", *record[:7]],
        ["id by Ada", "  Skills:", *record[7:], "id by Cy"],
    ]
    assert divided([["x" * 300], ["y", "  z" * 60]], 400) == [["x" * 300], ["y", "  z" * 60]]


@pytest.mark.parametrize("character", ["👩\u200d💻", "🇳🇴", "e\u0301", "क्षि", "👍🏽", "각", "[U+202E]"])
def test_what_readers_see_as_one_character_is_never_cut(character: str) -> None:
    character = unicodedata.normalize("NFD", character)
    text = f"ab{character}cd"
    cuts = {whole_until(text, end) for end in range(2, len(text))}
    assert cuts <= {2, *range(2 + len(character), len(text))}


def test_a_place_is_read_from_the_cursor_that_it_makes() -> None:
    for place in (Place(2, "0a1b2c"), Place(12, "0a1b2c", "opaque.part2.0a1b2c"), Place(cursor="Ashby's")):
        assert Place.of(str(place) if place.digest else place.cursor) == place
    assert Place.of(None) == Place()


def read_on(name: str, endpoint: str, answer: Any, most: int, **arguments: Any) -> list[str]:
    """The texts of a read, following its cursors as a model would."""
    texts: list[str] = []
    with Recorder() as recorder, AshbyClient("key", recorder.url) as client:
        recorder.answers[endpoint] = [answer]
        [tool] = AshbyToolkit(client, include=[f"ashby_{name}"], max_characters=most).get_tools()
        more: dict[str, Any] = {}
        while True:
            texts.append(tool.invoke(arguments | more))
            assert len(texts[-1]) <= most
            own = [line for line in texts[-1].split("\n") if line.startswith("#")]
            cursor = own[-1].partition("more: cursor=")[2].split(" with the same ")[0]
            if not cursor or not cursor.startswith("part"):
                return texts
            assert set(own[-1].partition(" with the same ")[2].split(", ")) == arguments.keys()
            more = {"cursor": cursor}


def test_a_page_that_is_too_long_is_asked_for_again_as_far_as_it_fits_so_that_ashbys_cursor_goes_on_there() -> None:
    notes = [{"id": ID, "createdAt": "2026-11-24T15:00:00Z", "content": f"{n}. {PARAGRAPH * 5}"} for n in range(40)]

    def page(sent: Any) -> Any:
        start, limit = int(sent.body.get("cursor", 0)), sent.body.get("limit", 40)
        end = start + limit
        return success(notes[start:end], moreDataAvailable=end < 40, nextCursor=str(end) if end < 40 else None)

    with Recorder() as recorder, AshbyClient("key", recorder.url) as client:
        recorder.answers["candidate.listNotes"] = [page]
        [tool] = AshbyToolkit(client, include=["ashby_list_candidate_notes"], max_characters=3_000).get_tools()
        texts: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            message = tool.invoke(
                {"type": "tool_call", "id": "1", "name": tool.name, "args": {"candidate_id": ID} | cursor}
            )
            texts.append(message.text)
            assert len(message.text) <= 3_000
            assert message.text.count("\n2026") == len(message.artifact["results"])
            if "next_cursor" not in message.artifact:
                break
            cursor = {"cursor": message.artifact["next_cursor"]}
            assert f"more: cursor={cursor['cursor']} with the same candidate_id" in message.text
    told = [int(number) for text in texts for number in re.findall(r"^2026\d{4} (\d+)\. ", text, re.MULTILINE)]
    assert told == [*range(40)], "each once, in order"


@pytest.mark.parametrize("then", [failure("invalid_input", "No"), success([], moreDataAvailable=False)], ids=str)
def test_a_page_that_ashby_does_not_give_shorter_comes_in_parts(then: Any) -> None:
    notes = [{"createdAt": "2026-11-24T15:00:00Z", "content": f"{n}. {PARAGRAPH * 5}"} for n in range(40)]
    with Recorder() as recorder, AshbyClient("key", recorder.url) as client:
        recorder.answers["candidate.listNotes"] = [success(notes, moreDataAvailable=False), then]
        [tool] = AshbyToolkit(client, include=["ashby_list_candidate_notes"], max_characters=3_000).get_tools()
        assert "# 40 records; too long: part 1 of " in tool.invoke({"candidate_id": ID})


def field(path: str, type_: str, title: str, *options: str) -> dict[str, Any]:
    selectable = [{"label": option, "value": str(number)} for number, option in enumerate(options, 1)]
    return {"isRequired": False, "field": {"path": path, "type": type_, "title": title, "selectableValues": selectable}}


def test_the_end_of_a_long_scorecard_can_be_read() -> None:
    recommendation = field("rec", "ValueSelect", "Recommendation", "Strong No", "Strong Yes")
    form = {"sections": [{"title": "Notes", "fields": [field("notes", "RichText", "Notes"), recommendation]}]}
    values = {"notes": {"type": "PlainText", "value": PARAGRAPH * 80}, "rec": "1"}
    scorecard = {"applicationId": ID, "interviewEventId": ID, "formDefinition": form, "submittedValues": values}
    reply = success([scorecard], moreDataAvailable=True, nextCursor="Ashby's")
    texts = read_on("list_application_feedback", "applicationFeedback.list", reply, 3_000, application_id=ID, limit=1)
    assert len(texts) > 2
    assert "# 1 record; too long: part 1 of" in texts[0]
    assert texts[-1].endswith(f"# Part {len(texts)} of {len(texts)}, the last; 1 record; more: cursor=Ashby's"
                              " with the same application_id")  # fmt: skip
    assert "\n    Recommendation: Strong No\n" in texts[-1]
    assert all(f"\n{short(ID)} " in text and "\n  Notes:\n" in text for text in texts), "whose scorecard it is"
    told = " ".join(text.partition("  Notes:\n")[2].partition("\n#")[0] for text in texts)
    assert re.sub(r" …\s+… ", " ", told).count(PARAGRAPH.strip()) == 80


@pytest.mark.parametrize("name", ["get_job_posting", "list_job_postings"])
def test_a_read_without_pages_has_a_cursor_of_its_own(name: str) -> None:
    posting = {"id": ID, "title": "Engineer", "descriptionPlain": f"{PARAGRAPH * 60}The end."}
    many = [posting | {"id": f"{number:08}{ID[8:]}"} for number in range(90)]
    one = name.startswith("get")
    endpoint, results = ("jobPosting.info", posting) if one else ("jobPosting.list", many)
    texts = read_on(name, endpoint, success(results), 2_500, **{"job_posting_id": ID} if one else {"listed_only": True})
    beginning = "# Too long: part 1 of " if one else "# 90 records; too long: part 1 of "
    assert texts[0].split("\n")[-1].startswith(beginning)
    assert (texts[-1].count("The end.") == 1) if one else all(short(it["id"]) in "".join(texts) for it in many)


def test_every_read_takes_a_cursor_and_no_write_does() -> None:
    for tool in AshbyToolkit(AshbyClient("key")).get_tools():
        assert ("cursor" in tool.args) is (OPERATIONS[tool.name].access is Access.READ)


def test_a_cursor_that_no_result_gave_is_refused_before_anything_is_sent() -> None:
    with Recorder() as recorder, AshbyClient("key", recorder.url) as client:
        [tool] = AshbyToolkit(client, include=["ashby_get_job"]).get_tools()
        said = tool.invoke({"job_id": ID, "cursor": "next"})
        assert "cursor: takes the cursor that a long result gave" in said
        assert recorder.requests == []


def test_a_result_that_has_changed_between_its_parts_is_begun_again() -> None:
    notes = [{"createdAt": "2026-11-24T15:00:00Z", "content": f"{n} {PARAGRAPH * 10}"} for n in range(5)]
    first = render(records.Note, Page(notes), max_characters=2_500)
    place = Place.of(first.rpartition("cursor=")[2])
    assert place.part == 2
    changed = render(records.Note, Page(notes[1:]), place=place, max_characters=2_500)
    assert "# The result has changed since the previous part was read: this is its new beginning." in changed
    assert "20261124 1 The candidate" in changed


@pytest.mark.parametrize(
    ("name", "endpoint", "arguments", "rest"),
    [
        ("create_candidate_note", "candidate.createNote", {"candidate_id": ID, "note": "x"}, "list_candidate_notes"),
        ("update_candidate", "candidate.update", {"candidate_id": ID, "name": "Ada"}, "get_candidate"),
    ],
)
def test_a_write_says_which_read_has_the_rest(name: str, endpoint: str, arguments: Any, rest: str) -> None:
    with Recorder() as recorder, AshbyClient("key", recorder.url) as client:
        record = {"id": ID, "content": PARAGRAPH * 60, "position": PARAGRAPH * 60}
        recorder.answers[endpoint] = [success(record)]
        [tool] = AshbyToolkit(client, include=[f"ashby_{name}"], max_characters=2_500).get_tools()
        text = tool.invoke(arguments)
        assert text.endswith(f"\n# Too long: this is the beginning; ashby_{rest} shows the rest")
        assert len(recorder.requests) == 1


@pytest.mark.parametrize("owner", ["Application", "Candidate", "Job", "Opening"])
def test_the_rest_of_a_custom_fields_value_is_read_with_the_record_that_has_it(owner: str) -> None:
    definition = {"id": ID, "title": "Story", "objectType": owner, "fieldType": "LongText"}
    arguments = {"object_type": owner, "object_id": ID, "custom_field_id": ID, "field_value": "x"}
    with Recorder() as recorder, AshbyClient("key", recorder.url) as client:
        recorder.answers["customField.list"] = [success([definition])]
        recorder.answers["customField.setValue"] = [success({"id": ID, "title": "Story", "value": PARAGRAPH * 60})]
        [tool] = AshbyToolkit(client, include=["ashby_set_custom_field_value"], max_characters=2_500).get_tools()
        text = tool.invoke(arguments)
    assert text.endswith(f"\n# Too long: this is the beginning; ashby_get_{owner.lower()} shows the rest")


def test_a_written_record_that_no_tool_reads_says_so() -> None:
    text = render(records.Note, {"id": ID, "content": PARAGRAPH * 60}, done="Add note", max_characters=2_500)
    assert text.endswith("\n# Too long: this is the beginning; no tool shows the rest")
