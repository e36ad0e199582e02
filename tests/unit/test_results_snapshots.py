"""Every kind of result as a model reads it, one text file each in `snapshots/results`; review them with its eyes.

After an intended change: `make regenerate`, or `UPDATE_SNAPSHOTS=1 pytest tests/unit/test_results_snapshots.py`.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from every_answer import Answers, desk, every_answer
from examples import EXAMPLES
from snapshot import check, check_folder

from langchain_ashby import records
from langchain_ashby.bulk import Bulk
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.results.columns import COLUMNS

SNAPSHOTS = Path(__file__).parent / "snapshots" / "results"

CASES = [
    *(name.removeprefix("ashby_") for name in EXAMPLES),
    "get_application, expanded",
    "get_candidate, given an application's id",
    "get_application, given a candidate's id",
    "get_job, given a posting's id",
    "get_interview_stage, given a plan's id",
    "get_candidate, given an unknown id",
    "list_candidates, with a strange sync token",
    "submit_application_feedback, without values",
]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    uploads = tmp_path_factory.mktemp("uploads")
    days = [_today()]
    with desk(uploads) as somebody:
        given = every_answer(somebody)
    days.append(_today())
    return {name: _timeless(message.text, days) for name, message in given.items()}


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _timeless(text: str, days: list[str]) -> str:
    """The text without its changing parts: tokens, and the dates of new records."""
    text = re.sub(r"(cursor|sync_token)=\S+", r"\1=…", text)
    for day in days:
        text = re.sub(f"{day}T\\d\\d:\\d\\dZ", "<now>", text).replace(day.replace("-", ""), "<today>")
        text = re.sub(f"[A-Z][a-z]+day {day}", "<today>", text)
        text = re.sub(r"expires=\d+", "expires=<soon>", text)
    return text


def file_name(case: str) -> str:
    """A case as the name of a file, without commas, apostrophes and spaces."""
    return re.sub(r"[^a-z]+", "_", case.replace("'s", "")) + ".txt"


@pytest.mark.parametrize("name", CASES)
def test_a_model_reads_what_it_read_before(name: str, answers: dict[str, str]) -> None:
    check(SNAPSHOTS / file_name(name), answers[name] + "\n")


def test_every_tool_answered_and_only_what_should_be_refused_was(answers: dict[str, str]) -> None:
    refused = {name for name, text in answers.items() if not text.startswith("# ")}
    assert refused == {name for name in CASES if re.search(", (given|with)", name)}


def test_there_is_a_file_for_every_answer_and_no_other(answers: dict[str, str]) -> None:
    assert answers.keys() == set(CASES)
    check_folder(SNAPSHOTS, map(file_name, CASES))


def test_every_kind_of_record_has_its_columns() -> None:
    kinds = {operation.record() for operation in OPERATIONS.values() if not issubclass(operation, Bulk)}
    in_rows = {it.record() for it in OPERATIONS.values() if it.record() and not it.path.endswith(".info")}
    assert in_rows <= COLUMNS.keys() <= kinds
    assert None not in kinds
    assert records.Candidate in kinds


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    with desk(tmp_path_factory.mktemp("uploads"), private=["client", "surveys", "fields", "compensation"]) as somebody:
        somebody.reads()
        return somebody.answers


def test_a_result_is_much_shorter_than_its_json(read: Answers) -> None:
    """A guard on characters; `python -m benchmarks.tokens` counts tokens."""
    sizes = {name: (len(message.text), len(_json(message.artifact["results"]))) for name, message in read.items()}
    assert {name: size for name, size in sizes.items() if size[0] > size[1] and size[1] > 2_000} == {}
    text, raw = (sum(column) for column in zip(*sizes.values(), strict=True))
    assert text < 0.25 * raw


def test_a_page_of_25_candidates_is_a_fifteenth_of_its_json(read: Answers) -> None:
    message = read["list_candidates"]
    assert len(message.text) < 4_200  # about 1,400 tokens
    assert len(message.text) < 0.07 * len(_json(message.artifact["results"]))


def _json(results: object) -> str:
    return json.dumps(results, ensure_ascii=False)
