"""The toolkit's description of its costs, and its settings for result size and deferred loading."""

import re
from pathlib import Path
from typing import Any

import pytest
from every_answer import desk
from langchain_core.utils.function_calling import convert_to_openai_tool
from promised import TOKEN_BUDGET, TOKEN_BUDGET_OF_READS, TOKEN_BUDGETS, TOKEN_BUDGETS_OF_WHOLE_TOOLSETS
from recorder import Recorder, failure

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.endpoints import OPERATIONS, TOOLSETS
from langchain_ashby.errors import ConfigurationError
from langchain_ashby.ids import canonical
from langchain_ashby.toolkit.cost import CHARACTERS_PER_TOKEN, Cost

CLIENT = AshbyClient("key")


def test_says_what_each_tool_and_toolset_costs() -> None:
    costs = AshbyToolkit(CLIENT, toolsets="all").describe()
    assert [tool.name for tool in costs.tools] == list(OPERATIONS)
    assert list(costs.toolsets) == list(TOOLSETS)
    assert sum(tool.cost.characters for tool in costs.tools) == costs.total.characters
    assert sum(cost.characters for cost in costs.toolsets.values()) == costs.total.characters
    assert costs.total == Cost(costs.total.characters, round(costs.total.characters / CHARACTERS_PER_TOKEN))


def test_says_it_of_its_own_tools_only() -> None:
    costs = AshbyToolkit(CLIENT, toolsets=["offers"], read_only=True, exclude=["ashby_list_approvals"]).describe()
    assert [(tool.name, tool.toolset, tool.access) for tool in costs.tools] == [
        ("ashby_list_offers", "offers", "read"),
        ("ashby_get_offer", "offers", "read"),
    ]
    assert list(costs.toolsets) == ["offers"]


@pytest.mark.parametrize("toolset", TOOLSETS)
def test_the_definitions_of_a_toolset_stay_within_its_token_budget(toolset: str) -> None:
    """Estimated; `python -m benchmarks.tokens` counts."""
    by_default = AshbyToolkit(CLIENT).describe().toolsets.get(toolset, Cost(0, 0)).tokens
    whole = AshbyToolkit(CLIENT, toolsets=[toolset]).describe().total.tokens
    for cost, budget in ((by_default, TOKEN_BUDGETS), (whole, TOKEN_BUDGETS_OF_WHOLE_TOOLSETS)):
        how = "if this is meant, raise its budget in tests/promised_tools.json"
        assert cost <= budget.get(toolset, 0), f"{toolset}: {cost} tokens; {how}"


def test_all_tools_together_stay_within_their_token_budget() -> None:
    how = "if this is meant, raise {} in tests/promised_tools.json"
    cost = AshbyToolkit(CLIENT).describe().total.tokens
    assert cost <= TOKEN_BUDGET, f"all tools: {cost} tokens; {how.format('token_budget')}"
    reads = AshbyToolkit(CLIENT, read_only=True).describe().total.tokens
    assert reads <= TOKEN_BUDGET_OF_READS, f"all reads: {reads} tokens; {how.format('token_budget_of_reads')}"


def test_marks_tools_for_a_providers_tool_search_on_request() -> None:
    assert all(tool.extras is None for tool in AshbyToolkit(CLIENT).get_tools())
    deferred = AshbyToolkit(CLIENT, defer_loading=True).get_tools()
    assert all(tool.extras == {"defer_loading": True} for tool in deferred)
    # The mark is for the provider's converter, not for the schema.
    assert "defer_loading" not in str([convert_to_openai_tool(tool) for tool in deferred])


@pytest.mark.parametrize("most", [0, -1, 1_999])
def test_refuses_a_cap_that_holds_no_record(most: int) -> None:
    with pytest.raises(ConfigurationError, match="max_characters takes 2000 or more"):
        AshbyToolkit(CLIENT, max_characters=most)


def test_a_capped_listing_can_be_read_to_its_end_as_it_says(tmp_path: Path) -> None:
    with desk(tmp_path) as somebody:
        everybody = [it["id"] for it in somebody.call("list_candidates")]
    seen: list[str] = []
    with desk(tmp_path, max_characters=4_000) as somebody:
        arguments: dict[str, Any] = {"limit": 40}
        while arguments:
            somebody.call("list_candidates", **arguments)
            text = somebody.answers["list_candidates"].text
            assert len(text) <= 4_000
            rows = text.partition("# letter stands for")[0].split("\n")
            seen += [canonical(it.split(" ")[0]) for it in rows if it and not it.startswith("#")]
            more = re.search(r"more: cursor=(\S+)", text)
            arguments = {"limit": 40, "cursor": more[1]} if more else {}
    assert seen == everybody


def test_a_listing_that_is_filtered_or_incremental_can_be_read_on_as_it_says(tmp_path: Path) -> None:
    with desk(tmp_path) as somebody:
        first: dict[str, Any] = {"status": "Active", "limit": 2}
        everything = [it["id"] for it in somebody.call("list_applications", status="Active")]
        seen, arguments = [], first
        while arguments:
            seen += [it["id"] for it in somebody.call("list_applications", **arguments)]
            message = somebody.answers["list_applications"]
            more = re.search(r"more: cursor=(\S+)(?: with the same (.*))?$", message.text, re.MULTILINE)
            same = {name: first[name] for name in (more[2] or "").split(", ") if name} if more else {}
            arguments = {"cursor": more[1], **same} if more else {}
        assert seen == everything
        assert len(seen) > 2


def test_refusals_by_ashby_name_the_arguments() -> None:
    said = "archiveReasonId: is needed; archiveEmail.sendAt: is past; somethingElse, iPhone and LinkedIn stay"
    with Recorder() as recorder, AshbyClient("key", recorder.url) as client:
        recorder.answers["application.changeStage"] = [failure("invalid_input", said)]
        [tool] = AshbyToolkit(client, include=["ashby_change_application_stage"]).get_tools()
        ids = dict.fromkeys(["application_id", "interview_stage_id"], "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11")
        message = tool.invoke({"type": "tool_call", "name": tool.name, "args": ids, "id": "1"})
    assert message.status == "error"
    assert message.content == (
        "invalid_input: archive_reason_id: is needed; archive_email.send_at: is past; "
        "somethingElse, iPhone and LinkedIn stay."
    )
