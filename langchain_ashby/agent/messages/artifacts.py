"""The artifacts of a run's answers: they go to whoever runs the agent, and into no checkpoint.

An artifact is Ashby's JSON: ten times as long as the text that the model reads, and full of personal data that no later
step needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langchain_core.messages import ToolMessage
from langgraph.config import get_config

Artifacts = dict[str, Any]
"""Maps the ids of answers to their artifacts."""

_ARTIFACTS = "__langchain_ashby_artifacts"


def collecting(configurable: Mapping[str, Any]) -> tuple[dict[str, Any], Artifacts]:
    """Returns the configurable of a run, and where its artifacts will be."""
    artifacts: Artifacts = {}
    return {**configurable, _ARTIFACTS: artifacts}, artifacts


def set_aside(answer: ToolMessage) -> ToolMessage:
    """Returns an answer as the thread keeps it, and leaves its artifact to the run."""
    if answer.artifact is None:
        return answer
    artifacts = (get_config().get("configurable") or {}).get(_ARTIFACTS)
    if artifacts is not None:
        artifacts[answer.id] = answer.artifact
    # A copy: a stream may still hold the message.
    return answer.model_copy(update={"artifact": None})


def with_artifacts(output: Any, artifacts: Artifacts) -> Any:
    """Returns a run's output with the artifacts on its answers. The state's own messages stay as they are."""
    if not artifacts:
        return output
    if isinstance(output, ToolMessage):
        found = artifacts.get(str(output.id)) if output.artifact is None else None
        return output if found is None else output.model_copy(update={"artifact": found})
    if isinstance(output, dict):
        return {key: with_artifacts(value, artifacts) for key, value in output.items()}
    if isinstance(output, list):
        return [with_artifacts(it, artifacts) if isinstance(it, _HOLDERS) else it for it in output]
    if type(output) is tuple:
        return tuple(with_artifacts(value, artifacts) for value in output)
    return output


_HOLDERS = (ToolMessage, dict, list, tuple)
"""The types of an answer and of what may hold one; most messages are none of these."""
