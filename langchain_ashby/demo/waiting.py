"""The demo's second act as a script: one question finds who has waited too long, one decision settles all."""

from __future__ import annotations

from langchain_ashby.demo.afternoon import Lines, outcome
from langchain_ashby.demo.reading import rows
from langchain_ashby.demo.scripted import call, say, story

STAGE = "Application Review"
DAYS = 45
REASON = "Position closed"


def _waiting() -> Lines:
    [found] = yield say(
        f"One question to the mirror: who has been in {STAGE} for {DAYS} days or more, in any job?",
        call("ashby_find_applications", status=["Active"], stages=[STAGE], min_days_in_stage=DAYS, limit=100),
    )
    waiting = rows(found)
    if not waiting:
        return f"Nobody has waited in {STAGE} for {DAYS} days."
    people = "\n".join(f"- {it['candidate']}, {it['job']}: {it['days_in_stage']} days" for it in waiting)
    [archived] = yield say(
        f"These have:\n{people}\n\nI propose to archive them: one decision, and you can take people off the list.",
        call(
            "ashby_archive_applications",
            application_ids=[it["application_id"] for it in waiting],
            archive_reason_id=REASON,
        ),
    )
    return outcome(f"archive those who have waited in {STAGE} for {DAYS} days", archived)


second_act = story(_waiting)
"""The script: a question about everybody, and a bulk write on the rows of its answer."""
