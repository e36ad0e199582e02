"""Answers to questions about a pipeline, worked out from a sandbox's own records one by one, without SQL.

Written apart from the mirror: it reads Ashby's records as the sandbox keeps them, and knows nothing of tables.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from langchain_ashby.ids import short

Json = dict[str, Any]


class Pipeline:
    """A company's records at a time, with days in a zone."""

    def __init__(
        self, state: dict[str, list[Json]], now: datetime, zone: str, unknown: frozenset[str] = frozenset()
    ) -> None:
        """`unknown` are the applications of which nobody has looked at the history."""
        self.state = state
        self.unknown = unknown
        self.now = now
        self.zone = ZoneInfo(zone)
        self.by_id = {record["id"]: record for records in state.values() for record in records if "id" in record}

    def when(self, written: str | None) -> datetime | None:
        return datetime.fromisoformat(written.replace("Z", "+00:00")) if written else None

    def day(self, written: str | None) -> date | None:
        moment = self.when(written)
        return moment.astimezone(self.zone).date() if moment else None

    def job(self, application: Json) -> Json:
        return self.by_id.get(application["jobId"], {})

    def stage(self, application: Json) -> Json:
        return self.by_id[application["currentInterviewStageId"]]

    def stays(self, application: Json) -> list[Json]:
        return [] if application["id"] in self.unknown else application["applicationHistory"]

    def is_listed(self, stage: Json) -> bool:
        """True if Ashby tells of a stage: it lists no plans that are drafts."""
        return bool(self.by_id[stage["interviewPlanId"]].get("isPublished", True))

    def entered(self, application: Json) -> datetime | None:
        """When it entered the stage that it is in."""
        lasting = [
            self.when(stay["enteredStageAt"])
            for stay in self.stays(application)
            if not stay.get("leftStageAt") and stay["stageId"] == application["currentInterviewStageId"]
        ]
        return max((it for it in lasting if it), default=None)

    def hired(self, application: Json) -> datetime | None:
        if application["status"] != "Hired":
            return None
        entries = [
            self.when(stay["enteredStageAt"])
            for stay in self.stays(application)
            if self.by_id[stay["stageId"]]["type"] == "Hired"
        ]
        return max((it for it in entries if it), default=None)

    def owing(self) -> list[tuple[str, str]]:
        """The schedules and events that have ended and whose interviewers owe feedback."""
        return [
            (schedule["id"], event["id"])
            for schedule in self.state["interviewSchedule"]
            if schedule["status"] != "Cancelled" and schedule["applicationId"] in self.by_id
            for event in schedule["interviewEvents"]
            if (ended := self.when(event["endTime"])) and ended < self.now
            if any(seat["isFeedbackRequired"] and not self._gave(event, seat) for seat in event["interviewers"])
        ]

    def waiting(self) -> dict[str, int]:
        """How much of each kind waits for somebody."""
        active = {it["id"]: it for it in self.state["application"] if it["status"] == "Active"}
        feedback = sum(
            bool(seat["isFeedbackRequired"]) and not self._gave(event, seat)
            for schedule in self.state["interviewSchedule"]
            if schedule["status"] != "Cancelled" and schedule["applicationId"] in self.by_id
            for event in schedule["interviewEvents"]
            if (ended := self.when(event["endTime"])) and ended < self.now - timedelta(days=1)
            for seat in event["interviewers"]
        )
        to_schedule = [it for it in self.state["interviewSchedule"] if it["status"] == "NeedsScheduling"]
        offers = [it for it in self.state["offer"] if it["offerStatus"] == "WaitingOnCandidateResponse"]
        unanswered = [it for it in offers if it.get("acceptanceStatus") not in ("Accepted", "Declined", "Cancelled")]
        return {
            "feedback": feedback,
            "to schedule": sum(it["applicationId"] in active for it in to_schedule),
            "offer": sum(it["applicationId"] in active for it in unanswered),
            "stuck": sum(self._is_stuck(it) for it in active.values()),
        }

    def _is_stuck(self, application: Json) -> bool:
        entered, title = self.entered(application), self.stage(application)["title"]
        hours = sorted(
            ceil((left - came) / timedelta(hours=1))
            for other in self.state["application"]
            for stay in self.stays(other)
            if self.by_id[stay["stageId"]]["title"] == title
            and (came := self.when(stay["enteredStageAt"]))
            and (left := self.when(stay.get("leftStageAt")))
            and left > self.now - timedelta(days=365)
        )
        usual = hours[ceil(0.9 * len(hours)) - 1] if len(hours) >= 5 else 14 * 24
        return entered is not None and self.now - entered > timedelta(hours=usual)

    def _gave(self, event: Json, seat: Json) -> bool:
        return any(
            it.get("interviewEventId") == event["id"] and it["submittedByUserId"] == seat["userId"]
            for it in self.state["feedback"]
        )

    def words(self, person: Json) -> dict[str, set[str]]:
        """Returns the words that can be searched for, by their place in a profile; "words" has all of them."""
        fields = {it["id"]: it for it in self.state["customField"]}
        said = person.get("customFieldValues", {}).items()
        place = person.get("location", {})
        texts = {
            "name": [person["name"]],
            "title": [person.get("position")],
            "company": [person.get("company")],
            "school": [person.get("school")],
            "place": [place.get("locationSummary"), *(it["name"] for it in place.get("locationComponents", []))],
            "words": [shown_value(fields[its_id], value) for its_id, value in said],
        }
        found = {name: {word for it in those if it for word in split_words(it)} for name, those in texts.items()}
        return found | {"words": set().union(*found.values())}

    def below(self, kind: str, name: str) -> set[str]:
        """The ids of what is called so, and of all that lies below."""
        parent = "parentId" if kind == "department" else "parentLocationId"
        found = {it["id"] for it in self.state[kind] if it["name"].lower() == name.lower()}
        while more := {it["id"] for it in self.state[kind] if it.get(parent) in found} - found:
            found |= more
        return found

    def chosen(self, **filters: Any) -> list[Json]:
        """The applications that filters choose; a period is a first and a last day, both part of it."""
        return [it for it in self.state["application"] if all(self._fits(it, *one) for one in filters.items())]

    def _fits(self, application: Json, name: str, wanted: Any) -> bool:
        candidate = self.by_id[application["candidateId"]]
        job, stage = self.job(application), self.stage(application)
        if name == "jobs":
            return job.get("title") in wanted
        if name == "stages":
            return stage["title"] in wanted
        if name == "stage_types":
            return stage["type"] in wanted
        if name == "status":
            return application["status"] in wanted
        if name == "sources":
            return self.by_id.get(application.get("sourceId") or "", {}).get("title") in wanted
        if name == "tags":
            return any(self.by_id[tag]["title"] in wanted for tag in candidate["tagIds"])
        if name == "departments":
            return any(job.get("departmentId") in self.below("department", it) for it in wanted)
        if name == "locations":
            return any(job.get("locationId") in self.below("location", it) for it in wanted)
        if name == "team_members":
            team = [*application["hiringTeam"], *job.get("hiringTeam", [])]
            return any(self.by_id[it["userId"]]["email"] in wanted for it in team)
        if name == "min_days_in_stage":
            entered = self.entered(application)
            return entered is not None and (self.now - entered) / timedelta(days=1) >= wanted
        moment = {
            "created": lambda: self.when(application["createdAt"]),
            "updated": lambda: self.when(application["updatedAt"]),
            "archived": lambda: self.when(application.get("archivedAt")),
            "entered_stage": lambda: self.entered(application),
            "hired": lambda: self.hired(application),
        }[name]()
        return moment is not None and wanted[0] <= moment.astimezone(self.zone).date() <= wanted[1]

    def report(
        self, metric: str, by: tuple[str, ...], period: tuple[date, date] | None, filters: Json, **more: Any
    ) -> dict[tuple[str, ...], list[Any]]:
        """The figures of each group, of the applications that filters choose."""
        things = defaultdict(list)
        of_stages = {name: filters[name] for name in filters if metric == "interviews" and name in _OF_STAGES}
        chosen = {it["id"] for it in self.chosen(**{name: filters[name] for name in filters.keys() - of_stages})}
        for owner, moment, value, groups, *stage in getattr(self, f"_{metric}")(**more):
            if owner is not None and owner["id"] not in chosen:
                continue
            if any(stage[0][_OF_STAGES[name]] not in wanted for name, wanted in of_stages.items()):
                continue
            if period is not None:
                day = moment.astimezone(self.zone).date() if moment else None
                if day is None or not period[0] <= day <= period[1]:
                    continue
            for group in _every(groups | self._times(moment), by):
                things[group].append(value)
        return {group: _FIGURES[metric](values) for group, values in things.items()}

    def _times(self, moment: datetime | None) -> dict[str, list[str]]:
        if moment is None:
            return {"month": ["(none)"], "week": ["(none)"]}
        day = moment.astimezone(self.zone).date()
        return {"month": [day.isoformat()[:7]], "week": [(day - timedelta(days=day.weekday())).isoformat()]}

    def _groups(self, application: Json) -> dict[str, list[str]]:
        named = {
            "job": self.called("job", application["jobId"], "title"),
            "department": self.by_id.get(self.job(application).get("departmentId") or "", {}).get("name"),
            "stage": self.stage(application)["title"],
            "source": self.by_id.get(application.get("sourceId") or "", {}).get("title"),
        }
        recruiters = sorted(
            {self._person(it["userId"]) for it in application["hiringTeam"] if it["role"] == "Recruiter"}
        )
        return {name: [it or "(none)"] for name, it in named.items()} | {"recruiter": recruiters or ["(none)"]}

    def called(self, kind: str, its_id: str, name: str) -> str | None:
        """A name; of namesakes with the beginning of the id."""
        title = self.by_id.get(its_id, {}).get(name)
        alike = sum(it[name] == title for it in self.state[kind])
        return f"{title} ({short(its_id)[:6]}…)" if alike > 1 else title

    def _person(self, user_id: str) -> str:
        user = self.by_id[user_id]
        return f"{user['firstName']} {user['lastName']}{'' if user['isEnabled'] else ' (deactivated)'}"

    def _reason(self, its_id: str | None) -> str:
        if its_id is None:
            return "(none)"
        kinds = {"RejectedByOrg": "by org", "RejectedByCandidate": "by candidate", "Other": "other"}
        return f"{self.by_id[its_id]['text']} ({kinds[self.by_id[its_id]['reasonType']]})"

    def _applications(self) -> Iterable[Any]:
        """An application, the time, a value and the groups of each thing that counts; so do those below."""
        for it in self.state["application"]:
            yield it, self.when(it["createdAt"]), it, self._groups(it)

    def _current(self) -> Iterable[Any]:
        for it in self.state["application"]:
            if it["status"] == "Active":
                yield it, None, it, self._groups(it)

    def _reached(self) -> Iterable[Any]:
        for it in self.state["application"]:
            if it["id"] in self.unknown:
                continue
            titles = sorted({self.by_id[stay["stageId"]]["title"] for stay in self.stays(it)})
            yield it, self.when(it["createdAt"]), it, self._groups(it) | {"stage": titles}

    def _conversion(self, to_stage: str, from_stage: str | None = None) -> Iterable[Any]:
        for it in self.state["application"]:
            if it["id"] in self.unknown:
                continue
            entries = [
                (self.by_id[stay["stageId"]]["title"], self.when(stay["enteredStageAt"])) for stay in self.stays(it)
            ]
            starts = [moment for title, moment in entries if title == from_stage and moment]
            if from_stage and not starts:
                continue
            reached = any(
                title == to_stage and moment and (not from_stage or moment >= min(starts)) for title, moment in entries
            )
            yield it, self.when(it["createdAt"]), reached, self._groups(it)

    def _days_in_stage(self) -> Iterable[Any]:
        for it in self.state["application"]:
            for stay in self.stays(it):
                entered, left = self.when(stay["enteredStageAt"]), self.when(stay.get("leftStageAt"))
                if left:
                    stage = self.by_id[stay["stageId"]]["title"]
                    days = (left - entered) / timedelta(days=1) if entered else None
                    yield it, left, days, self._groups(it) | {"stage": [stage]}

    def _time_to_hire(self) -> Iterable[Any]:
        for it in self.state["application"]:
            hired, created = self.hired(it), self.when(it["createdAt"])
            if it["status"] == "Hired" and it["id"] not in self.unknown:
                yield it, hired, (hired - created) / timedelta(days=1) if hired and created else None, self._groups(it)

    def _time_to_fill(self) -> Iterable[Any]:
        for it in self.state["opening"]:
            opened, closed = self.when(it.get("openedAt")), self.when(it.get("closedAt"))
            if it["openingState"] != "Filled":
                continue
            version = it["latestVersion"]
            team = self.by_id.get(version.get("teamId") or "", {}).get("name") or "(none)"
            jobs = [self.called("job", job, "title") or "(none)" for job in version["jobIds"]] or ["(none)"]
            days = (closed - opened) / timedelta(days=1) if opened and closed else None
            yield None, closed, days, {"job": jobs, "department": [team]}

    def _offers(self) -> Iterable[Any]:
        for it in self.state["offer"]:
            application = self.by_id.get(it["applicationId"])
            if application:
                made = self.when(it["versions"][-1]["createdAt"])
                yield application, made, it["acceptanceStatus"], self._groups(application)

    def _rejections(self) -> Iterable[Any]:
        for it in self.state["application"]:
            if it["status"] == "Archived":
                reason = self._reason(it.get("archiveReasonId"))
                yield it, self.when(it.get("archivedAt")), it, self._groups(it) | {"reason": [reason]}

    def _interviews(self) -> Iterable[Any]:
        for schedule in self.state["interviewSchedule"]:
            application = self.by_id.get(schedule["applicationId"])
            if application is None or schedule["status"] == "Cancelled":
                continue
            for event in schedule["interviewEvents"]:
                ended = self.when(event["endTime"])
                if ended is None or ended >= self.now:
                    continue
                for seat in event["interviewers"]:
                    given = [
                        self.when(it["submittedAt"])
                        for it in self.state["feedback"]
                        if it.get("interviewEventId") == event["id"] and it["submittedByUserId"] == seat["userId"]
                    ]
                    first = min((it for it in given if it), default=None)
                    delay = (first - ended) / timedelta(hours=1) if first and ended else None
                    stage = self.by_id[schedule["interviewStageId"]]
                    own = {"interviewer": [self._person(seat["userId"])], "stage": [stage["title"]]}
                    yield application, ended, delay, self._groups(application) | own, stage


_OF_STAGES = {"stages": "title", "stage_types": "type"}
"""Filters of interviews by the stage that each is for."""


def _every(groups: dict[str, list[str]], by: tuple[str, ...]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()]
    for name in by:
        found = [(*group, label) for group in found for label in groups[name]]
    return found


def shown_value(field: dict[str, Any], value: Any) -> str | None:
    """Returns a custom field's value as the mirror shows it; None if it is private or empty."""
    if field["isPrivate"] or field["fieldType"] in _MONEY or value in (None, "", []):
        return None
    labels = {choice["value"]: choice["label"] for choice in field.get("selectableValues", [])}
    if field["fieldType"] == "MultiValueSelect":
        return "; ".join(labels.get(each, each) for each in value)
    if field["fieldType"] == "ValueSelect":
        return str(labels.get(value, value))
    if field["fieldType"] == "Boolean":
        return "true" if value else "false"
    if field["fieldType"] == "NumberRange":
        return f"{value['minValue']} to {value['maxValue']}"
    return str(value)


_MONEY = ("Currency", "CompensationRange")


def split_words(text: str) -> set[str]:
    """Returns words without case and accents; a word after a dot counts with and without the dot."""
    letters = "".join(it for it in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(it))
    spaced = "".join(
        it if it.isalnum() or it in "_+#." or unicodedata.category(it) in ("Mn", "Mc") else " "
        for it in letters.replace("ł", "l")
    )
    first = {piece.strip(".").split(".")[0] for piece in spaced.split()}
    dotted = {f".{it}" for piece in spaced.split() for it in piece.split(".")[1:] if it}
    return {it for it in first | dotted | {it[1:] for it in dotted} if it}


def _middle(values: list[float]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _lengths(values: list[Any]) -> list[Any]:
    known = sorted(it for it in values if it is not None)
    lengths = [_middle(known), known[ceil(0.9 * len(known)) - 1]] if known else [None, None]
    return [len(values), *lengths, len(known) if len(known) < len(values) else None]


def _share(part: int, whole: int) -> str | None:
    return f"{round(100 * part / whole):d}%" if whole else None


def _of_feedback(values: list[Any]) -> list[Any]:
    given = [it for it in values if it is not None]
    return [len(values), len(given), len(values) - len(given), _middle(given) if given else None, None]


def _of_offers(values: list[Any]) -> list[Any]:
    accepted = sum(it == "Accepted" for it in values)
    declined = sum(it == "Declined" for it in values)
    return [len(values), accepted, declined, _share(accepted, accepted + declined)]


_FIGURES: dict[str, Callable[[list[Any]], list[Any]]] = {
    "applications": lambda values: [len(values)],
    "current": lambda values: [len(values)],
    "reached": lambda values: [len(values)],
    "conversion": lambda values: [len(values), sum(values), _share(sum(values), len(values))],
    "days_in_stage": _lengths,
    "time_to_hire": _lengths,
    "time_to_fill": _lengths,
    "offers": _of_offers,
    "rejections": lambda values: [len(values)],
    "interviews": _of_feedback,
}
"""How the values of a group become its figures."""


def utc_now() -> datetime:
    return datetime.now(UTC)
