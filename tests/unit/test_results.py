"""Rules for everything a model reads: each line's author is clear, nothing is invisible, no omission is silent."""

import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langchain_ashby import records
from langchain_ashby.endpoint import Page
from langchain_ashby.endpoints.candidates import GetCandidate, ListCandidates
from langchain_ashby.endpoints.openings import CreateOpening
from langchain_ashby.endpoints.organization import SetCustomFieldValue
from langchain_ashby.ids import canonical, short
from langchain_ashby.results import data_line, render
from langchain_ashby.results.below import BELOW
from langchain_ashby.results.cells import Day
from langchain_ashby.results.columns import AFTER_WRITING, COLUMNS
from langchain_ashby.results.weight import Limit, shortened_within, weight
from langchain_ashby.text.words import BREAK, one_line

ID = "929ec103-b766-5a16-8927-b510963c1445"

KEYS = [
    "id", "name", "title", "content", "status", "isPrivate", "isArchived", "createdAt", "tags", "source",
    "customFields",
    "value", "valueLabel", "currencyCode", "minValue", "latestVersion", "versions", "interviewEvents", "interviewers",
    "startTime", "formDefinition", "sections", "fields", "field", "path", "selectableValues", "label",
    "submittedValues",
    "location", "locationSummary", "primaryEmailAddress", "applicationIds", "firstName", "email", "score", "comments",
    "currentInterviewStage", "type", "applicationHistory", "socialLinks", "url", "resumeFileHandle", "jobIds", "handle",
    "submittedFormInstance", "#", "\n# 1 record",
]  # fmt: skip
nasty = st.text(
    st.sampled_from("ab #|>¶\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029\u200b\u202e\u200d\ufe0f\U000e0041\t,:;-…é漢")
)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | nasty | st.just(ID)
json_values = st.recursive(
    scalars,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | nasty, inside, max_size=6),
    max_leaves=30,
)
kinds = st.sampled_from([*COLUMNS, None])


def without_legends(text: str) -> list[str]:
    """The lines without the tables that say what letters in the rows stand for."""
    legends = re.compile(r"\n# (archive reason|source|stage, of all)(\n[^#].*)+")
    return legends.sub("", text).split("\n")


def own(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.startswith("#")]


@given(kinds, st.lists(json_values, max_size=14), st.booleans())
@settings(max_examples=120, deadline=None)
def test_a_listing_of_whatever_json_has_our_lines_first_and_last_and_a_line_of_data_for_each_record(
    kind: type | None, found: list[Any], paged: bool
) -> None:
    text = render(kind, Page(found, next_cursor="c") if paged else found)
    assert text.splitlines() == text.split("\n")
    lines = without_legends(text)
    ours = 0 if not found else 2 if kind else 1
    assert [line for line in lines if line.startswith("#")] == [*lines[:ours], lines[-1]]
    assert len([line for line in lines if not line.startswith("  ")]) == ours + len(found) + 1
    assert kind in BELOW or len(lines) == ours + len(found) + 1
    assert lines[-1].startswith(f"# {len(found)} record")
    assert unseen(text) == []


@given(kinds, st.dictionaries(st.sampled_from(KEYS) | nasty, json_values, max_size=8), st.booleans())
@settings(max_examples=120, deadline=None)
def test_a_record_of_whatever_json_has_one_line_of_ours(kind: type | None, record: Any, written: bool) -> None:
    text = render(kind, record, done="Change it" if written else "")
    assert own(text) == [text.split("\n")[0]]
    assert text.splitlines() == text.split("\n")
    assert ("untrusted" in own(text)[0]) == bool(record)
    assert unseen(text) == []


def unseen(text: str) -> list[str]:
    """Invisible characters; none of the scripts above needs one."""
    return [
        f"U+{ord(character):04X}"
        for character in text
        if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") and character != "\n"
    ]


@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"])
def test_every_kind_of_line_break_is_a_pilcrow(breaks: str) -> None:
    assert one_line(f" One {breaks}{breaks} two{breaks}") == f"One{BREAK}two"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a\u200bb", "a[U+200B]b"),
        ("\u202eevil", "[U+202E]evil"),
        ("tag\U000e0041", "tag[U+E0041]"),
        ("a\ufe0fb\U000e0101", "a[U+FE0F]b[U+E0101]"),
        ("д\ufe0fж\U000e0101", "д[U+FE0F]ж[U+E0101]"),
        ("a\u200dж\u200d", "a[U+200D]ж[U+200D]"),
        ("می\u200cخو", "می\u200cخو"),
        ("क्\u200dष", "क्\u200dष"),
        ("❤\ufe0f\u200d🔥 👩\u200d💻", "❤\ufe0f\u200d🔥 👩\u200d💻"),
        ("❤\ufe0f\ufe0f\u200d\u200d", "❤\ufe0f[U+FE0F][U+200D][U+200D]"),
        ("x\u3164\u2800y", "x[U+3164][U+2800]y"),
        ("a\tb\xa0c\u3000d  e", "a b c d e"),
        ("bell\x07", "bell[U+0007]"),
    ],
)
def test_invisible_characters_are_spelled_out_unless_they_shape_visible_ones(written: str, shown: str) -> None:
    assert one_line(written) == shown


def test_data_does_not_begin_like_a_line_of_our_own() -> None:
    assert data_line("# 1 record") == " # 1 record"
    assert data_line("#") == " #"
    assert data_line("  # more") == "  # more"
    assert data_line("a\n# b") == f"a{BREAK}# b"


def test_a_bar_in_a_cell_is_no_border() -> None:
    text = render(records.Tag, [{"id": ID, "title": "a|b", "isArchived": True}])
    assert text.split("\n")[1:] == ["# tag_id title|state", f"{short(ID)} a¦b|archived", "# 1 record"]


def test_the_end_of_a_listing_says_how_to_continue() -> None:
    assert render(records.Tag, Page([], next_cursor=None, sync_token=None)) == "# 0 records"
    tags = [{"id": ID, "title": "Old"}]
    assert render(records.Tag, Page(tags, next_cursor="c1")).endswith("\n# 1 record; more: cursor=c1")
    same = render(records.Tag, Page(tags, next_cursor="c1"), with_the_same=["status", "sync_token"])
    assert same.endswith("\n# 1 record; more: cursor=c1 with the same status, sync_token")
    assert render(records.Tag, Page(tags, sync_token="s1")).endswith("\n# 1 record; later changes: sync_token=s1")
    assert render(records.Tag, Page(tags, next_cursor="a\n# b")).endswith('\n# 1 record; more: cursor="a\\n# b"')


def test_warnings_are_quoted_on_a_line_of_their_own() -> None:
    text = render(records.Tag, {"id": ID}, warnings=["One\n# Done", "x" * 500])
    assert own(text)[1] == '# Ashby warns: "One ¶ # Done"'
    assert len(own(text)[2]) < 350
    many = own(render(records.Tag, {"id": ID}, warnings=["Hm"] * 7))
    assert many[-2:] == ['# Ashby warns: "Hm"', "# Ashby gives 2 more warnings."]


def test_a_cell_is_cut_visibly_and_a_text_that_is_to_be_full_says_how_much_is_missing() -> None:
    row = render(records.Job, [{"id": ID, "title": "x" * 50, "confidential": False}] * 11).split("\n")[2]
    assert re.fullmatch(f"{short(ID)} x+…x+", row)
    assert len(row) == len(short(ID)) + 1 + 40
    [row] = render(records.Note, [{"createdAt": "2026-11-24T15:00:00Z", "content": "y" * 9_000}]).split("\n")[2:-1]
    assert row == f"20261124 {'y' * 9_000}"


def test_a_cleared_value_is_shown_as_none() -> None:
    text = render(records.CustomFieldValue, {"id": ID, "title": "Shoe size", "value": None}, done="Set it")
    assert text.split("\n")[1:] == [f"custom_field_id: {short(ID)}", "title: Shoe size", "value: (none)"]


class TestRoom:
    """The rows of a long listing share a budget."""

    def page(self, number: int, **other: Any) -> list[str]:
        candidate = {"id": ID, "name": "Ada", "primaryEmailAddress": {"value": "ada@example.org"}} | other
        return render(records.Candidate, [candidate] * number).split("\n")[2:-1]

    def test_is_enough_for_everyday_cells(self) -> None:
        work = {"position": "Senior Software Engineer", "company": "Northwind Traders"}
        assert (
            self.page(25, **work)[0]
            .partition(" Ada|")[2]
            .startswith("ada@example.org Senior Software Engineer at Northwind Traders|")
        )

    def test_is_shared_so_that_neither_position_nor_company_pushes_the_other_out(self) -> None:
        work = {"position": "Vice President of Platform Architecture", "company": "Gesellschaft für Hafenlogistik mbH"}
        short, long = self.page(1, **work)[0], self.page(25, **work, tags=[{"title": "x" * 40}])[0]
        assert "Vice President of Platform Architecture at Gesellschaft für Hafenlogistik mbH" in short
        assert "Vice President of Platform Architecture at Gesellschaft…gistik mbH|" in long

    def test_is_not_taken_from_names_and_addresses(self) -> None:
        name, address = "Αικατερίνη Παπαδοπούλου-Κωνσταντινίδη", f"{'aikaterini' * 6}@example.org"
        row = self.page(25, name=name, primaryEmailAddress={"value": address}, position="Μηχανικός λογισμικού")[0]
        assert f"{name}|{address} Μηχ…κού|" in row

    def test_goes_to_a_few_heavy_rows_among_light_ones(self) -> None:
        heavy = {"id": ID, "name": "Ελένη", "position": "Μηχανικός λογισμικού", "company": "Ναυτιλιακή Αιγαίου"}
        text = render(records.Candidate, [heavy] * 3 + [{"id": ID, "name": "Ada"}] * 22)
        assert text.count("- Μηχανικός λογισμικού at Ναυτιλιακή Αιγαίου") == 3

    @given(st.text(max_size=60), st.integers(1, 60))
    def test_is_kept_by_what_is_cut(self, text: str, most: int) -> None:
        cut = shortened_within(text, Limit(60, most))
        if weight(text) <= most:
            assert cut == text
        else:
            begin, _, end = cut.partition("…") if "…" not in text else ("", "", "")
            assert text.startswith(begin)
            assert text.endswith(end)
            assert weight(begin + end) <= most

    def test_is_measured_by_what_scripts_cost(self) -> None:
        assert weight("engineer") < weight("ingénieur") < weight("軟體工程師軟體") < weight("ß" * 8)

    def test_is_cut_between_words_where_that_leaves_half(self) -> None:
        assert shortened_within("Senior Software Engineer", Limit(40, 20)) == "Senior…Engineer"
        assert shortened_within("Sr Softwareentwicklung", Limit(40, 20)) == "Sr Software…wicklung"


class TestTooLong:
    @given(st.sampled_from(list(COLUMNS)), st.integers(1, 30), st.integers(0, 30_000), st.integers(2_000, 24_000))
    @settings(max_examples=60, deadline=None)
    def test_no_result_is_longer_than_it_may_be(self, kind: type, number: int, length: int, most: int) -> None:
        long = "x" * length
        record = {
            "id": ID, "name": long, "title": long, "content": long, "author": {"firstName": long, "email": long},
            "submittedByUser": {"firstName": long}, "submittedValues": {"a": long, "b": long}, "firstName": long,
            "selectableValues": [{"label": long}], "value": long, "latestVersion": {"jobIds": [long]},
            "interviewEvents": [{"id": ID, "interviewers": [{"email": long}]}],
            "primaryEmailAddress": {"value": long}, "position": long, "location": {"locationSummary": long},
        }  # fmt: skip
        assert len(render(kind, [record] * number, max_characters=most)) <= most
        assert len(render(kind, record, max_characters=most)) <= most
        assert len(render(kind, record, done="Do it", max_characters=most)) <= most


class TestIds:
    @given(st.uuids())
    def test_both_spellings_name_the_same_record(self, uuid: Any) -> None:
        assert canonical(short(str(uuid))) == canonical(str(uuid)) == str(uuid)

    @given(st.text(st.sampled_from("0123456789abcdefXYZ-_"), max_size=24))
    def test_nothing_else_is_taken_for_one(self, text: str) -> None:
        try:
            assert text in (short(canonical(text)), canonical(text), canonical(text).replace("-", ""))
        except ValueError:
            return

    @pytest.mark.parametrize("text", ["", "A" * 21, "A" * 23, f"{'A' * 21}B", f"{'A' * 21}=", "A" * 21 + "é"])
    def test_that_are_nearly_one_are_refused(self, text: str) -> None:
        with pytest.raises(ValueError):
            canonical(text)

    @pytest.mark.parametrize("number", [1, 10, 11])
    def test_have_one_spelling_and_texts_that_hold_one_stay_as_they_are(self, number: int) -> None:
        application = {"status": "Active", "id": ID, "candidate": {"id": ID, "name": f"Ada {ID}"}}
        [row, *_] = render(records.Application, [application] * number).split("\n")[2:]
        assert row == f"{short(ID)} Ada {ID}|{short(ID)}"
        [_, *lines] = render(records.Application, application).split("\n")
        assert lines[1:] == [f"application_id: {short(ID)}", f"candidate: Ada {ID} (candidate_id {short(ID)})"]

    def test_of_other_systems_links_and_what_people_entered_stay_as_they_are(self) -> None:
        kept = {"customRequisitionId": ID, "extraData": {"jobId": ID}, "profileUrl": f"https://ashby.example/{ID}"}
        text = render(None, {"ownerId": ID, "jobIds": [ID, ID.upper()], **kept})
        assert text.split("\n")[1:] == [
            f"owner_id: {short(ID)}",
            f"job_ids: {short(ID)}, {short(ID)}",
            f"custom_requisition_id: {ID}",
            "extra data:",
            f"  jobId: {ID}",
            f"profile url: https://ashby.example/{ID}",
        ]

    def test_in_short_are_taken_as_arguments_wherever_a_uuid_is(self) -> None:
        assert GetCandidate(candidate_id=short(ID)).wire() == {"id": ID}
        assert CreateOpening(job_ids=[short(ID)]).wire() == {"jobIds": [ID]}
        request = SetCustomFieldValue(
            object_type="Job", object_id=short(ID), custom_field_id=short(ID), field_value=short(ID)
        )
        assert request.object_id == request.custom_field_id == ID


def test_days_as_listings_write_them_are_taken_as_arguments() -> None:
    assert ListCandidates(created_after="20261124").wire() == ListCandidates(created_after="2026-11-24").wire()  # type: ignore[arg-type]
    assert CreateOpening(target_hire_date="20261124").wire() == {"targetHireDate": "2026-11-24"}  # type: ignore[arg-type]


def test_first_columns_have_no_spaces_in_them() -> None:
    for columns in (*COLUMNS.values(), *AFTER_WRITING.values()):
        assert columns[0].heading.endswith("_id") or isinstance(columns[0].cell, Day)


def test_all_the_columns_of_a_candidate() -> None:
    candidate = {
        "id": ID, "name": "Ada", "primaryEmailAddress": {"value": "ada@example.org"}, "position": "Engineer",
        "company": "Engines", "location": {"locationSummary": "London, United Kingdom"},
        "tags": [{"title": "A"}, {"title": "B"}],
        "source": {"title": "Referral"}, "fraudStatus": "Unsure", "applicationIds": [ID, ID],
        "createdAt": "2026-06-30T14:55:00.000Z",
    }  # fmt: skip
    rows = render(records.Candidate, [candidate, {"id": ID, "company": "X", "applicationIds": [ID]}, {}]).split("\n")
    assert rows[1:-1] == [
        "# candidate_id name|email position at company, city, country|tags|fraud|source|created UTC|application_ids",
        f"{short(ID)} Ada|ada@example.org Engineer at Engines, London, United Kingdom|A, B|Unsure|Referral|20260630"
        f"|{short(ID)}, {short(ID)}",
        f"{short(ID)} |- at X|||||{short(ID)}",
        " |-|||||unknown",
    ]
