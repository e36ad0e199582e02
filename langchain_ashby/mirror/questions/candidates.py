"""`ashby_find_candidates`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from difflib import SequenceMatcher
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import ColumnElement, Table, and_, exists, func, literal, not_, select

from langchain_ashby.endpoints.fields import ListOf
from langchain_ashby.errors import ArgumentError
from langchain_ashby.mirror.questions.answer import Answer, Column, Whole
from langchain_ashby.mirror.questions.asked import Asked, undated_remark
from langchain_ashby.mirror.questions.names import MOST
from langchain_ashby.mirror.questions.question import Limit, Listing
from langchain_ashby.mirror.search import has_words
from langchain_ashby.mirror.tables import (
    applications,
    candidate_fields,
    candidate_tags,
    candidates,
    custom_fields,
    read_words,
    tags,
)
from langchain_ashby.mirror.texts import KINDS, reach
from langchain_ashby.mirror.words import Sought, sought, split
from langchain_ashby.text.letters import without_accents
from langchain_ashby.text.words import in_a_list, quoted

MOST_WORDS = 50
"""The most words in one search."""

last_change = (
    select(func.max(applications.c.updated_at))
    .where(applications.c.candidate_id == candidates.c.id)
    .correlate(candidates)
    .scalar_subquery()
)
"""When an application of a candidate last changed; null for a candidate without any."""


class FindCandidates(Listing):
    """Find people in the talent pool by tags, source and words in their profile (name, title, company, school, place,
    custom fields) and, where kept, in notes, feedback and résumés; such as those who are active for no job."""

    limit: Limit = 15
    words: Annotated[str | None, Field(description="All of them; * ends a beginning: kube*.")] = None
    title: str | None = None
    company: str | None = None
    school: str | None = None
    place: Annotated[str | None, Field(description="City, region or country.")] = None
    tags: ListOf[str] | None = None
    sources: ListOf[str] | None = None
    custom_field: str | None = None
    value: Annotated[str | None, Field(description="Of custom_field.")] = None
    active: Annotated[bool | None, Field(description="Has an active application.")] = None
    last_change: Annotated[str | None, Field(description="Period of the last change to an application.")] = None
    sort: Literal["name", "newest", "last_change"] = "name"

    def answer(self, asked: Asked) -> Answer:
        """Finds them, with their applications."""
        wanted = list(dict.fromkeys(self._sought()))
        chosen = and_(literal(True), *self._conditions(asked, wanted))
        total = asked.connection.scalar(select(func.count()).select_from(candidates).where(chosen)) or 0
        order = {
            "name": candidates.c.name.asc().nulls_last(),
            "newest": candidates.c.created_at.desc().nulls_last(),
            "last_change": last_change.desc().nulls_last(),
        }[self.sort]
        first = select(candidates.c.id).where(chosen).order_by(order, candidates.c.id).limit(self.upto())
        ids = asked.connection.scalars(first).all()
        page = self.page(ids, total, "candidate")
        query = (
            select(
                candidates.c.id,
                candidates.c.name,
                candidates.c.title,
                candidates.c.company,
                candidates.c.place,
                last_change,
                candidates.c.words,
            )
            .where(candidates.c.id.in_(ids[page.begin : page.end]))
            .order_by(order, candidates.c.id)
        )
        found = asked.connection.execute(query).all()
        shown = [row.id for row in found]
        tagged, applied = _tags(asked, shown), _applications(asked, shown)
        beside = _beside_profiles(asked, {row.id: row.words or "" for row in found}, wanted)
        rows: list[list[Any]] = [
            [*row[:5], Whole(tagged[row.id]), row[5], Whole(beside[row.id]), applied.get(row.id, [])] for row in found
        ]
        columns = [
            Column("candidate_id", is_id=True),
            *map(Column, ("name", "title", "company", "place", "tags", "last change", "words in")),
            Column("application_ids", is_id=True),
        ]
        notes = [*page.notes, *self._undated(asked, wanted)]
        notes += [f"searched {reach(asked.connection)}"] if self.words else []
        return Answer(columns, rows, notes, page.more)

    def _undated(self, asked: Asked, wanted: list[Sought]) -> Iterator[str]:
        """Says how many have applications, but no known time of their last change."""
        if not self.last_change:
            return
        has_some = exists().where(applications.c.candidate_id == candidates.c.id)
        conditions = [*self._but_for_change(asked, wanted), has_some, last_change.is_(None)]
        if number := asked.connection.scalar(select(func.count()).select_from(candidates).where(*conditions)):
            yield undated_remark(number)

    def _sought(self) -> Iterator[Sought]:
        for name in ("words", "title", "company", "school", "place"):
            if said := getattr(self, name):
                if not split(said):
                    raise ArgumentError(f"{name} has no word in it")
                yield from sought(said, "" if name == "words" else name)

    def _conditions(self, asked: Asked, wanted: list[Sought]) -> Iterator[ColumnElement[bool]]:
        yield from self._but_for_change(asked, wanted)
        if self.last_change:
            yield asked.within("last_change", self.last_change, last_change)

    def _but_for_change(self, asked: Asked, wanted: list[Sought]) -> Iterator[ColumnElement[bool]]:
        if len(wanted) > MOST_WORDS:
            raise ArgumentError(f"words: {len(wanted)} words are too many for one search; give {MOST_WORDS} or fewer")
        if wanted:
            yield has_words(asked.connection, wanted)
        if self.tags:
            ids = asked.ids("tags", self.tags)
            yield _linked(candidate_tags, candidate_tags.c.tag_id.in_(ids))
        if self.sources:
            yield candidates.c.source_id.in_(asked.ids("sources", self.sources))
        if self.custom_field:
            ids = asked.ids("custom_field", [self.custom_field])
            same = []
            if self.value is not None:
                same = [candidate_fields.c.value.in_(_values(asked, ids[0], self.value))]
            yield _linked(candidate_fields, candidate_fields.c.custom_field_id.in_(ids), *same)
        elif self.value is not None:
            raise ArgumentError("value needs custom_field, which is missing")
        if self.active is not None:
            active = exists().where(applications.c.candidate_id == candidates.c.id, applications.c.status == "Active")
            yield active if self.active else not_(active)


def _linked(links: Table, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(links.c.candidate_id == candidates.c.id, *conditions)


def _values(asked: Asked, field_id: str, said: str) -> list[str]:
    """The values of a custom field that are what is said, or a list with it.

    Raises:
        ArgumentError: if nothing is said, or something that the field does not take.
    """
    if not said.strip():
        raise ArgumentError("value is empty: leave it out to find everybody with the custom field")
    its = asked.connection.execute(select(custom_fields).where(custom_fields.c.id == field_id)).one()
    query = select(candidate_fields.c.value).where(candidate_fields.c.custom_field_id == field_id).distinct()
    values = [value for value in asked.connection.scalars(query) if value]
    kind, wanted = its.field_type, _compared(its.field_type, said)
    found = [value for value in values if any(_compared(kind, it) == wanted for it in (value, *value.split("; ")))]
    if not found and kind in _LIMITED and isinstance(wanted, str):
        options = list(json.loads(its.options).values()) if its.options else []
        known = ["yes", "no"] if kind == "Boolean" else options or values
        if wanted not in map(without_accents, known):
            no_such = f"value: {quoted(its.title or '', 60)} has no value {quoted(said, 60)}"
            raise ArgumentError(f"{no_such}{_there_are(known, wanted)}")
    return found


_LIMITED = ("Boolean", "Date", "MultiValueSelect", "Number", "NumberRange", "ValueSelect")
"""The types of custom fields that take no free text."""


def _compared(kind: str | None, value: str) -> str | float | date:
    """A value as it is compared: numbers and dates by what they mean, all else regardless of case and accents."""
    plain = without_accents(value)
    try:
        if kind == "Number":
            return float(plain)
        if kind == "Date":
            return date.fromisoformat(plain)
    except ValueError:
        return plain
    return {"true": "yes", "false": "no"}.get(plain, plain) if kind == "Boolean" else plain


def _there_are(values: list[str], wanted: str) -> str:
    """What an error says about the values that exist, the most similar first."""
    alike = sorted(values, key=lambda it: (-SequenceMatcher(None, without_accents(it), wanted).ratio(), it))
    more = [f"and {len(alike) - MOST} more"] if len(alike) > MOST else []
    return f". There are: {', '.join([*(quoted(it, 60) for it in alike[:MOST]), *more])}" if alike else ""


def _beside_profiles(asked: Asked, profiles: dict[str, str], wanted: list[Sought]) -> dict[str, list[str]]:
    """The kinds of text with a word that the profile of a candidate lacks."""
    found: dict[str, list[str]] = defaultdict(list)
    query = select(read_words).where(read_words.c.candidate_id.in_(profiles)).order_by(read_words.c.kind)
    for row in asked.connection.execute(query) if wanted else ():
        if any(it.is_in(row.words or "") and not it.is_in(profiles[row.candidate_id]) for it in wanted):
            found[row.candidate_id].append(KINDS[row.kind].title)
    return found


def _tags(asked: Asked, ids: list[str]) -> dict[str, list[str]]:
    """The tags of each candidate, each as it stands in a list."""
    query = (
        select(candidate_tags.c.candidate_id, tags.c.title)
        .join(tags, tags.c.id == candidate_tags.c.tag_id)
        .where(candidate_tags.c.candidate_id.in_(ids))
        .order_by(tags.c.title)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for candidate_id, title in asked.connection.execute(query):
        found[candidate_id].append(in_a_list(title or ""))
    return found


def _applications(asked: Asked, ids: list[str]) -> dict[str, list[str]]:
    query = (
        select(applications.c.candidate_id, applications.c.id)
        .where(applications.c.candidate_id.in_(ids))
        .order_by(applications.c.created_at.desc().nulls_last(), applications.c.id)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for candidate_id, application_id in asked.connection.execute(query):
        found[candidate_id].append(application_id)
    return found
