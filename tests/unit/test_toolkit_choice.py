"""The choice of a toolkit's tools, and which of them need approval."""

from typing import Any

import pytest

from langchain_ashby import AshbyClient, AshbyToolkit, errors
from langchain_ashby.endpoint import Access
from langchain_ashby.endpoints import BY_DEFAULT, OPERATIONS, TOOLSETS

WRITES = [name for name, operation in BY_DEFAULT.items() if operation.access is Access.WRITE]


class TestToolkit:
    client = AshbyClient("key")

    def names(self, **chosen: Any) -> list[str]:
        return [tool.name for tool in AshbyToolkit(self.client, **chosen).get_tools()]

    def test_chooses_by_toolset(self) -> None:
        assert self.names(toolsets=["offers", "jobs"]) == [*TOOLSETS["jobs"], *TOOLSETS["offers"]]
        assert self.names(toolsets=[]) == []

    def test_has_the_tools_that_come_on_request_by_toolset_by_name_or_all(self) -> None:
        assert "ashby_list_close_reasons" not in self.names()
        assert "ashby_list_close_reasons" in self.names(toolsets=["openings"])
        assert self.names(include=["ashby_list_close_reasons"]) == ["ashby_list_close_reasons"]
        assert self.names(toolsets="all") == list(OPERATIONS)
        assert self.names(toolsets="all", exclude=["ashby_list_jobs"], read_only=True) == [
            name for name, it in OPERATIONS.items() if it.access is Access.READ and name != "ashby_list_jobs"
        ]

    def test_chooses_what_changes_nothing(self) -> None:
        assert self.names(read_only=True) == [name for name in BY_DEFAULT if name not in WRITES]

    def test_chooses_by_name_and_keeps_the_order(self) -> None:
        assert self.names(include=["ashby_get_job", "ashby_list_jobs"]) == ["ashby_list_jobs", "ashby_get_job"]
        assert self.names(exclude={"ashby_get_job"}) == [name for name in BY_DEFAULT if name != "ashby_get_job"]
        assert self.names(exclude=[]) == list(BY_DEFAULT)
        assert self.names(include=[]) == []

    def test_combines_its_choices(self) -> None:
        chosen = self.names(
            toolsets=iter(["jobs"]), read_only=True, exclude=["ashby_get_job"], include=iter(list(TOOLSETS["jobs"])[:8])
        )
        assert chosen == ["ashby_list_jobs", "ashby_search_jobs", "ashby_list_job_postings", "ashby_get_job_posting"]

    @pytest.mark.parametrize(
        ("chosen", "says"),
        [
            ({"toolsets": ["candidate"]}, "There is no toolset 'candidate'. Did you mean candidates"),
            ({"toolsets": ["zzz"]}, "There is no toolset 'zzz'. Choose from candidates, applications, jobs, "),
            ({"include": ["zzz"]}, "There is no tool 'zzz'. Choose from the names that `langchain-ashby tools` lists."),
            ({"include": ["ashby_list_job"]}, "There is no tool 'ashby_list_job'. Did you mean ashby_list_jobs"),
            ({"exclude": ["list_jobs"]}, "There is no tool 'list_jobs'. Did you mean ashby_list_jobs"),
            ({"toolsets": "jobs"}, "toolsets takes a list of names, not 'jobs'. Try ['jobs']."),
            ({"exclude": "ashby_get_job"}, "exclude takes a list of names"),
            ({"private": True}, "private takes a list of names, not True. Try ['"),
            ({"mirror": "sqlite:///m.db"}, "mirror takes a Mirror, not str. Give mirror=Mirror(url, client)."),
        ],
    )
    def test_suggests_what_may_have_been_meant(self, chosen: dict[str, Any], says: str) -> None:
        with pytest.raises(errors.ConfigurationError) as caught:
            AshbyToolkit(self.client, **chosen)
        assert says in str(caught.value)

    def test_without_a_client_needs_a_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(errors.MissingAPIKeyError):
            AshbyToolkit()
        monkeypatch.setenv("ASHBY_API_KEY", "from-the-environment")
        assert AshbyToolkit().get_tools()

    def test_asks_for_approval_of_exactly_the_writes(self) -> None:
        assert AshbyToolkit(self.client).interrupt_on() == dict.fromkeys(WRITES, True)
        assert AshbyToolkit(self.client, read_only=True).interrupt_on() == {}

    def test_asks_for_approval_of_an_unknown_tool(self) -> None:
        toolkit = AshbyToolkit(self.client, include=["ashby_list_jobs"])
        for hint in ({}, {"readOnlyHint": "true"}, {"readOnlyHint": 1}, None):
            toolkit.get_tools()[0].metadata = hint
            assert toolkit.interrupt_on() == {"ashby_list_jobs": True}

    def test_gives_its_tools_in_a_list_of_ones_own(self) -> None:
        toolkit = AshbyToolkit(self.client)
        toolkit.get_tools().clear()
        assert len(toolkit.get_tools()) == len(BY_DEFAULT)
