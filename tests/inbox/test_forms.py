"""Forms made of arguments, and arguments made of forms."""

from __future__ import annotations

import json
from typing import Any

from arguments import arguments
from controls import typed
from hypothesis import given, settings
from hypothesis import strategies as st

from langchain_ashby.endpoint import Access
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.inbox.forms import form, read

WRITES = [name for name, it in OPERATIONS.items() if it.access is Access.WRITE]


def test_every_write_comes_back_from_its_form_as_it_was() -> None:
    @given(st.sampled_from(WRITES).flatmap(lambda name: st.tuples(st.just(name), arguments(OPERATIONS[name]))))
    @settings(max_examples=150)
    def check(call: tuple[str, dict[str, Any]]) -> None:
        name, args = call
        shown = form(OPERATIONS[name], args)
        again = form(OPERATIONS[name], args, typed=typed(shown))
        found = read(again)
        assert found.problems == {}
        assert json.dumps(found.args, sort_keys=True) == json.dumps(args, sort_keys=True)
        assert not found.changed

    check()
