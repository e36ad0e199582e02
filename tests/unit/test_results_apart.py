"""What differs in Ashby stays different in a result: cut cells, lists, names, flags."""

import json
import unicodedata
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langchain_ashby import records
from langchain_ashby.ids import short
from langchain_ashby.results import render
from langchain_ashby.results.phrases import listed, named
from langchain_ashby.results.weight import Limit, cut_apart, shortened_within
from langchain_ashby.text.words import in_a_list

ID = "929ec103-b766-5a16-8927-b510963c1445"
OTHER = "3f1c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
THIRD = "3f1c0000-5b1e-4c3e-9d52-6c1f1c7a0b12"

letters = st.text(st.sampled_from('ab …合不格é\u0301|¦,"()+1'), max_size=90)
limits = st.builds(Limit, st.integers(5, 60), st.integers(8, 80))


def rows(kind: type, found: list[Any]) -> list[str]:
    return [line for line in render(kind, found).split("\n") if not line.startswith("#")]


def cells(kind: type, found: list[Any], column: str) -> list[str]:
    heading = render(kind, found).split("\n")[1].removeprefix("# ").partition(" ")[2].split("|")
    place = next((place for place, it in enumerate(heading) if it.startswith(column)), None)
    return ["" if place is None else row.partition(" ")[2].split("|")[place] for row in rows(kind, found)[: len(found)]]


def cut_titles(titles: Iterable[str]) -> list[str]:
    """The titles of jobs in a listing that is long enough to be cut."""
    found = [{"id": ID, "title": title} for title in titles]
    return cells(records.Job, found + [{"id": ID, "title": "-"}] * 11, "title")[: len(found)]


class TestCutting:
    @given(st.dictionaries(letters, limits, max_size=12), st.integers(60, 90))
    def test_never_makes_two_texts_the_same(self, texts: dict[str, Limit], longest: int) -> None:
        cut = cut_apart(texts, longest)
        assert cut.keys() == texts.keys()
        assert len(set(cut.values())) == len(cut)

    @given(st.lists(letters, min_size=1, max_size=14))
    @settings(max_examples=60, deadline=None)
    def test_never_makes_two_cells_of_a_column_the_same(self, titles: list[str]) -> None:
        plain = {" ".join(title.split()) for title in titles}
        assert len(set(cut_titles(plain))) == len(plain)

    @given(letters, limits)
    def test_marks_what_it_leaves_out_between_what_it_keeps(self, text: str, limit: Limit) -> None:
        cut = shortened_within(text, limit)
        assert cut == text or any(
            text.startswith(cut[:place]) and text.endswith(cut[place + 1 :])
            for place, letter in enumerate(cut)
            if letter == "…"
        )
        assert len(cut) <= max(limit.characters, 1)

    @given(st.text(st.sampled_from("e\u0301\u200d👩💻क्ष"), min_size=30, max_size=60))
    def test_leaves_letters_and_their_marks_together(self, text: str) -> None:
        begin, _, end = shortened_within(text, Limit(20, 10_000)).partition("…")
        for place in (len(begin), len(text) - len(end)):
            if 0 < place < len(text):
                assert unicodedata.category(text[place])[0] != "M"
                assert "\u200d" not in text[place - 1 : place + 1]

    def test_keeps_the_end_which_often_has_the_difference(self) -> None:
        titles = [f"Senior Software Engineer, Infrastructure ({city})" for city in ("Berlin", "London")]
        assert cut_titles(titles) == [
            "Senior Software…Infrastructure (Berlin)",
            "Senior Software…Infrastructure (London)",
        ]

    def test_shows_more_of_what_differs_in_the_middle_only(self) -> None:
        titles = [f"Senior Software Engineer {team} Infrastructure and Platform" for team in ("A", "B")]
        assert cut_titles(titles) == titles

    def test_numbers_what_is_alike_as_far_as_it_is_shown(self) -> None:
        titles = [f"{'x' * 300}{it}{'x' * 300}" for it in "ab"]
        first, second = cut_apart(dict.fromkeys(titles, Limit(40, 40)), 100).values()
        assert first.endswith("xxx (1 of 2)")
        assert second.endswith("xxx (2 of 2)")

    def test_comes_with_a_way_to_the_rest(self) -> None:
        """Short listings are not cut, and kinds that no tool reads one by one are not cut at all."""
        title = "x" * 100
        assert cells(records.Job, [{"id": ID, "title": title}] * 10, "title")[0] == title
        assert cells(records.Tag, [{"id": ID, "title": title}] * 30, "title")[0] == title

    def test_leaves_a_bar_and_a_broken_bar_apart(self) -> None:
        assert cut_titles(["a|b", "a¦b"]) == ["a¦b", "a[U+00A6]b"]


class TestLists:
    @given(st.lists(letters.map(str.strip), max_size=5))
    def test_can_be_read_back(self, values: list[str]) -> None:
        line, read = listed([in_a_list(value) for value in values]), []
        while line:
            if line.startswith('"'):
                value, end = json.JSONDecoder().raw_decode(line)
            else:
                value = line.partition(", ")[0]
                end = len(value)
            read.append(value)
            line = line[end:].removeprefix(", ")
        assert read == values

    def test_of_tags_leave_out_none(self) -> None:
        titles = ["Maritime experience, Fast track", "Speaks Norwegian", "Contact again in 2027", "DO NOT HIRE"]
        candidate = {
            "id": ID,
            "tags": [{"title": title} for title in titles],
            "position": "x" * 99,
            "company": "y" * 99,
        }
        said = '"Maritime experience, Fast track", Speaks Norwegian, Contact again in 2027, DO NOT HIRE'
        assert {cells(records.Candidate, [candidate] * number, "tags")[0] for number in (1, 25)} == {said}


class TestNames:
    @pytest.mark.parametrize(
        ("entry", "said"),
        [
            ({"text": "Compensation", "reasonType": "RejectedByCandidate"}, "Compensation (rejected by candidate)"),
            ({"text": "Compensation", "reasonType": "RejectedByOrg"}, "Compensation (rejected by org)"),
            ({"title": "Jane", "sourceType": {"title": "Agency"}, "isArchived": True}, "Jane (Agency, archived)"),
            ({"title": "Sourced on GitHub", "sourceType": {"title": "Sourced"}}, "Sourced on GitHub"),
            ({"title": "Alumni", "isArchived": False}, "Alumni"),
            ({"title": "Alumni", "isArchived": None}, "Alumni (not known whether archived)"),
            ({"title": "Alumni (archived)", "isArchived": False}, '"Alumni (archived)"'),
        ],
    )
    def test_stand_with_what_tells_them_from_namesakes(self, entry: dict[str, Any], said: str) -> None:
        assert named(entry) == said
        kind = {"archiveReason" if "text" in entry else "source": {"id": ID, **entry}}
        assert said.replace("(rejected by", "(by") in rows(records.Application, [{"id": ID, **kind}])[0]
        assert said in render(records.Application, {"id": ID, **kind})
        assert said in render(records.Application, {"id": ID, **kind}, done="Do it")

    def test_of_deactivated_people_say_so(self) -> None:
        gone = {"id": ID, "firstName": "Gone", "lastName": "Person", "email": "gone@x.example", "isEnabled": False}
        for done in ("", "Do it"):
            assert "Gone Person <gone@x.example> (deactivated)" in render(
                records.Candidate, {"id": ID, "creditedToUser": gone}, done=done
            )

    def test_of_sources_keep_their_type_in_long_listings_if_another_has_the_same_title(self) -> None:
        agency, event = (
            {"id": ID, "source": {"title": "Jane", "sourceType": {"title": it}}} for it in ("Agency", "Event")
        )
        assert set(cells(records.Candidate, [agency] * 12, "source")) == {"Jane"}
        twins = [agency] * 12 + [event]
        assert set(cells(records.Candidate, twins, "source")) == {"A", "Jane (Event)"}
        assert "\nA Jane (Agency)\n" in render(records.Candidate, twins)


class TestJobsOfApplications:
    def test_stand_below_with_their_ids(self) -> None:
        job = {"id": OTHER, "title": "Staff Engineer", "departmentId": ID, "locationId": ID}
        assert render(records.Application, [{"id": ID, "job": job, "status": "Active"}] * 2).split("\n")[1:] == [
            "# application_id job|status (blank: as stage, else Active)",
            f"{short(ID)} Staff Engineer",
            f"{short(ID)} Staff Engineer",
            "# job_id job",
            f"{short(OTHER)} Staff Engineer",
            "# 2 records",
        ]

    def test_of_one_title_are_told_apart(self) -> None:
        jobs = [{"id": it, "title": "Staff Engineer", "departmentId": it} for it in (ID, OTHER, THIRD)]
        text = render(records.Application, [{"id": ID, "job": job, "status": "Active"} for job in jobs])
        assert text.split("\n")[2:] == [
            *(f"{short(ID)} Staff Engineer ({short(it)[:4]}…)" for it in (ID, OTHER, THIRD)),
            "# job_id job|department_id",
            *(f"{short(it)} Staff Engineer|{short(it)}" for it in (ID, OTHER, THIRD)),
            "# 3 records",
        ]

    def test_are_numbered_in_long_listings(self) -> None:
        jobs = [{"id": it, "title": "Staff Engineer", "departmentId": it} for it in (ID, OTHER)] * 6
        text = render(records.Application, [{"id": ID, "job": job, "status": "Active"} for job in jobs])
        assert text.split("\n")[2:-1] == [
            *[f"{short(ID)} 1", f"{short(ID)} 2"] * 6,
            "# job job_id|job|department_id",
            *(f"{number} {short(it)}|Staff Engineer|{short(it)}" for number, it in enumerate((ID, OTHER), 1)),
        ]

    @given(st.lists(st.tuples(st.sampled_from([ID, OTHER, THIRD]), st.sampled_from(["A", "B", f"A ({ID[:4]}…)"]))))
    def test_never_read_the_same_if_they_are_not(self, named: list[tuple[str, str]]) -> None:
        found = [{"id": ID, "job": {"id": it, "title": title}} for it, title in named]
        shown = cells(records.Application, found, "job") if found else []
        assert len(set(zip(named, shown, strict=True))) == len(set(named)) == len(set(shown))

    def test_are_below_what_is_too_long_to_be_shown(self) -> None:
        found = [{"id": ID, "candidate": {"name": "x" * 40}, "job": {"id": OTHER, "title": "Staff"}}] * 50
        text = render(records.Application, found, max_characters=3_000)
        assert len(text) <= 3_000
        assert f"# job job_id|job\n1 {short(OTHER)}|Staff\n# 50 records; too long: part 1 of" in text


class TestPlaces:
    @pytest.mark.parametrize(
        ("components", "said"),
        [
            ([("Country", "France"), ("City", "Paris")], "Paris, France"),
            ([("Country", "United States"), ("Region", "California")], "California, United States"),
            ([("City", "Paris"), ("Region", "Somewhere")], "Paris"),
            ([("Country", "France"), ("New kind", "Montmartre"), ("City", "Paris")], "Paris, Montmartre, France"),
            ([], "United States, California"),
        ],
    )
    def test_are_the_city_and_the_country(self, components: list[tuple[str, str]], said: str) -> None:
        location = {
            "locationSummary": "United States, California",
            "locationComponents": [{"type": kind, "name": name} for kind, name in components],
        }
        assert cells(records.Candidate, [{"id": ID, "location": location}], "email") == [f"-, {said}"]

    def test_are_not_taken_for_positions(self) -> None:
        work: list[dict[str, Any]] = [
            {"position": "Berlin"}, {"location": {"locationSummary": "Berlin"}}, {"company": "Berlin"},
            {"position": "Head, Berlin"}, {"position": "Head", "location": {"locationSummary": "Berlin"}},
            {"position": "Head at X"}, {"position": "Head", "company": "X"}, {"company": "X", "position": "at X"},
        ]  # fmt: skip
        assert len({*cells(records.Candidate, [{"id": ID, **it} for it in work], "email")}) == len(work)

    def test_of_no_primary_address_are_another_address(self) -> None:
        candidate = {"id": ID, "emailAddresses": [{"value": "alt@work.example"}]}
        assert cells(records.Candidate, [candidate], "email") == ["alt@work.example"]


class TestNull:
    @pytest.mark.parametrize(
        ("kind", "key", "column", "told"),
        [
            (records.JobPosting, "isListed", "listed", {True: "listed", False: "unlisted", None: "unknown"}),
            (records.User, "isEnabled", "state", {True: "", False: "deactivated", None: "unknown"}),
            (records.Job, "confidential", "visible", {True: "confidential", False: "", None: "unknown"}),
            (records.Tag, "isArchived", "state", {True: "archived", False: "", None: "unknown"}),
            (records.Candidate, "applicationIds", "application_ids", {None: "unknown"}),
        ],
    )
    def test_is_neither_yes_nor_no_in_a_row(self, kind: type, key: str, column: str, told: dict[Any, str]) -> None:
        for value, said in told.items():
            assert cells(kind, [{"id": ID, "title": "T", "firstName": "T", key: value}], column) == [said]

    @pytest.mark.parametrize(
        ("kind", "column"),
        [
            (records.JobPosting, "listed"),
            (records.Application, "status"),
            (records.User, "state"),
            (records.Candidate, "application_ids"),
        ],
    )
    def test_is_what_is_missing_where_blank_would_say_that_all_is_well(self, kind: type, column: str) -> None:
        assert cells(kind, [{"id": ID, "title": "T", "firstName": "T"}], column) == ["unknown"]

    @pytest.mark.parametrize("key", ["isListed", "isEnabled", "confidential", "applicationIds", "hasX"])
    def test_is_unknown_in_a_record(self, key: str) -> None:
        assert render(None, {key: None}).split("\n")[1:][0].endswith(": unknown")
        assert "unknown" not in render(None, {"archivedAt": None, "island": None, "title": "T"})

    def test_is_not_none(self) -> None:
        assert render(None, {"applicationIds": []}).endswith("application_ids: (none)")

    def test_of_a_flag_is_not_read_like_no(self) -> None:
        for key in ("isArchived", "isRemote", "isDebrief", "confidential"):
            assert len({render(None, {key: value}) for value in (True, False, None)}) == 3


class TestSmallObjects:
    @pytest.mark.parametrize(
        "entry",
        [
            {"id": OTHER, "name": "Ada", "primaryEmailAddress": {"value": "a@x.example"}},
            {"id": OTHER, "title": "Jane", "isArchived": True, "sourceType": {"title": "Agency"}},
            {"id": OTHER, "text": "Compensation", "reasonType": "Other"},
            {"id": OTHER, "title": "Onsite", "type": "Active", "orderInInterviewPlan": 2},
            {"id": OTHER, "firstName": "Jo", "lastName": "Li", "email": "jo@x.example", "isEnabled": True},
            {"id": OTHER, "locationSummary": "Paris"},
        ],
        ids=lambda entry: next(key for key in entry if key != "id"),
    )
    def test_lose_nothing_to_a_key_that_is_not_known(self, entry: dict[str, Any]) -> None:
        for key in ("someone", "source"):
            before = render(None, {key: entry}).split("\n")
            after = render(None, {key: {**entry, "newKey": "new value"}}).split("\n")
            assert after == [*before, "  new key: new value"]
            listed_after = render(None, {key: [{**entry, "newKey": "new value"}]}).split("\n")
            assert listed_after == [*render(None, {key: [entry]}).split("\n"), "    new key: new value"]

    @pytest.mark.parametrize(
        "key", ["emailAddresses", "phoneNumbers", "socialLinks", "fileHandles", "applicationHistory"]
    )
    def test_on_one_line_lose_nothing_to_a_key_that_is_not_known(self, key: str) -> None:
        assert "new key: new value" in render(None, {key: [{"value": "x", "newKey": "new value"}]})

    def test_of_people_keep_their_keys(self) -> None:
        text = render(None, {"extraData": {"zoomRoomA": "1", "a: b": {"c": "d"}}})
        assert text.split("\n")[1:] == ["extra data:", "  zoomRoomA: 1", '  "a: b": c: d']

    def test_of_a_kind_keep_their_own_facts(self) -> None:
        job = {"id": OTHER, "title": "Staff Engineer", "departmentId": ID}
        text = render(records.Application, {"id": ID, "job": job})
        assert text.split("\n")[2:] == [f"job: Staff Engineer (job_id {short(OTHER)})", f"  department_id: {short(ID)}"]
