"""One call of a method: who calls, with what, and the records that the caller sees."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, cast

from langchain_ashby.sandbox.clock import Clock
from langchain_ashby.sandbox.keys import Key
from langchain_ashby.sandbox.messages import Refusal, invalid
from langchain_ashby.sandbox.records import API_USER_ID, User, completed, kind_name, required_keys
from langchain_ashby.sandbox.store import Condition, Store, equals
from langchain_ashby.sandbox.tokens import Tokens
from langchain_ashby.sandbox.visibility import visible

Record = TypeVar("Record", bound=Mapping[str, object])


@dataclass
class Call:
    """One call as its rule sees it: `body` holds the request's checked values."""

    endpoint: str
    body: dict[str, Any]
    key: Key
    store: Store
    clock: Clock
    tokens: Tokens
    url: str
    acting_user_id: str = API_USER_ID
    sync_page_cap: int | None = None

    @cached_property
    def now(self) -> str:
        """The time of the call."""
        return self.clock.iso()

    def find(self, kind: type[Record], record_id: str) -> Record | None:
        """The record, if it exists and the key may see it."""
        return self.store.get(kind, record_id, *visible(kind, self.key))

    def get(self, kind: type[Record], record_id: str) -> Record:
        """The record that the call is about; missing and hidden records give the same error."""
        record = self.find(kind, record_id)
        if record is None:
            words = re.sub("([A-Z])", r" \1", kind_name(kind)).lower()
            message = f"There is no {words} with the id {record_id} that this API key may see."
            raise Refusal(f"{words.replace(' ', '_')}_not_found", message)
        return record

    def refer(self, kind: type[Record], record_id: str, where: str) -> Record:
        """The record that a field of the request refers to."""
        record = self.find(kind, record_id)
        if record is None:
            raise invalid(where, "refers to no record that exists and that this API key may see")
        return record

    def refer_if_given(self, kind: type[Mapping[str, object]], where: str) -> None:
        """Checks the reference in the body's field `where`, if there is one."""
        record_id = self.body.get(where)
        if record_id is not None:
            self.refer(kind, record_id, where)

    def enabled_user(self, email: str, where: str) -> User:
        """The enabled user with this e-mail address."""
        same = Condition("casefold(json_extract(data, '$.email')) = ?", (email.casefold(),))
        found = self.store.find(User, same, equals("isEnabled", True))
        if not found:
            raise invalid(where, f"there is no enabled user with the e-mail address {email}")
        return found[0]

    def create(self, kind: type[Record], **values: Any) -> Record:
        """Stores a new record of these values, with an id, the time, and the defaults of its kind; None is left out.

        Raises:
            TypeError: The kind has no such key, or needs one more.
        """
        keys, required = kind.__annotations__.keys(), required_keys(kind)
        times: dict[str, object] = {key: self.now for key in ("createdAt", "updatedAt") if key in keys}
        given = {key: value for key, value in values.items() if value is not None}
        record = completed(kind, {"id": self.store.new_id(), **times, **given})
        wrong = (record.keys() - keys) | (required - record.keys())
        if wrong:
            raise TypeError(f"{kind.__name__}: unknown or missing {', '.join(sorted(wrong))}")
        return self.store.add(kind, cast(Record, record))

    def save(self, kind: type[Record], record: Record) -> Record:
        """Stores a changed record, with the time of the change if its kind shows one."""
        if "updatedAt" in record:
            record = cast(Record, {**record, "updatedAt": self.now})
        return self.store.put(kind, record)

    def embedded(self, kind: type[Record], record_id: str) -> Record:
        """A record that a reply embeds, which no caller may change; a company that lacks it is broken."""
        record = self.store.shared(kind, record_id)
        if record is None:
            raise LookupError(f"a record refers to {kind_name(kind)} {record_id}, which does not exist")
        return record
