"""What the model is sent of a long conversation: as much as fits into its window.

The thread keeps everything. First the results of earlier reads are cleared: their calls stay, and the model can make
them again. Then the oldest turns are left out, whole, so that no call is without its answer. What is left out changes
only when the window is full again, because providers cache the beginning of a conversation.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple, Protocol

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, ToolMessage

from langchain_ashby.agent.messages.history import calls_of
from langchain_ashby.agent.messages.tool_messages import NOT_EXECUTED, OUTCOME_UNKNOWN, Call

TokenCounter = Callable[[Sequence[BaseMessage]], int]

DEFAULT_WINDOW = 100_000
"""The window in tokens if neither the application nor the model's profile gives one."""


class ContextEdit(Protocol):
    """A change to what the model is sent, such as LangChain's `ClearToolUsesEdit`, or an application's summary."""

    def apply(self, messages: list[AnyMessage], *, count_tokens: TokenCounter) -> None:
        """Edits the list in place. The thread is not changed.

        Args:
            messages: What would be sent, without the instructions.
            count_tokens: Estimates the tokens of messages.
        """
        ...


@dataclass(frozen=True)
class ContextWindow:
    """How much of a conversation a model is sent.

    Attributes:
        max_tokens: The window in tokens, including the instructions, the tools' definitions and the reply; None for
            the one in the model's profile.
        edits: The application's own changes, made first.
        can_be_read_again: True for the name of a tool that only reads.
    """

    max_tokens: int | None
    edits: Sequence[ContextEdit]
    can_be_read_again: Callable[[str], bool]

    def fit(self, messages: Sequence[AnyMessage], model: BaseChatModel, besides: int, part: float) -> Fitted:
        """Returns the part of a conversation that fits.

        Args:
            messages: The conversation, with an answer to each call.
            model: The model that it is for.
            besides: The tokens of what else is sent: the instructions and the definitions of the tools.
            part: The part of the window to fill.
        """
        told = ""
        if self.edits:
            edited = [message.model_copy() for message in messages]
            for edit in self.edits:
                edit.apply(edited, count_tokens=tokens)
            messages, told = self._with_outcomes(edited, messages)
        window = self.max_tokens or (model.profile or {}).get("max_input_tokens") or DEFAULT_WINDOW
        room = int((window - besides - min(_REPLY, window // 4)) * part)
        found = fitted(messages, max(room, _LEAST), self.can_be_read_again)
        return found._replace(note=f"{told}{found.note}")

    def _with_outcomes(self, edited: list[AnyMessage], before: Sequence[AnyMessage]) -> tuple[list[AnyMessage], str]:
        """Restores the outcomes of writes that an edit has changed, and returns what to say of those it removed."""
        outcomes = {
            it.tool_call_id: it
            for it in before
            if isinstance(it, ToolMessage) and not self.can_be_read_again(str(it.name))
        }
        restored = [outcomes.get(it.tool_call_id, it) if isinstance(it, ToolMessage) else it for it in edited]
        left = {it.tool_call_id for it in restored if isinstance(it, ToolMessage)}
        gone = [it for it in before if not isinstance(it, ToolMessage) or it.tool_call_id not in left]
        return restored, _changes(gone, self.can_be_read_again)


class Fitted(NamedTuple):
    """What fits into a window.

    Attributes:
        messages: What is sent.
        left_out: The number of messages that are not sent, or are sent without their text.
        note: What to add to the instructions about them; empty if no turn is left out.
    """

    messages: list[AnyMessage]
    left_out: int
    note: str


def fitted(messages: Sequence[AnyMessage], room: int, can_be_read_again: Callable[[str], bool]) -> Fitted:
    """Returns the part of a conversation that fits.

    The latest turn always stays. If it alone is too long, its longest results are cut.

    Args:
        messages: The conversation, with an answer to each call.
        room: The tokens that it may take.
        can_be_read_again: True for the name of a tool that only reads.
    """
    sizes = [tokens([it]) for it in messages]
    if sum(sizes) <= room:
        return Fitted([*messages], 0, "")
    # A short result would be longer if it were cleared.
    clearable = [
        isinstance(it, ToolMessage) and size > _STUB and can_be_read_again(str(it.name))
        for it, size in zip(messages, sizes, strict=True)
    ]
    # Running totals: of whole messages, and of messages whose results are cleared.
    whole = [0, *accumulate(sizes)]
    light = [0, *accumulate(min(size, _STUB) if it else size for size, it in zip(sizes, clearable, strict=True))]
    turns = [0, *(place for place, it in enumerate(messages) if isinstance(it, HumanMessage))]
    start = cleared = 0

    def used(end: int, start: int, cleared: int) -> int:
        between = max(start, cleared)
        return light[between] - light[start] + whole[end] - whole[between]

    # Goes through the conversation as it grew, so that a longer one begins with the same messages.
    for end in range(1, len(messages) + 1):
        if used(end, start, cleared) <= room:
            continue
        results = [place for place in range(cleared, end) if clearable[place]]
        cleared = max(cleared, results[-_RESULTS_KEPT] if len(results) >= _RESULTS_KEPT else cleared)
        if used(end, start, cleared) > room * _ENOUGH:
            later = [turn for turn in turns if start <= turn < end]
            start = next((turn for turn in later if used(end, turn, cleared) <= room * _HALF), later[-1])
        if used(end, start, cleared) > room:
            cleared = max(cleared, end - 1)
    spoken = max((place for place, it in enumerate(messages) if isinstance(it, AIMessage)), default=-1)
    kept = [
        _cleared(it, was_read=place < spoken) if place < cleared and clearable[place] else it
        for place, it in enumerate(messages)
        if place >= start
    ]
    excess = used(len(messages), start, cleared) - room
    note = _NOTE.format(start, _changes(messages[:start], can_be_read_again)) if start else ""
    return Fitted(
        _cut(kept, excess, can_be_read_again) if excess > 0 else kept, start + sum(clearable[start:cleared]), note
    )


def tokens(messages: Iterable[BaseMessage]) -> int:
    """Estimates the tokens of messages, on the high side: ids and names have few letters per token."""
    return sum(_PER_MESSAGE + _weight(it.content) + _weight([call["args"] for call in calls_of(it)]) for it in messages)


def _weight(content: Any) -> int:
    if not content:
        return 0
    if not isinstance(content, str):
        images = sum(1 for it in content if isinstance(it, dict) and str(it.get("type")).startswith("image"))
        if images:
            return images * _PER_IMAGE + sum(_weight(it.get("text", "")) for it in content if isinstance(it, dict))
        content = json.dumps(content, ensure_ascii=False, default=str)
    others = 0 if content.isascii() else _beyond_ascii(content)
    return others + (len(content) - others) // _CHARACTERS_PER_TOKEN


@lru_cache(maxsize=1_000)
def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _cleared(message: AnyMessage, *, was_read: bool) -> AnyMessage:
    return message.model_copy(update={"content": _CLEARED if was_read else _TOO_MANY})


def _cut(messages: list[AnyMessage], excess: int, can_be_read_again: Callable[[str], bool]) -> list[AnyMessage]:
    """Cuts the longest results, where the text alone is too long for the window: reads first.

    Of a write's result at least the first line stays, which says what became of it.
    """
    shortened = [*messages]
    results = [
        place for place, it in enumerate(messages) if isinstance(it, ToolMessage) and isinstance(it.content, str)
    ]
    results.sort(key=lambda place: (not can_be_read_again(str(messages[place].name)), -tokens([messages[place]])))
    for place in results:
        if excess <= 0:
            break
        content, before = str(messages[place].content), tokens([messages[place]])
        is_read = can_be_read_again(str(messages[place].name))
        least = 0 if is_read else min(len(content.partition("\n")[0]), _FIRST_LINE)
        left = max(len(content) * max(before - excess - _STUB, 0) // before, least)
        if left < len(content):
            words = f"{content[:left]}\n{_TOO_LONG if is_read else _CUT_OUTCOME}"
            shortened[place] = messages[place].model_copy(update={"content": words})
            excess -= before - tokens([shortened[place]])
    return shortened


def _changes(gone: Sequence[AnyMessage], can_be_read_again: Callable[[str], bool]) -> str:
    """What the model has to know of the writes in messages that it is not sent."""
    calls = {call["id"]: call for it in gone for call in calls_of(it)}
    answers = [it for it in gone if isinstance(it, ToolMessage) and not can_be_read_again(str(it.name))]
    made = [it for it in answers if it.status == "success" and not it.text.startswith(NOT_EXECUTED)]
    unknown = [it for it in answers if it.text.startswith(OUTCOME_UNKNOWN)]
    said = [(_CHANGES, made), (_IN_DOUBT, unknown)]
    return "".join(words.format(_listed([_named(it, calls) for it in of])) for words, of in said if of)


def _named(answer: ToolMessage, calls: Mapping[Any, Call]) -> str:
    """A write by its tool and the first record that it concerns. Only ids: other arguments may be anyone's words."""
    call = calls.get(answer.tool_call_id)
    args = call["args"] if call else None
    found = ((name, value) for name, value in args.items() if name.endswith("_id")) if isinstance(args, dict) else ()
    record = next(
        (f" of {name} {value}" for name, value in found if isinstance(value, str) and _ID.fullmatch(value)), ""
    )
    return f"{answer.name}{record}"


def _listed(writes: Sequence[str]) -> str:
    counted = [name if number == 1 else f"{name} ({number} times)" for name, number in Counter(writes).items()]
    more = [f"{len(counted) - _MOST_NAMED} more"] if len(counted) > _MOST_NAMED else []
    return ", ".join([*counted[-_MOST_NAMED:], *more])


_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_MOST_NAMED = 40
_FIRST_LINE = 600

_REPLY, _LEAST = 8_000, 1_000
"""The tokens that are left for the reply, and the fewest that a conversation gets."""

_RESULTS_KEPT = 3
"""The number of latest results that are kept when earlier ones are cleared."""

_ENOUGH, _HALF = 0.75, 0.5
"""If clearing still leaves more than the first part of the room, turns are left out down to the second."""

_PER_MESSAGE, _PER_IMAGE, _STUB, _CHARACTERS_PER_TOKEN = 8, 1_500, 50, 3

_CLEARED = "# Cleared to make room. Call the tool again if you need this result."
_TOO_MANY = (
    "# Not shown: the results of these calls are too long together. Call this tool again alone, or for fewer records."
)
_TOO_LONG = "# Cut here: the rest does not fit into your window. Ask for fewer records, with a smaller limit."
_NOTE = (
    "\n\nThis conversation is too long to show in full: its first {} messages are left out.{} If you need anything "
    "from them, read the records again or ask the user."
)
_CHANGES = " These changes were made earlier: {}. Do not make them again."
_IN_DOUBT = " Of these it is not known whether they were made: {}. Read the records before you propose them again."
_CUT_OUTCOME = "# Cut here: the record does not fit into your window. The first line says what became of this call."
