"""Tells if a run goes on from where its thread stood, or from an earlier checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple

from langchain_ashby.agent.run.runtime import read_either_way, run_checkpointer, run_configurable


def goes_on() -> bool:
    """True if each checkpoint of this run follows the one that was saved right before it, here or around the agent.

    If not, the thread went another way before, and this run knows nothing of what was written there. `update_state` on
    an earlier checkpoint makes one that looks like any other, but for its parent; a graph around the agent can also be
    run from an earlier checkpoint, of which the agent is not told.
    """
    saver, configurable = run_checkpointer(), run_configurable()
    if saver is None:
        return False
    thread: RunnableConfig = {"configurable": {"thread_id": configurable.get("thread_id"), "checkpoint_ns": ""}}
    expected, has_begun = (configurable.get("checkpoint_map") or {}).get(""), False
    before: RunnableConfig | None = None
    while page := _page(saver, thread, before):
        for it in page:
            if it.checkpoint["id"] != expected:
                return False
            source = it.metadata.get("source")
            if it.parent_config is None or (has_begun and source not in ("update", "fork")):
                return True
            has_begun = has_begun or source == "input"
            expected = it.parent_config["configurable"]["checkpoint_id"]
        before = page[-1].config
    return False


def _page(
    saver: BaseCheckpointSaver[Any], thread: RunnableConfig, before: RunnableConfig | None
) -> Sequence[CheckpointTuple]:
    async def apage() -> list[CheckpointTuple]:
        return [it async for it in saver.alist(thread, before=before, limit=_PAGE)]

    return read_either_way(lambda: list(saver.list(thread, before=before, limit=_PAGE)), apage) or []


_PAGE = 20
