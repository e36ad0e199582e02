"""Plain resources: a method without rules of its own is registered with one line.

    sources = Resource(Source, "hiringProcessMetadata")
    sources.info("source.info")
    sources.list("source.list", INCLUDE_ARCHIVED)
    sources.create("source.create", {"title": Text()})
    sources.update("source.update", optional={"title": Text()})
    sources.archive("source.archive")

A method that has rules is a function under `@method` instead.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.filters import Filter
from langchain_ashby.sandbox.messages import invalid
from langchain_ashby.sandbox.paging import Page, listing
from langchain_ashby.sandbox.records import kind_name
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.statement import Field, Flag, Nullable, Shape, Uuid, request
from langchain_ashby.sandbox.store import Condition
from langchain_ashby.sandbox.visibility import visible

Record = TypeVar("Record", bound=Mapping[str, object])
Fields = Mapping[str, Field]


class Resource(Generic[Record]):
    """Registers the plain methods of a kind of record.

    Args:
        kind: The kind of record.
        permission: The permission without its ending: what reads needs `…Read`, what writes needs `…Write`.
        reply: Makes a reply of a record; by default it is the record as stored.

    The request's id field is `<kind>Id` (`candidateTagId`), unless a method's `key` names another.
    """

    def __init__(
        self, kind: type[Record], permission: str, reply: Callable[[Call, Record], Any] = lambda call, record: record
    ) -> None:
        self._kind = kind
        self._permission = permission
        self._reply = reply
        self._key = f"{kind_name(kind)}Id"

    def info(
        self,
        name: str,
        *,
        key: str | None = None,
        optional: Fields | None = None,
        reply: Callable[[Call, Record], Any] | None = None,
    ) -> None:
        """Registers a method that finds a record by its id."""
        key, reply = key or self._key, reply or self._reply

        @method(name, f"{self._permission}Read", request({key: Uuid()}, optional))
        def find(call: Call) -> Any:
            return reply(call, call.get(self._kind, call.body[key]))

    def list(self, name: str, *filters: Filter, optional: Fields | None = None) -> None:
        """Registers a method that pages through the records, with sync tokens.

        Args:
            name: The method.
            filters: What the request may be narrowed down by.
            optional: Fields that only the reply looks at.
        """

        @method(name, f"{self._permission}Read", _filtered(filters, optional, paged=True))
        def page(call: Call) -> Page:
            return listing(call, self._kind, lambda record: self._reply(call, record), _conditions(call, filters))

    def search(self, name: str, *filters: Filter, limit: int = -1, paged: bool = False) -> None:
        """Registers a method that returns all records found on one page.

        Args:
            name: The method.
            filters: What the request may or must be narrowed down by.
            limit: How many records it returns at most; -1 is all.
            paged: If the request may nevertheless have a cursor and a limit.
        """

        @method(name, f"{self._permission}Read", _filtered(filters, paged=paged))
        def find(call: Call) -> Any:
            conditions = [*visible(self._kind, call.key), *_conditions(call, filters)]
            found = call.store.find(self._kind, *conditions, limit=limit)
            return [self._reply(call, record) for record in found]

    def create(self, name: str, required: Fields | None = None, optional: Fields | None = None) -> None:
        """Registers a method that makes a record of the request's fields, and of the defaults of its kind."""
        statement = request(required, optional)

        @method(name, f"{self._permission}Write", statement)
        def create(call: Call) -> Any:
            _check_references(call, statement)
            return self._reply(call, call.create(self._kind, **call.body))

    def update(
        self,
        name: str,
        required: Fields | None = None,
        optional: Fields | None = None,
        *,
        ignored: Fields | None = None,
        key: str | None = None,
        spellings: Sequence[str] = (),
    ) -> None:
        """Registers a method that sets the keys named like the request's fields; `null` clears one.

        Args:
            name: The method.
            required: Fields of the request that are set.
            optional: Fields that are set if the request has them.
            ignored: Fields that the request may have and the record does not.
            key: The request's id field.
            spellings: Deprecated names of the method.
        """
        key = key or self._key
        statement = request({key: Uuid(), **(required or {})}, {**(optional or {}), **(ignored or {})})

        @method(name, f"{self._permission}Write", statement, spellings=spellings)
        def update(call: Call) -> Any:
            record = call.get(self._kind, call.body[key])
            _check_references(call, statement)
            left_out = {key, *(ignored or {})}
            changed = {**record, **{field: value for field, value in call.body.items() if field not in left_out}}
            return self._save(call, {field: value for field, value in changed.items() if value is not None})

    def archive(self, name: str, *, to: bool = True, flag: str | None = None, key: str | None = None) -> None:
        """Registers a method that archives a record; one that is archived already stays as it is.

        Args:
            name: The method.
            to: False registers one that restores instead.
            flag: The field that says which of the two the request wants.
            key: The request's id field.
        """
        key = key or self._key

        @method(name, f"{self._permission}Write", request({key: Uuid(), **({flag: Flag()} if flag else {})}))
        def archive(call: Call) -> Any:
            record: dict[str, Any] = dict(call.get(self._kind, call.body[key]))
            archived = call.body[flag] if flag else to
            if record["isArchived"] == archived:
                return self._reply(call, cast(Record, record))
            record["isArchived"] = archived
            record.pop("archivedAt", None)
            if archived and "archivedAt" in self._kind.__annotations__:
                record["archivedAt"] = call.now
            return self._save(call, record)

    def add(self, name: str, field: str, kind: type[Mapping[str, object]], *, to: str | None = None) -> None:
        """Registers a method that adds a reference; one that the record has already changes nothing.

        Args:
            name: The method.
            field: The request's field with the id that is added.
            kind: The kind of record that it refers to. An archived one is refused.
            to: The record's list of ids, by default the field's name with an s (`tagId`, `tagIds`).
        """
        key, ids = self._key, to or f"{field}s"

        @method(name, f"{self._permission}Write", request({key: Uuid(), field: Uuid()}))
        def add(call: Call) -> Any:
            record = call.get(self._kind, call.body[key])
            added = call.refer(kind, call.body[field], field)
            if added.get("isArchived"):
                raise invalid(field, "is archived")
            present = cast(Sequence[object], record[ids])
            if added["id"] in present:
                return self._reply(call, record)
            return self._save(call, {**record, ids: [*present, added["id"]]})

    def remove(self, name: str, field: str, kind: type[Mapping[str, object]], *, of: str | None = None) -> None:
        """Registers a method that removes a reference; one that the record does not have changes nothing.

        Args:
            name: The method.
            field: The request's field with the id that is removed.
            kind: The kind of record that it refers to.
            of: The record's list of ids, by default the field's name with an s (`tagId`, `tagIds`).
        """
        key, ids = self._key, of or f"{field}s"

        @method(name, f"{self._permission}Write", request({key: Uuid(), field: Uuid()}))
        def remove(call: Call) -> Any:
            record = call.get(self._kind, call.body[key])
            removed = call.refer(kind, call.body[field], field)
            present = cast(Sequence[object], record[ids])
            if removed["id"] not in present:
                return self._reply(call, record)
            return self._save(call, {**record, ids: [each for each in present if each != removed["id"]]})

    def _save(self, call: Call, record: Mapping[str, object]) -> Any:
        return self._reply(call, call.save(self._kind, cast(Record, record)))


def _filtered(filters: Iterable[Filter], optional: Fields | None = None, *, paged: bool) -> Shape:
    """The statement of a request with these filters."""
    optional = dict(optional or {})
    required: dict[str, Field] = {}
    for each in filters:
        optional |= each.optional
        required |= each.required
    return request(required, optional, paged=paged)


def _conditions(call: Call, filters: Iterable[Filter]) -> list[Condition]:
    return [condition for each in filters for condition in each.conditions(call)]


def _check_references(call: Call, statement: Shape) -> None:
    """Refuses an id in the body that refers to no record of the kind that its field states."""
    for name, field in {**statement.required, **statement.optional}.items():
        field = field.field if isinstance(field, Nullable) else field
        if isinstance(field, Uuid) and field.of is not None:
            call.refer_if_given(field.of, name)
