"""A candidate and everything about them, in the order in which it came to be."""

from collections.abc import Iterable
from datetime import timedelta
from random import Random
from typing import Any

from langchain_ashby.sandbox.company import meetings, reviews
from langchain_ashby.sandbox.company.forms import APPLICATION_FORM_DEFINITION
from langchain_ashby.sandbox.company.jobs import JOB_ROWS, POSTINGS, USUAL_PAY, hiring_team, seat
from langchain_ashby.sandbox.company.make import NOW, Record, Records, ago, ident, idents, present, ref, time
from langchain_ashby.sandbox.company.people import Person
from langchain_ashby.sandbox.company.places import PLACES, location
from langchain_ashby.sandbox.company.plans import STAGES, stage_id
from langchain_ashby.sandbox.company.stories import ANSWERS, NOTES, WHY_US

# key: state of the process, of the offer, of the acceptance, of the approval; decided
OFFERS = {
    "start": ("WaitingOnOfferCreation", "", "", None, False),
    "definition": ("WaitingOnApprovalStart", "WaitingOnApprovalDefinition", "Created", None, False),
    "unapproved": ("WaitingOnApprovalStart", "WaitingOnApprovalStart", "Created", None, False),
    "approval": ("WaitingOnOfferApproval", "WaitingOnOfferApproval", "Pending", "WaitingOnApprovals", False),
    "refused": ("WaitingOnOfferApproval", "WaitingOnOfferApproval", "Pending", "Declined", False),
    "sent": ("WaitingOnCandidateResponse", "WaitingOnCandidateResponse", "WaitingOnResponse", "Approved", False),
    "accepted": ("CandidateAccepted", "CandidateAccepted", "Accepted", "Approved", True),
    "declined": ("CandidateRejected", "CandidateRejected", "Declined", "Approved", True),
    "cancelled": ("OfferCancelled", "OfferCancelled", "Cancelled", "Approved", True),
}
_STATUS = {"Lead": "Lead", "Hired": "Hired", "Archived": "Archived"}  # of the application, by stage; else Active
_SEATS = {"staff": "OP-203", "sre": "OP-205", "manager": "OP-213"}  # the filled opening of a job, for who was hired
_OFFERED_SEATS = {"staff": "OP-201", "sre": "OP-204"}
_OUTBOUND = ("linkedin", "github", "agency", "conference")
_FINDERS = {"referral": "sofia", "agency": "elena", "github": "yuki", "conference": "ravi", "linkedin": "daniel"}
_POSTED = {job for key, job, *_ in POSTINGS if key == job}
_MAPPED = {0: ["hris-90001"], 11: ["hris-90012", "legacy/4711"], 13: ["hris-90014"]}


def records_of(person: Person, index: int, rng: Random) -> Records:
    """The candidate, then files, applications with interviews and offers, and notes."""
    candidate_id = ident("candidate", index)
    steps = [step.split(":") for step in person.applications.split(" | ") if step]
    # No application is older than its job, and each is old enough for its stages.
    oldest = min([JOB_ROWS[job].opened or JOB_ROWS[job].created for job, *_ in steps], default=200)
    newest = max([(JOB_ROWS[job].closed or 0) + 20 for job, *_ in steps], default=7)
    drawn = rng.uniform(max(newest, oldest * 0.3), oldest) if oldest > newest else newest
    came = person.came or drawn
    files = list(_files(person, candidate_id, came, rng))
    yield "candidate", _candidate(person, index, candidate_id, came, files, rng)
    for file in files:
        yield "file", file
    for job, stage, *detail in steps:
        yield from _application(person, candidate_id, job, stage, "".join(detail), came, files, rng)
    for at, (key, author, days, flags, text) in enumerate(NOTES):
        if key == person.key:
            yield (
                "note",
                {
                    "id": ident(candidate_id, "note", at),
                    "candidateId": candidate_id,
                    "authorId": ident("user", author),
                    "content": text,
                    "isPrivate": flags == "private",
                    "createdAt": ago(days),
                },
            )


def _candidate(person: Person, index: int, candidate_id: str, came: float, files: list[Any], rng: Random) -> Record:
    emails = [{"value": _email(person), "type": "Personal", "isPrimary": True}]
    if index % 7 == 0:
        emails.append({"value": f"{person.key}@work.example.net", "type": "Work", "isPrimary": False})
    phones = [{"value": PLACES[person.place].phone.format(rng.randint(10, 99)), "type": "Personal", "isPrimary": True}]
    handle = f"example-{person.key.replace('.', '-')}"
    links = [{"type": "LinkedIn", "url": f"https://www.linkedin.com/in/{handle}"}]
    if person.source == "github":
        links.append({"type": "GitHub", "url": f"https://github.com/{handle}"})
    if index % 9 == 0:
        links.append({"type": "Website", "url": f"https://{handle}.example.com/"})
    return present(
        id=candidate_id,
        name=person.name,
        emailAddresses=emails,
        phoneNumbers=phones if index % 5 != 4 else [],
        socialLinks=links if index % 4 != 3 else [],
        tagIds=idents("tag", person.tags),
        projectIds=idents("project", "maritime") if "maritime" in person.tags.split() else [],
        fileIds=[file["id"] for file in files[1:]],
        resumeFileId=files[0]["id"] if files else None,
        company=person.company or None,
        position=person.position or None,
        school=person.school or None,
        timezone=PLACES[person.place].timezone,
        location=location(person.place),
        sourceId=ident("source", person.source),
        creditedToUserId=ref("user", _FINDERS.get(person.source, "")),
        fraudStatus="Fraudulent" if person.key == "free.money" else "PassedFraudCheck" if index % 6 == 0 else None,
        externalMappingIds=_MAPPED.get(index),
        customFieldValues=_candidate_fields(person, index, rng),
        createdAt=ago(came),
        updatedAt=ago(min(came, person.since or rng.uniform(0.5, 6))),
    )


def _email(person: Person) -> str:
    return f"{person.key}@example.{'com' if len(person.key) % 3 else 'org'}"


def _candidate_fields(person: Person, index: int, rng: Random) -> Record:
    if index % 3 == 2:
        return {}
    job = person.applications.partition(":")[0]
    currency, low, high = (JOB_ROWS[job].pay if job else None) or USUAL_PAY
    pay = rng.randrange(low, high, 5000)
    years = rng.randint(2, 18)
    pay_range = {"minValue": pay, "maxValue": pay + 20000, "currencyCode": currency, "interval": "1 YEAR"}
    values: dict[str, Any] = {
        "relocation": rng.random() < 0.4,
        "notice": rng.choice((2, 4, 8, 12)),
        "earliest": f"2027-0{rng.randint(1, 6)}-15",
        "permit": rng.choice(("citizen", "permit", "sponsor")),
        "languages": rng.sample(("en", "no", "de", "fr", "zh"), rng.randint(1, 3)),
        "experience": {"type": "number-range", "minValue": years, "maxValue": years + 2},
        "expectation": {"type": "compensation-range", **pay_range},
    }
    if index % 4 == 0:
        values["portfolio"] = f"https://portfolio.example.com/{index}"
        values["background"] = "Started in ship brokerage, then software. Prefers small teams and long projects."
    return {ident("field", key): value for key, value in values.items()}


def _files(person: Person, candidate_id: str, came: float, rng: Random) -> Iterable[dict[str, Any]]:
    if not person.company:
        return
    names = [f"{person.name} - Resume.txt"] + (["Reference letter.txt"] if rng.random() < 0.15 else [])
    for name in names:
        text = f"{person.name}\n{person.position}, {person.company}\n\nEducation: {person.school}\n"
        file_id = ident(candidate_id, "file", name)
        yield {
            "id": file_id,
            "name": name,
            "handle": f"tidewright-{file_id}",
            "contentType": "text/plain",
            "contentLength": len(text.encode()),
            "fileUploadContext": "CandidateResume" if "Resume" in name else "CandidateFiles",
            "state": "Attached",
            "createdAt": ago(came),
            "text": text,
        }


def _application(
    person: Person, candidate_id: str, job: str, stage: str, detail: str, came: float, files: list[Any], rng: Random
) -> Records:
    row = JOB_ROWS[job]
    application_id = ident(candidate_id, "application", job)
    reason, _, last_stage = detail.partition("@") if stage == "Archived" else ("", "", "")
    visited = _visited(row.plan, stage, last_stage, person.source in _OUTBOUND)
    # The visits share the time between the beginning and a few days ago, or the end of a closed job.
    latest = person.since or max(row.closed or 0, rng.uniform(5, 10))
    paces = [rng.uniform(0.8, 1.2) if person.since else 1.0 for _ in visited[1:]]
    entered = [came - (came - latest) * sum(paces[:at]) / sum(paces or [1]) for at in range(len(visited))]
    history = _history(row.plan, application_id, visited, entered, row.team.split()[1])
    stage_type = _stage_type(row.plan, stage)
    if person.seat and stage_type != "Archived":
        yield "opening", seat(person.seat, job, came, entered[-1] if stage_type == "Hired" else None)
    inbound = person.source in ("careers", "linkedin-post") and job in _POSTED
    yield (
        "application",
        present(
            id=application_id,
            candidateId=candidate_id,
            jobId=ident("job", job),
            interviewPlanId=ident("plan", row.plan),
            currentInterviewStageId=stage_id(row.plan, stage),
            status=_STATUS.get(stage_type, "Active"),
            archiveReasonId=ref("archive reason", reason),
            archivedAt=history[-1]["enteredStageAt"] if reason else None,
            sourceId=ident("source", person.source),
            creditedToUserId=ref("user", _FINDERS.get(person.source, "")),
            hiringTeam=hiring_team(job),
            applicationHistory=history,
            applicationFormSubmissions=[_form_submission(person, application_id, rng)] if inbound else [],
            referrals=[{"userId": ident("user", "sofia"), "referredAt": ago(came)}]
            if person.source == "referral"
            else [],
            openingIds=idents("opening", person.seat or _SEATS.get(job, "")) if stage_type == "Hired" else [],
            appliedViaJobPostingId=ident("posting", job) if inbound else None,
            submitterClientIp="203.0.113.7" if inbound else None,
            submitterUserAgent="Mozilla/5.0 (X11; Linux x86_64)" if inbound else None,
            customFieldValues=_application_fields(stage_type, application_id, rng),
            createdAt=ago(came),
            updatedAt=history[-1]["enteredStageAt"],
        ),
    )
    if inbound:
        yield from reviews.evaluations(application_id, person.company, ago(came))
    if inbound and stage_type == "Active":
        yield from reviews.feedback_request(application_id, row.team.split()[0], history[-1]["enteredStageAt"])
    for at, title in enumerate(visited):
        if _stage_type(row.plan, title) == "Active" and (title != stage or detail):
            # Some feedback never comes.
            past = "waiting" if person.since and rng.random() < 0.08 else "done"
            state = detail if title == stage else past
            visit = meetings.Visit(person, application_id, job, title, history[at]["id"], entered[at], state)
            yield from meetings.records(visit, rng)
    if "Offer" in visited:
        hired = "accepted" if stage == "Hired" else "declined" if reason == "offer-declined" else "cancelled"
        state = detail if stage == "Offer" else hired
        yield from _offer(application_id, job, state, entered[visited.index("Offer")], person.seat, rng)


def _visited(plan: str, stage: str, last_stage: str, outbound: bool) -> list[str]:
    """The titles of the stages that an application has been in, in order."""
    stages = STAGES[plan]
    titles = [title for title, kind, _ in stages if kind != "Archived"]
    reached = titles[: titles.index(last_stage or stage) + 1]
    kinds = {title: kind for title, kind, _ in stages}
    if not outbound:  # who applied, begins with the review; unless a lead is all there is
        reached = [title for title in reached if kinds[title] != "Lead"] or reached[-1:]
    return [*reached, stage] if last_stage else reached


def _history(plan: str, application_id: str, visited: list[str], entered: list[float], recruiter: str) -> list[Any]:
    return [
        present(
            id=ident(application_id, "history", at),
            stageId=stage_id(plan, title),
            stageNumber=at,
            enteredStageAt=ago(entered[at]),
            leftStageAt=ago(entered[at + 1]) if at + 1 < len(visited) else None,
            actorId=ident("user", recruiter) if at else None,
        )
        for at, title in enumerate(visited)
    ]


def _stage_type(plan: str, title: str) -> str:
    return next(kind for name, kind, _ in STAGES[plan] if name == title)


def _form_submission(person: Person, application_id: str, rng: Random) -> Record:
    return {
        "id": ident(application_id, "form submission"),
        "formDefinition": APPLICATION_FORM_DEFINITION,
        "submittedValues": {
            "_systemfield_name": person.name,
            "_systemfield_email": _email(person),
            "why": ANSWERS.get(person.key) or rng.choice(WHY_US),
            "start": "2027-02-01",
        },
    }


def _application_fields(stage_type: str, application_id: str, rng: Random) -> Record:
    values: dict[str, Any] = {}
    if stage_type in ("Active", "Offer"):
        values["take-home"] = rng.randint(50, 100)
    if stage_type == "Offer":
        values["relocation-budget"] = {"value": 5000, "currencyCode": "EUR"}
        values["debrief"] = "Unanimous after discussion; start the offer."
    if stage_type == "Hired":
        values["bonus-paid"] = True
        values["hris"] = ident(application_id, "hris")
    return {ident("field", key): value for key, value in values.items()}


def _offer(application_id: str, job: str, state: str, began: float, own_seat: str, rng: Random) -> Records:
    process, offer, acceptance, approval, decided = OFFERS[state]
    process_id = ident(application_id, "offer process")
    offer_id = ident(application_id, "offer")
    made = NOW - timedelta(days=max(began - 0.5, 0.5))
    yield (
        "offerProcess",
        {
            "id": process_id,
            "applicationId": application_id,
            "status": process,
            "createdAt": time(made),
        },
    )
    if not offer:
        return
    yield (
        "offerForm",
        {
            "id": ident(application_id, "offer form"),
            "offerProcessId": process_id,
            "offerFormDefinitionId": ident("form", "offer"),
            "offerId": offer_id,
            "createdAt": time(made),
        },
    )
    currency, low, high = JOB_ROWS[job].pay or USUAL_PAY
    salary = round(rng.uniform(low, high), -3)
    usual = {"accepted": _SEATS, "sent": _OFFERED_SEATS}.get(state, {})
    for_seat = own_seat or usual.get(job, "")
    fields = {
        ident("field", "employment"): "ft",
        ident("field", "equity"): rng.randrange(1000, 9000, 500),
        ident("field", "offer-notes"): "Relocation help included." if state == "sent" else "Standard terms.",
    }
    versions = [
        present(
            id=ident(offer_id, "version", at),
            createdAt=time(made + timedelta(hours=at)),
            authorId=ident("user", "priya"),
            approvalStatus=approval,
            startDate=time((NOW + timedelta(days=60)).replace(hour=0)),
            salary={"value": salary + 5000 * at, "currencyCode": currency},
            openingId=ref("opening", for_seat),
            fileIds=[],
            customFieldValues=fields,
        )
        for at in range(2 if state == "sent" else 1)
    ]
    yield (
        "offer",
        present(
            id=offer_id,
            applicationId=application_id,
            offerProcessId=process_id,
            offerFormDefinitionId=ident("form", "offer"),
            acceptanceStatus=acceptance,
            offerStatus=offer,
            decidedAt=time(made + timedelta(hours=9)) if decided else None,
            versions=versions,
            createdAt=time(made),
        ),
    )
    for version in versions:
        yield from reviews.approval(application_id, version)
