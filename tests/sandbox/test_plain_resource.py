"""A plain resource takes a few lines; its methods are registered and served like all others."""

from collections.abc import Iterator

import pytest
from caller import Caller
from small_company import ident

from langchain_ashby.sandbox import AshbySandbox
from langchain_ashby.sandbox.filters import INCLUDE_ARCHIVED
from langchain_ashby.sandbox.methods import METHODS
from langchain_ashby.sandbox.methods.candidates import CANDIDATES
from langchain_ashby.sandbox.records import CandidateTag, JobTemplate, Source
from langchain_ashby.sandbox.resource import Resource
from langchain_ashby.sandbox.statement import Nullable, Text, Uuid

CARA, PYTHON = ident("Cara Ruiz"), ident("python")


@pytest.fixture(autouse=True)
def _methods() -> Iterator[None]:
    before = dict(METHODS)
    METHODS.clear()  # the sandbox may have some of these methods, too
    sources = Resource(Source, "hiringProcessMetadata")
    sources.info("source.info")
    sources.create("source.create", {"title": Text()})
    sources.update("source.update", optional={"title": Text()})
    sources.archive("source.archive")
    sources.archive("source.restore", to=False)
    Resource(JobTemplate, "jobs").list("jobTemplate.list", INCLUDE_ARCHIVED)
    CANDIDATES.remove("candidate.removeTag", "tagId", CandidateTag)
    CANDIDATES.update("candidate.setSource", {"sourceId": Nullable(Uuid(of=Source))})
    METHODS.update(before | METHODS)
    yield
    METHODS.clear()
    METHODS.update(before)


def test_a_record_is_created_with_the_defaults_of_its_kind(call: Caller) -> None:
    created = call("source.create", title="Fair")
    assert created == {"id": created["id"], "title": "Fair", "isArchived": False}
    assert call("source.info", sourceId=created["id"]) == created
    assert created in call("source.list")


def test_a_record_is_updated_archived_and_restored(call: Caller) -> None:
    source_id = ident("referral")
    assert call("source.update", sourceId=source_id, title="Friends")["title"] == "Friends"
    assert call("source.archive", sourceId=source_id)["isArchived"]
    assert source_id not in [source["id"] for source in call("source.list")]
    assert not call("source.restore", sourceId=source_id)["isArchived"]
    assert source_id in [source["id"] for source in call("source.list")]


def test_a_reference_is_removed_once_and_only_from_the_candidate_that_has_it(call: Caller) -> None:
    call("candidate.addTag", candidateId=CARA, tagId=PYTHON)
    assert call("candidate.removeTag", candidateId=CARA, tagId=PYTHON)["tags"] == []
    before = call.sandbox.state()
    assert call("candidate.removeTag", candidateId=CARA, tagId=PYTHON)["tags"] == []
    assert call.sandbox.state() == before
    assert call.refused("candidate.removeTag", candidateId=CARA, tagId=CARA).startswith("invalid_input tagId")
    assert call.refused("candidate.removeTag", candidateId=PYTHON, tagId=PYTHON).startswith("candidate_not_found")


def test_a_field_that_the_request_does_not_have_or_lacks_is_refused(call: Caller) -> None:
    before = call.sandbox.state()
    assert "colour" in call.refused("source.create", title="Fair", colour="red")
    assert "title" in call.refused("source.create")
    assert "includeAll" in call.refused("jobTemplate.list", includeAll=True)
    assert "tagId" in call.refused("candidate.removeTag", candidateId=CARA)
    assert call.sandbox.state() == before


def test_a_read_needs_the_permission_to_read_and_a_write_the_one_to_write(sandbox: AshbySandbox) -> None:
    reader = Caller(sandbox, sandbox.add_key(permissions=["hiringProcessMetadataRead"]))
    assert reader("source.info", sourceId=ident("referral"))
    for endpoint in ("source.create", "source.archive", "jobTemplate.list", "candidate.removeTag"):
        assert reader.post(endpoint, {}).status_code == 403


def test_a_list_has_pages_and_sync_tokens(call: Caller) -> None:
    assert "syncToken" in call.envelope("jobTemplate.list", limit=1)


def test_a_reference_is_set_if_it_exists_and_null_clears_it(call: Caller) -> None:
    assert call("candidate.setSource", candidateId=CARA, sourceId=ident("referral"))["source"]["title"] == "Referral"
    assert call.refused("candidate.setSource", candidateId=CARA, sourceId=PYTHON).startswith("invalid_input sourceId")
    assert "source" not in call("candidate.setSource", candidateId=CARA, sourceId=None)
