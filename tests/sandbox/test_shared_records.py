"""A record that many replies embed is read once, and again as soon as it is another."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from langchain_ashby.sandbox.records import Source
from langchain_ashby.sandbox.store import Store

FAIR: Source = {"id": "fair", "title": "Fair", "isArchived": False}
FRIENDS: Source = {**FAIR, "title": "Friends"}


@pytest.fixture
def store() -> Iterator[Store]:
    """A store with one source, which has been read."""
    store = holding(FAIR)
    assert store.shared(Source, "fair") is store.shared(Source, "fair") == FAIR
    yield store
    store.close()


def holding(source: Source) -> Store:
    store = Store()
    with store.transaction():
        store.add(Source, source)
    return store


def test_a_change_is_seen_at_once_and_not_once_it_is_taken_back(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.put(Source, FRIENDS)
        assert store.shared(Source, "fair") == FRIENDS
        raise ZeroDivisionError
    assert store.shared(Source, "fair") == FAIR
    with store.transaction():
        store.put(Source, FRIENDS)
    assert store.shared(Source, "fair") == FRIENDS


def test_a_deleted_record_is_gone_and_may_come_again(store: Store) -> None:
    with store.transaction():
        store.delete(Source, "fair")
        assert store.shared(Source, "fair") is None
        store.add(Source, FRIENDS)
    assert store.shared(Source, "fair") == FRIENDS


def test_a_store_that_becomes_another_shares_the_records_of_that(store: Store) -> None:
    with closing(holding(FRIENDS)) as other:
        store.become(other)
    assert store.shared(Source, "fair") == FRIENDS


def test_only_so_many_are_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("langchain_ashby.sandbox.store._MOST_SHARED", 2)
    for number in range(5):
        assert store.shared(Source, str(number)) is None
        assert len(store._shared) <= 2
    assert store.shared(Source, "fair") == FAIR
