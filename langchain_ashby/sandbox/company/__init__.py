"""Tidewright, the invented company that the sandbox starts with: software for harbours, some 340 people.

Each module holds tables about one subject and the little code that makes records of them. All people, addresses, phone
numbers and documents are fictional: e-mail lives at example.com, .org and .net, phone numbers in ranges that are set
aside for fiction.
"""

from collections.abc import Iterator
from random import Random

from langchain_ashby.sandbox.company import crowd, forms, jobs, organization, pipeline, plans
from langchain_ashby.sandbox.company.make import Record
from langchain_ashby.sandbox.company.people import PEOPLE


def company(candidates: int = 60) -> Iterator[tuple[str, Record]]:
    """Yields (kind, record) in the order of creation; the same count always gives the same records.

    The first 60 candidates are written out by hand and have stories. Those after them are made one at a time, so that
    any number of them needs no more memory than one.
    """
    yield from organization.records()
    yield from forms.records()
    yield from plans.records()
    yield from jobs.records()
    for index in range(candidates):
        rng = Random(index)
        person = PEOPLE[index] if index < len(PEOPLE) else crowd.person(index, rng)
        yield from pipeline.records_of(person, index, rng)
