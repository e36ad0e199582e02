"""Limits set by the application; a run's context can narrow them, never widen them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Literal

from langchain_core.tools import BaseTool

from langchain_ashby.agent.approval.gate import Tools, needs_approval
from langchain_ashby.agent.approval.policy import ApprovalPolicy, Ruling, strictest
from langchain_ashby.agent.approval.requirements import NOTHING, strictest_of
from langchain_ashby.agent.approval.standing import shortfall
from langchain_ashby.agent.messages.tool_messages import NOT_IN_THIS_RUN
from langchain_ashby.agent.run.context import SettingsError, context_schema
from langchain_ashby.agent.run.runtime import ashby_user, is_within_another_graph, settings_given
from langchain_ashby.agent.run.surroundings import Surroundings
from langchain_ashby.agent.state import Approval, Node, Proposal, Requirements, State, Update
from langchain_ashby.client import AshbyClient
from langchain_ashby.errors import ConfigurationError
from langchain_ashby.text.words import in_zone
from langchain_ashby.toolkit.tool import raising_errors

DEFAULT = "default"
"""The name of the agent's own model and policy."""

Anyone = Literal["anyone"]


@dataclass(frozen=True)
class RunSettings:
    """The settings of one run.

    Attributes:
        model: The name of its model.
        tools: The tools that it has, by name.
        on_behalf_of: The id of the Ashby user for whom it acts; None for the key's owner.
        time_zone: The time zone of its words and days; None for the one that `TZ` names.
    """

    model: str
    tools: Tools
    on_behalf_of: str | None
    time_zone: str | None
    _policies: tuple[ApprovalPolicy, ...]

    def ruling(self, proposal: Proposal) -> Ruling:
        """Returns the strictest of the policies' rulings for a write; `ask` if it needs more than one approval."""
        tool, card, parts = proposal["call"]["name"], proposal["card"], [it["card"] for it in proposal.get("parts", [])]
        sources, untrusted = proposal.get("sources", []), proposal.get("untrusted", True)
        ruling = strictest(
            policy.ruling(tool, card, parts, sources=sources, untrusted=untrusted or is_within_another_graph())
            for policy in self._policies
        )
        return "ask" if ruling == "allow" and self.requires(proposal) != NOTHING else ruling

    def requires(self, proposal: Proposal) -> Requirements:
        """Returns all that this run's policies require for a write, and what earlier runs found to be required."""
        tool, card, parts = proposal["call"]["name"], proposal["card"], proposal.get("parts", [])
        by_policy = [policy.requires(tool, card, [it["card"] for it in parts]) for policy in self._policies]
        return strictest_of([proposal.get("requires", NOTHING), *by_policy])

    def acts_for_another_than(self, proposed_for: str | None) -> str | None:
        """Objects in words if a write was proposed in a run for another user than this one's; None if it was not."""
        if proposed_for == self.on_behalf_of:
            return None
        return (
            f"It was proposed to be made {_for(proposed_for)}, but the run with the decision acts "
            f"{_for(self.on_behalf_of)}. If the change is still wanted, propose it again."
        )

    def last_objection(self, approval: Approval) -> str | None:
        """Says why this run must not make a write that is about to be made; None if it may."""
        if objection := self.objection(approval):
            return objection
        lacking = shortfall(approval, self.requires(approval["proposal"]))
        return f"One approval is not enough for it. {lacking} Propose it again." if lacking else None

    def objection(self, approval: Approval) -> str | None:
        """Says why this run may not execute a write that was approved, perhaps in another run; None if it may."""
        call, proposal = approval["call"], approval["proposal"]
        if call["name"] not in self.tools:
            return f"It was approved. {NOT_IN_THIS_RUN}"
        if other := self.acts_for_another_than(proposal["on_behalf_of"]):
            return other
        ruling, decided = self.ruling(proposal), approval["decided"]
        if ruling == "never":
            return "It was approved, but the application does not allow this change."
        if ruling == "ask" and decided is not None and decided["decision"] == "policy":
            return "It was allowed without asking, but the policy of this run asks a person. Propose it again."
        return None


class RunLimits:
    """The limits set by the application.

    Args:
        tools: All tools of the agent.
        client: Acts in Ashby; None if the tools are not Ashby's.
        models: The names of the models that a run may choose.
        policy: The policy that always applies.
        policies: Policies that a run may add, by name.
        act_for: The ids of the users for whom a run may act.

    Raises:
        ConfigurationError: if a policy has the wrong type, or has a rule for a tool that is not there; or if `act_for`
            is a single id.
    """

    def __init__(
        self,
        tools: Tools,
        client: AshbyClient | None,
        models: Iterable[str],
        policy: ApprovalPolicy,
        policies: Mapping[str, ApprovalPolicy],
        act_for: Collection[str] | Anyone,
    ) -> None:
        if isinstance(act_for, str) and act_for != "anyone":
            # `in` would find any part of the string.
            raise ConfigurationError('act_for takes a list of user ids, or "anyone"', remedy=f"Give [{act_for!r}].")
        for field, it in [("policy", policy), *((f"policies[{name!r}]", it) for name, it in policies.items())]:
            if not isinstance(it, ApprovalPolicy):
                raise ConfigurationError(
                    f"{field} takes an ApprovalPolicy, not {type(it).__name__}",
                    remedy="Give ApprovalPolicy({tool: rule}).",
                )
            it.check(tools.values())
        self.tools = tools
        self._client = client
        self._surroundings = Surroundings(client)
        self._policy = policy
        self._policies = dict(policies)
        self._act_for = act_for
        self.schema = context_schema((*models,), _toolsets(tools), (DEFAULT, *policies))
        self._unset = self.schema()

    def settings(self) -> RunSettings:
        """Returns the settings of the run that is under way.

        Raises:
            SettingsError: if it asks for something that the application does not allow.
        """
        given = settings_given()
        context = self.schema(**given) if given else self._unset
        policy = context.policy or DEFAULT
        return RunSettings(
            model=context.model or DEFAULT,
            tools=self._narrowed(context.toolsets, context.read_only),
            on_behalf_of=self.user_for(context.on_behalf_of, ashby_user()),
            time_zone=context.time_zone,
            _policies=(self._policy,) if policy == DEFAULT else (self._policy, self._policies[policy]),
        )

    @contextmanager
    def acting(self, settings: RunSettings) -> Iterator[None]:
        """Acts in Ashby as the run's user within this block. Ashby's tools raise their errors to the agent there."""
        user = nullcontext() if self._client is None else self._client.acting_for(settings.on_behalf_of)
        with raising_errors(), user, in_zone(settings.time_zone):
            yield

    def surroundings(self, settings: RunSettings, *, ask: bool) -> str:
        """What the run's model is told of the day, the key and the user; `ask` allows it to ask Ashby."""
        with self.acting(settings):
            return self._surroundings.words(ask=ask)

    def within(self, node: Callable[[State, RunSettings], Update]) -> Node:
        """Wraps a node so that it gets the run's settings and acts as the run's user.

        A run with settings that are not allowed cannot enter.
        """

        def step(state: State) -> Update:
            settings = self.settings()
            with self.acting(settings):
                return node(state, settings)

        return step

    def _narrowed(self, toolsets: Collection[str] | None, read_only: bool) -> Tools:
        if toolsets is None and not read_only:
            return self.tools
        return {
            name: tool
            for name, tool in self.tools.items()
            if (toolsets is None or _toolset(tool) in toolsets) and not (read_only and needs_approval(tool))
        }

    @property
    def account(self) -> str | None:
        """A fingerprint of the Ashby account; None if the tools are not Ashby's."""
        return None if self._client is None else self._client.account

    def user_for(self, wanted: str | None, authenticated: str | None = None) -> str | None:
        """The Ashby user for whom a run acts.

        Args:
            wanted: The user in its settings.
            authenticated: The user that a server authenticated.

        Raises:
            SettingsError: if the application does not let it act for the one that it wants.
        """
        fixed = authenticated or (self._client.on_behalf_of if self._client else None)
        if wanted is None or wanted == fixed:
            return fixed
        if self._client is None:
            raise SettingsError("on_behalf_of: this agent has no Ashby client that could act for a user")
        if fixed is not None:
            raise SettingsError(
                "on_behalf_of: this run acts for another user, and cannot choose", remedy="Leave on_behalf_of out."
            )
        if self._act_for != "anyone" and wanted not in self._act_for:
            raise SettingsError(
                "on_behalf_of: the application does not let runs act for this user",
                remedy="Allow the user with act_for of create_recruiting_agent.",
            )
        return wanted


def _for(user_id: str | None) -> str:
    return f"on behalf of the user {user_id}" if user_id else "on no user's behalf"


def _toolset(tool: BaseTool) -> str | None:
    return ((tool.metadata or {}).get("ashby") or {}).get("toolset")


def _toolsets(tools: Tools) -> tuple[str, ...]:
    return tuple(dict.fromkeys(it for it in map(_toolset, tools.values()) if it))
