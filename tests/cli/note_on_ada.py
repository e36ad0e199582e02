"""The example of these tests: a scripted model proposes a note on Ada Lovelace."""

from __future__ import annotations

from langchain_ashby.demo.scripted import Script, call, lines, say
from langchain_ashby.sandbox import AshbySandbox

ADA = "Ada Lovelace"
SHOWN = f"{ADA} (ada.lovelace@example.org)"
"""Ada, as cards name her."""

NOTES_AT_FIRST = 22
WRITTEN = "Wants to start in February."


def ada(sandbox: AshbySandbox) -> str:
    return next(str(it["id"]) for it in sandbox.records("candidate") if it["name"] == ADA)


def notes(sandbox: AshbySandbox) -> list[str]:
    """The notes that were added since the start."""
    return [it["content"] for it in sandbox.records("note")[NOTES_AT_FIRST:]]


def proposes_a_note(sandbox: AshbySandbox, *, last: str = "Done as you said.") -> Script:
    return lines(
        say("I look her up.", call("ashby_search_candidates", name="Ada")),
        say("I propose a note.", call("ashby_create_candidate_note", candidate_id=ada(sandbox), note=WRITTEN)),
        last,
        "There is nothing more to say.",
    )


def environment(sandbox: AshbySandbox) -> dict[str, str]:
    """The variables that point the command at this sandbox."""
    return {"ASHBY_API_KEY": sandbox.api_key, "ASHBY_BASE_URL": sandbox.url}
