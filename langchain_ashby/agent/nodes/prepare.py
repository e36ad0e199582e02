"""The node that makes writes ready for review. It runs before the pause, and only reads.

Each open write gets a card, the key under which the journal keeps it, and a ruling of the application's policy, which
may also decide alone. Calls with invalid arguments go back to the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import cast

from langchain_core.messages import ToolCall, ToolMessage

from langchain_ashby.agent.approval.gate import argument_problem, needs_approval, with_ids
from langchain_ashby.agent.approval.requirements import NOTHING
from langchain_ashby.agent.approval.standing import Counted, Uncounted, weighed
from langchain_ashby.agent.cards import ReadCache, markdown
from langchain_ashby.agent.cards.card import Beside, Change
from langchain_ashby.agent.cards.differences import beside
from langchain_ashby.agent.cards.edits import edited_arguments, edits, together
from langchain_ashby.agent.cards.many import CARDS_AT_ONCE
from langchain_ashby.agent.cards.show.arguments import described
from langchain_ashby.agent.execution.dependencies import Dependencies
from langchain_ashby.agent.execution.journal_record import journal_key
from langchain_ashby.agent.execution.notes import note, note_counted
from langchain_ashby.agent.execution.order import held_back, put_in_order, warnings_of_twins
from langchain_ashby.agent.execution.parts import shortened, taken_off, with_parts
from langchain_ashby.agent.execution.store import store_time
from langchain_ashby.agent.execution.verify import needs_another_look
from langchain_ashby.agent.execution.write import PendingWrite, WriteResult, pending_write
from langchain_ashby.agent.messages.history import maker_of, open_calls
from langchain_ashby.agent.messages.own import turn_of
from langchain_ashby.agent.messages.tool_messages import NO_STORE, not_executed
from langchain_ashby.agent.provenance import Said, trace
from langchain_ashby.agent.run.forks import goes_on
from langchain_ashby.agent.run.runtime import RunLocation, is_first_attempt, is_saved
from langchain_ashby.agent.run.settings import RunSettings
from langchain_ashby.agent.state import Approval, Decided, Proposal, State, Update, is_complete, undecided
from langchain_ashby.agent.undo.lines import first, is_as_proposed, lines_of
from langchain_ashby.errors import AshbyError
from langchain_ashby.text.safe import visible
from langchain_ashby.text.words import tool_title


@dataclass(frozen=True)
class _Call:
    """A call to make ready, with a person's edit of it, or the proposal that has to be asked about again."""

    call: ToolCall
    edit: Approval | None = None
    shown: Proposal | None = None

    @property
    def known(self) -> Proposal | None:
        """The proposal that was shown before, if this version of the package can read it."""
        before = self.edit["proposal"] if self.edit else self.shown
        return before if is_complete(before) else None

    @property
    def original(self) -> dict[str, object] | None:
        """The model's own arguments, if a person edited them."""
        if self.known is None:
            return None
        return self.known["original"] or (self.known["call"]["args"] if self.edit else None)

    def edits(self, proposal: Proposal) -> list[Change]:
        """Describes how people edited the call, up to this proposal."""
        if self.known is None:
            return []
        earlier = self.known.get("edits", [])
        if self.edit is None:
            return earlier
        was, now = self.known["card"], proposal["card"]
        if was is None or now is None:
            return together(earlier, edited_arguments(self.known["call"]["args"], proposal["call"]["args"]))
        return together(earlier, edits(was, now))


def prepare(state: State, settings: RunSettings, given: Dependencies) -> Update:
    """Makes proposals of the open writes; or of a person's edits, or of the proposals to ask about again, if any."""
    location = given.location()
    if location.store is None:
        return {"messages": _refused(state, given), "proposals": [], "approvals": [], "edits": []}
    ready = _ready(_calls(state, given), given)
    answers = [_answer(it, made, given, location) for it, made in ready if isinstance(made, ToolMessage)]
    proposed = [(it, made) for it, made in ready if not isinstance(made, ToolMessage)]
    held = [_copied(it) for it in held_back(state)]
    # Beside a person's edits there may be proposals that wait for something else.
    are_edits = any(it.edit for it, _ in ready)
    waiting = [_with_own_order(it) for it in state.get("proposals", [])] if are_edits else []
    _complete(proposed, [*waiting, *(it["proposal"] for it in held)], state, given, location, settings)
    update: Update = {"proposals": waiting, "approvals": held, "edits": []}
    if answers:  # an empty change would store the whole conversation again
        update["messages"] = answers
    # If the message is lost, with the process or in a retry, the model is asked again: the write would be made twice.
    is_allowed = any(proposal["policy"] == "allow" for _, proposal in proposed)
    unasked = is_allowed and is_first_attempt() and is_saved() and goes_on()
    for it, proposal in proposed:
        outcome = _outcome(it, proposal, given, location, settings, unasked=unasked)
        key = "messages" if isinstance(outcome, ToolMessage) else "approvals" if "decided" in outcome else "proposals"
        update.setdefault(key, []).append(outcome)
    update["proposals"].sort(key=lambda it: it["place"])
    return update


def _calls(state: State, given: Dependencies) -> list[_Call]:
    edits, shown = state.get("edits", []), state.get("proposals", [])
    was_replaced = any(_was_replaced(it, state) for it in [*shown, *(edit["proposal"] for edit in edits)])
    if edits and not was_replaced:
        return [_Call(edit["call"], edit=edit) for edit in edits]
    if shown and not was_replaced:
        return [_Call(proposal["call"], shown=proposal) for proposal in shown]
    held = {it["call"]["id"] for it in state.get("approvals", [])}
    calls = [cast(ToolCall, call) for call in open_calls(state["messages"], state.get("own", {}))]
    return [_Call(it) for it in calls if it["id"] not in held and needs_approval(given.tools.get(it["name"]))]


def _refused(state: State, given: Dependencies) -> list[ToolMessage]:
    calls = open_calls(state["messages"], state.get("own", {}))
    return [not_executed(it, NO_STORE) for it in calls if needs_approval(given.tools.get(str(it["name"])))]


def _was_replaced(proposal: Proposal, state: State) -> bool:
    """True if the model's message now has another call in the place of the one that led to the proposal."""
    args = proposal.get("written") or proposal.get("original") or proposal["call"]["args"]
    proposed = {**proposal["call"], "args": args}
    return any(
        it["id"] == proposed["id"] and it != proposed for it in open_calls(state["messages"], state.get("own", {}))
    )


def _ready(calls: Sequence[_Call], given: Dependencies) -> list[tuple[_Call, Proposal | ToolMessage]]:
    reads = given.executor.checker.reads()
    if reads is None or len(calls) == 1:  # nothing to wait for, or nothing else to do meanwhile: no threads
        return [(it, _proposal(it, given, reads)) for it in calls]
    with ThreadPoolExecutor(CARDS_AT_ONCE, thread_name_prefix="card") as threads:
        # Each in a copy of the context, which says for whom the client acts.
        started = [threads.submit(copy_context().run, _proposal, it, given, reads) for it in calls]
        return [(it, made.result()) for it, made in zip(calls, started, strict=True)]


def _proposal(it: _Call, given: Dependencies, reads: ReadCache | None) -> Proposal | ToolMessage:
    """Makes a proposal with its card; or answers a call with invalid arguments, or of a tool that is gone."""
    call, checker = it.call, given.executor.checker
    tool = given.tools.get(call["name"])
    if tool is None:
        return not_executed(call, _GONE)
    if problem := argument_problem(tool, call["args"]):
        return not_executed(call, problem)
    written = call["args"]
    try:
        call, named = with_ids(tool, call)
    except AshbyError as error:
        return not_executed(call, visible(error.for_model()))
    bulk = checker.bulk(call) if reads is not None else None
    card = checker.card(call, reads) if bulk is None else None
    proposal = Proposal(
        call=call,
        title=tool_title(tool.name, tool.metadata),
        description="",
        card={**card, "named": named} if card and named else card,
        original=None,
        made=datetime.now(UTC).isoformat(),
        journal="",
        journal_key="",
        place=0,
        after={},
        policy="",
        on_behalf_of=None,
        account=checker.account(call),
    )
    if call["args"] != written:
        proposal = {**proposal, "written": written}
    if bulk is None or reads is None:
        return proposal
    shown = checker.bulk(it.edit["proposal"]["call"]) if it.edit and it.known else None
    if it.known and shown and (fewer := shortened(it.known, shown, bulk)):
        return {**fewer, "call": call, "after": {}}
    made = with_parts(proposal, bulk, *checker.parts(call, reads))
    if named and not isinstance(made, ToolMessage) and made["card"]:
        made["card"] = {**made["card"], "named": named}
    return made


def _copied(approval: Approval) -> Approval:
    """A copy whose order can be changed."""
    return {**approval, "proposal": _with_own_order(approval["proposal"])}


def _with_own_order(proposal: Proposal) -> Proposal:
    return {**proposal, "after": dict(proposal["after"])}


def _complete(
    proposed: Sequence[tuple[_Call, Proposal]],
    others: Sequence[Proposal],
    state: State,
    given: Dependencies,
    location: RunLocation,
    settings: RunSettings,
) -> None:
    """Adds what the journal, the policy and the reviewer need to know."""
    assert location.store is not None
    message, own = maker_of(state["messages"]), state.get("own", {})
    index = {call["id"]: number for number, call in enumerate(message.tool_calls)} if message else {}
    undoes = state.get("undoes", {})
    journal = given.executor.journal.name(location.store)
    for it, proposal in proposed:
        call, known = proposal["call"], it.known
        proposal["original"] = it.original
        proposal["on_behalf_of"] = settings.on_behalf_of if known is None else known["on_behalf_of"]
        proposal["account"] = proposal["account"] if known is None else known["account"]
        proposal["place"] = index.get(call["id"], -1)
        if known is None:
            proposal["journal"] = journal
            turn = turn_of(message, own) if message else None
            own_call = call | {"args": proposal.get("written") or call["args"]}
            proposal["journal_key"] = journal_key(location.thread_id, turn, proposal["place"], own_call)
            if undoing := undoes.get(str(call["id"])):
                proposal["on_behalf_of"], proposal["account"] = undoing["on_behalf_of"], undoing["account"]
        else:
            if written := known.get("written"):
                proposal["written"] = written
            proposal["journal"], proposal["journal_key"] = known["journal"], known["journal_key"]
            proposal["after"] = dict(known["after"])
            _void(proposal, known)
    put_in_order([*(proposal for _, proposal in proposed), *others])
    warnings = warnings_of_twins([proposal for _, proposal in proposed])
    said = Said(state["messages"], own, given.tools, state.get("outside"), until=message)
    for number, (it, proposal) in enumerate(proposed):
        undoing = undoes.get(str(proposal["call"]["id"]))
        if is_as_proposed(undoing, proposal):  # its values are what was there before, as the card of the write proved
            traced: list[str] = []
            proposal["sources"], proposal["untrusted"] = [], said.outside is not None
        else:
            traced = trace(proposal, said, given.tools.get(proposal["call"]["name"]))
        warnings[number] += traced
        card, after = proposal["card"], [*proposal["after"].values()]
        if card is not None:
            earlier = [f"Runs after: {after[-1]}."] if after else []
            undo = lines_of(undoing, proposal)
            around = Beside(
                consequences=[*undo["consequences"], *earlier], warnings=[*undo["warnings"], *warnings[number]]
            )
            proposal["card"] = card = first(beside(card, around), undo["consequences"])
        if it.known is not None:
            proposal["edits"] = it.edits(proposal)  # of cards that say all that they will say
        title, args = proposal["title"], proposal["call"]["args"]
        proposal["description"] = described(title, args, traced) if card is None else markdown(card)
        if (requires := settings.requires(proposal)) != NOTHING:
            proposal["requires"] = requires
        proposal["policy"] = settings.ruling(proposal)


def _void(proposal: Proposal, known: Proposal) -> None:
    """Notes that approvals of another card or other arguments do not count. What was required of those still is."""
    for of_approvals in ("approved", "held_since"):
        proposal.pop(of_approvals, None)  # type: ignore[misc]  # they may be missing
    if required := known.get("requires"):
        proposal["requires"] = required
    if approved := known.get("approved"):
        proposal["void"] = [*known.get("void", []), *approved]


def _outcome(
    it: _Call, proposal: Proposal, given: Dependencies, location: RunLocation, settings: RunSettings, *, unasked: bool
) -> Proposal | Approval | ToolMessage:
    """Decides what happens to a proposal: a person is asked, it may run, or it is answered.

    If the policy allows it, `unasked` says whether it may really run without asking.
    """
    assert location.store is not None
    call, edit = proposal["call"], it.edit
    if other := given.executor.of_another_account(proposal) or settings.acts_for_another_than(proposal["on_behalf_of"]):
        write = PendingWrite(location.store, location.thread_id, _edited(edit, proposal) or undecided(proposal))
        return given.executor.close(write, WriteResult("withheld", not_executed(call, other)))
    if proposal["policy"] == "never":
        write = PendingWrite(location.store, location.thread_id, _by_policy(proposal))
        return given.executor.close(write, WriteResult("policy", not_executed(call, _FORBIDDEN)))
    if edit is None:
        return _by_policy(proposal) if proposal["policy"] == "allow" and unasked else proposal
    was, approval = edit["proposal"], Approval(call=call, edited=True, proposal=proposal, decided=edit["decided"])
    if (proposal["policy"] == "allow" and unasked) or taken_off(was, proposal):
        return _counted(approval, location)
    as_shown = "parts" not in proposal and not given.executor.checker.second_look(was["card"], was["call"]).changes
    if not as_shown or needs_another_look(was["card"], proposal["card"]):
        _record_edit(edit, proposal, location)
        return {**proposal, "description": f"{_EDITED}\n\n{proposal['description']}"}
    return _counted(approval, location)


def _counted(edit: Approval, location: RunLocation) -> Approval | Proposal:
    """An edit that counts as an approval of its own card: it may run, unless that needs more than one approval."""
    assert location.store is not None
    try:
        counted = weighed(edit, partial(store_time, location.store))
    except Uncounted:  # nobody is named, and its own card needs two people
        return edit["proposal"]
    if not isinstance(counted, Counted):
        return counted
    note_counted(edit, counted, location)
    return counted.proposal


def _answer(it: _Call, answer: ToolMessage, given: Dependencies, location: RunLocation) -> ToolMessage:
    """Answers a call that cannot be asked about. If it was asked about before, the journal may know better."""
    before = it.edit or (undecided(it.known) if it.known else None)
    write = None if before is None else pending_write(before, location)
    return answer if write is None else given.executor.close(write, WriteResult("withheld", answer))


def _by_policy(proposal: Proposal) -> Approval:
    return {**undecided(proposal), "decided": Decided(decision="policy", reviewer=None, at=proposal["made"])}


def _edited(edit: Approval | None, proposal: Proposal) -> Approval | None:
    """A person's edit, with the card of exactly what they wrote."""
    if edit is None:
        return None
    return Approval(call=proposal["call"], edited=True, proposal=proposal, decided=edit["decided"])


def _record_edit(edit: Approval, proposal: Proposal, location: RunLocation) -> None:
    """Adds an edit that is asked about again to the audit trail: another person may decide about the result."""
    shown: Proposal = {**edit["proposal"], "original": proposal["original"], "edits": proposal.get("edits", [])}
    note({**edit, "proposal": shown}, "edited", _SHOWN_AGAIN, location)


_GONE = "The agent had this tool when the call was made, but no longer has it. Tell the user."
_FORBIDDEN = "The application does not allow this change, whoever asks for it. Do not propose it again; tell the user."
_SHOWN_AGAIN = "A person edited this call, and the edit was asked about with a card of its own."
_EDITED = "*This is your edit. It concerns other records, or does more than what was shown before, so review it again.*"
