"""Warnings about candidates, their applications, files and scorecards."""

from __future__ import annotations

from desk import ADA, SCORECARD, make, meeting
from situations import (
    NOBODY,
    SRE,
    Warned,
    booked,
    email,
    feedback,
    held,
    in_archive,
    reason,
    stage,
    tagged,
)

PEOPLE: list[Warned] = [
    # Stages
    ("same stage", lambda desk: stage(desk, "Onsite"), "The application is already in that stage."),
    ("other plan", lambda desk: stage(desk, "Offer", plan="Business & Design"), "belongs to another interview plan"),
    ("no reason", lambda desk: stage(desk, "Archived"), "No reason is given: Ashby will refuse"),
    ("stray reason", lambda desk: stage(desk, "Offer", **reason(desk)), "for archiving only: Ashby will refuse"),
    (
        "archived reason",
        lambda desk: stage(desk, "Archived", **reason(desk, "Working style mismatch")),
        "The archive reason Working style mismatch is archived.",
    ),
    (
        "unknown reason",
        lambda desk: stage(desk, "Archived", archive_reason_id=NOBODY),
        f"The archive reason ({NOBODY}) is not known in Ashby",
    ),
    (
        "late e-mail",
        lambda desk: stage(desk, "Archived", **reason(desk), **email(desk, send_at="2026-11-01T09:00:00Z")),
        "The e-mail's time, Sun 1 Nov 2026, 09:00 UTC, is in the past: it is sent at once.",
    ),
    ("hired without offer", lambda desk: stage(desk, "Hired"), "No accepted offer is known"),
    ("hired already", lambda desk: stage(desk, "Onsite", "Ethan Brooks"), "The candidate is already hired."),
    (
        "interview ahead",
        lambda desk: (booked(desk, meeting()), stage(desk, "Archived", **reason(desk)))[1],
        "An interview is still scheduled: Tue 10 Nov 2026, 15:00 UTC. It is not documented whether this cancels it.",
    ),
    # Candidates
    (
        "same e-mail",
        lambda desk: make("create_candidate", name="A. Lovelace", email="ADA.lovelace@example.org"),
        "A candidate with the e-mail address ADA.lovelace@example.org exists: Ada Lovelace (ada.lovelace@example.org)",
    ),
    (
        "same name",
        lambda desk: make("create_candidate", name="ada  lovelace", email="x@y.z"),
        "with exactly this name exists",
    ),
    ("no e-mail", lambda desk: make("create_candidate", name="Nobody Else"), "duplicates can be found by name only"),
    (
        "taken e-mail",
        lambda desk: make(
            "update_candidate", candidate_id=desk.candidate("Chloé Martin"), email="ada.lovelace@example.org"
        ),
        "Another candidate has the e-mail address ada.lovelace@example.org: Ada Lovelace",
    ),
    (
        "nothing changes",
        lambda desk: make("update_candidate", candidate_id=desk.candidate(), name=ADA),
        "Already up to date; nothing would change.",
    ),
    (
        "links twice",
        lambda desk: make(
            "update_candidate",
            candidate_id=desk.candidate(),
            social_links=[{"type": "GitHub", "url": "https://github.com/ada"}],
            github_url="https://github.com/ada",
        ),
        "The list of links overrides the single links",
    ),
    (
        "archived source",
        lambda desk: make(
            "update_candidate",
            candidate_id=desk.candidate(),
            source_id=desk.id("source", title="Old Newsgroup Ad"),
        ),
        "The source Old Newsgroup Ad is archived.",
    ),
    (
        "deactivated credit",
        lambda desk: make(
            "update_candidate", candidate_id=desk.candidate(), credited_to_user_id=desk.id("user", isEnabled=False)
        ),
        "is deactivated in Ashby.",
    ),
    (
        "archived tag",
        lambda desk: make(
            "add_candidate_tag", candidate_id=desk.candidate(), tag_id=desk.id("candidateTag", title="Campus 2022")
        ),
        "The tag Campus 2022 is archived.",
    ),
    (
        "tag is there",
        lambda desk: make(
            "add_candidate_tag",
            candidate_id=tagged(desk)["id"],
            tag_id=tagged(desk)["tagIds"][0],
        ),
        "Already up to date; nothing would change.",
    ),
    (
        "same note",
        lambda desk: make(
            "create_candidate_note",
            candidate_id=desk.candidate(),
            note="Both onsite interviews so far are strong.  Let's book the final interview this week.",
        ),
        "The candidate already has a note with this text.",
    ),
    # Files
    (
        "odd résumé",
        lambda desk: make(
            "upload_candidate_resume", candidate_id=desk.candidate(), file_path=desk.file("song.mp3", b"la la")
        ),
        "unusual for a résumé",
    ),
    (
        "no such file",
        lambda desk: make("upload_candidate_file", candidate_id=desk.candidate(), file_path="nowhere.pdf"),
        "The file cannot be uploaded: file_path: 'nowhere.pdf' is not a file",
    ),
    (
        "outside",
        lambda desk: make("upload_candidate_file", candidate_id=desk.candidate(), file_path="/etc/passwd"),
        "The file cannot be uploaded",
    ),
    # Applications
    (
        "same job",
        lambda desk: make("create_application", candidate_id=desk.candidate(), job_id=desk.job()),
        "An active application for the same job exists, in the stage Onsite.",
    ),
    (
        "archived for the job",
        lambda desk: make("create_application", candidate_id=desk.candidate(in_archive(desk)[0]), job_id=desk.job()),
        "An archived application for the same job exists, in the stage Archived.",
    ),
    (
        "at offer stage elsewhere",
        lambda desk: make(
            "create_application",
            candidate_id=desk.candidate("Aminata Diallo"),
            job_id=desk.job("Account Executive, Ports"),
        ),
        "The candidate is at the offer stage for ",
    ),
    (
        "hired elsewhere",
        lambda desk: make("create_application", candidate_id=desk.candidate("Ethan Brooks"), job_id=desk.job(SRE)),
        "The candidate is already hired, for Staff Engineer (TW-101, Oslo, considered since 26 Aug 2026).",
    ),
    (
        "hired for it",
        lambda desk: make("create_application", candidate_id=desk.candidate("Ethan Brooks"), job_id=desk.job()),
        "The candidate is already hired for this job.",
    ),
    (
        "draft job",
        lambda desk: make(
            "create_application", candidate_id=desk.candidate(), job_id=desk.job("Fleet Software Intern")
        ),
        "The job is not open: it is a draft.\nThe job has no default interview plan: Ashby may refuse.",
    ),
    (
        "confidential",
        lambda desk: make("create_application", candidate_id=desk.candidate(), job_id=desk.job("VP Finance")),
        "The job is confidential.",
    ),
    (
        "stage of another plan",
        lambda desk: make(
            "create_application",
            candidate_id=desk.candidate(),
            job_id=desk.job(SRE),
            interview_stage_id=desk.stage("Offer", "Business & Design"),
        ),
        "The stage belongs to another interview plan: Ashby may refuse.",
    ),
    # Feedback
    (
        "required field",
        lambda desk: feedback(desk, SCORECARD[1:]),
        "Required and missing: Overall recommendation. Nothing will be sent.",
    ),
    (
        "wrong value",
        lambda desk: feedback(desk, [{"path": "technical_depth", "value": 9}, *SCORECARD[:2]]),
        "Technical depth: takes a score from 1 to 4. Nothing will be sent.",
    ),
    (
        "no such field",
        lambda desk: feedback(desk, [*SCORECARD, {"path": "Shoe size", "value": 40}]),
        "Shoe size: the form has no such field. Nothing will be sent.",
    ),
    (
        "no such meeting",
        lambda desk: feedback(desk, SCORECARD, interview_event_id=NOBODY),
        "The application has no such meeting: Ashby will refuse.",
    ),
    (
        "not an interviewer",
        lambda desk: feedback(desk, SCORECARD, interview_event_id=held(desk)["id"], user_id=desk.user("Maren")),
        "The interviewer did not take part in this meeting: Ashby will refuse.",
    ),
    (
        "second scorecard",
        lambda desk: feedback(
            desk, SCORECARD, interview_event_id=held(desk)["id"], user_id=held(desk)["interviewers"][0]["userId"]
        ),
        "A scorecard on this form was already submitted by Sofia Marchetti (sofia@example.com) on ",
    ),
    (
        "somebody else's scorecard",
        lambda desk: feedback(desk, SCORECARD),
        "A scorecard on this form was already submitted by Sofia Marchetti (sofia@example.com) on ",
    ),
    (
        "too early",
        lambda desk: feedback(
            desk,
            SCORECARD,
            interview_event_id=booked(desk, meeting())["interviewEvents"][0]["id"],
            user_id=desk.user("Sofia"),
        ),
        "The meeting has not taken place yet: it is on Tue 10 Nov 2026, 15:00 UTC.",
    ),
]
