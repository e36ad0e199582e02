"""Rules that the declarations of all tools keep."""

import re

import pytest
from pydantic import BaseModel

import langchain_ashby
from langchain_ashby import AshbyClient, AshbyToolkit, endpoints
from langchain_ashby.bulk import Bulk
from langchain_ashby.endpoint import Access, Arguments, Endpoint
from langchain_ashby.endpoints import BY_DEFAULT, OPERATIONS
from langchain_ashby.endpoints import internal as steps
from langchain_ashby.errors import MissingAPIKeyError


class TestNames:
    def test_are_taken_by_every_provider(self) -> None:
        assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in OPERATIONS)

    def test_belong_to_one_method_each(self) -> None:
        # The context reads several things, and a bulk write is many of another.
        own = (it for it in OPERATIONS.values() if it.tool_name() != "ashby_get_context" and not issubclass(it, Bulk))
        paths = [operation.path for operation in own]
        assert len(set(paths)) == len(paths)
        assert all(re.fullmatch(r"[a-z][A-Za-z]+\.[a-z][A-Za-z]+", path) for path in paths)

    def test_of_the_classes_can_be_imported_together(self) -> None:
        for operation in OPERATIONS.values():
            assert getattr(endpoints, operation.__name__) is operation


class TestDeclaration:
    def test_has_its_own_description_of_at_most_two_sentences(self) -> None:
        for name, operation in OPERATIONS.items():
            assert "__doc__" in vars(operation), name
            text = operation.tool_description()
            assert 15 <= len(text) <= 260, name
            assert text[0].isupper(), name
            assert text.endswith("."), name
            assert "\n" not in text, name
            assert len(re.findall(r"[.!?](?= [A-Z]|$)", text)) <= 2, name

    def test_has_a_title(self) -> None:
        for name, operation in OPERATIONS.items():
            assert operation.tool_name() == f"ashby_{operation.tool_title().lower().replace(' ', '_')}", name

    def test_names_permissions_as_ashby_spells_them_that_fit_its_access(self) -> None:
        """Which one a method needs, tests/contract knows."""
        for name, operation in OPERATIONS.items():
            assert all(re.fullmatch(r"[a-z][A-Za-z]+(Read|Write)", it) for it in operation.permissions()), name
            assert operation.permission.endswith("Write") is (operation.access is Access.WRITE), name

    def test_that_reads_is_neither_destructive_nor_unsafe_to_repeat(self) -> None:
        for name, operation in OPERATIONS.items():
            if operation.access is Access.READ:
                assert not operation.destructive, name
                assert operation.idempotent, name
                assert all(step.access is Access.READ for step in operation.steps), name

    def test_is_frozen_and_takes_nothing_unknown(self) -> None:
        for name, operation in OPERATIONS.items():
            assert operation.model_config.get("frozen") is True, name
            assert operation.model_config.get("extra") == "forbid", name

    def test_names_only_its_own_fields_as_alternatives(self) -> None:
        for name, operation in OPERATIONS.items():
            assert {*operation.exactly_one, *operation.at_least_one} <= set(operation.model_fields), name
            required = {name for name, field in operation.model_fields.items() if field.is_required()}
            assert not required & {*operation.exactly_one, *operation.at_least_one}, name


def test_the_metadata_says_what_a_tool_does() -> None:
    tools = {tool.name: tool.metadata for tool in AshbyToolkit(AshbyClient("key"), toolsets="all").get_tools()}
    assert tools == {
        name: {
            "title": operation.tool_title(),
            "readOnlyHint": operation.access is Access.READ,
            "destructiveHint": operation.destructive,
            "idempotentHint": operation.idempotent,
            "openWorldHint": True,
            "ashby": {
                "endpoint": operation.path,
                "permission": operation.permission,
                "toolset": operation.toolset(),
                "risk": "none" if operation.access is Access.READ else "medium" if operation.destructive else "low",
            },
        }
        for name, operation in OPERATIONS.items()
    }


def test_who_has_no_key_is_told_every_permission_that_the_tools_need() -> None:
    with pytest.raises(MissingAPIKeyError) as raised:
        AshbyClient("")
    told = set(re.findall(r"\b[a-z][A-Za-z]+(?:Read|Write)\b", str(raised.value.remedy)))
    needed = {permission for operation in BY_DEFAULT.values() for permission in operation.permissions()}
    assert told == needed | {"apiKeysRead"}


def test_every_class_of_arguments_says_what_it_is() -> None:
    def below(kind: type[BaseModel]) -> list[type[BaseModel]]:
        return [each for child in kind.__subclasses__() for each in (child, *below(child))]

    named = [
        kind for kind in below(Arguments) if "[" not in kind.__name__ and kind.__module__.startswith("langchain_ashby")
    ]
    assert len(named) > 70
    assert [kind.__name__ for kind in named if not vars(kind).get("__doc__")] == []


def test_the_steps_are_no_tools() -> None:
    known = [thing for thing in vars(steps).values() if isinstance(thing, type) and issubclass(thing, Endpoint)]
    assert not {step.__name__ for step in known} & {operation.__name__ for operation in OPERATIONS.values()}


def test_arguments_follow_ashbys_spelling() -> None:
    """The wire's key is the argument in camelCase, except for ids with another name on the wire."""
    renamed = {
        (operation.path, name, field.serialization_alias)
        for operation in OPERATIONS.values()
        for name, field in operation.model_fields.items()
        if field.serialization_alias != re.sub("_(.)", lambda match: match[1].upper(), name)
    }
    assert renamed == {
        ("candidate.info", "candidate_id", "id"),
        ("job.info", "job_id", "id"),
        ("interviewSchedule.cancel", "interview_schedule_id", "id"),
        ("interview.info", "interview_id", "id"),
        *(
            (path, "department_id", "teamId")
            for path in ("job.create", "job.update", "opening.create", "opening.update")
        ),
    }


def test_the_public_names_are_there() -> None:
    assert set(dir(langchain_ashby)) >= {"AshbyClient", "AshbyError", "AshbyToolkit", "create_recruiting_agent"}
    with pytest.raises(AttributeError, match="no attribute 'AshbyCandidate'"):
        _ = langchain_ashby.AshbyCandidate
