"""Reviewers, and what they may see and decide."""

from __future__ import annotations

import ipaddress
import logging
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.routing import Route

from langchain_ashby.bulk import Bulk
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.text.safe import as_typed, shortened, visible

if TYPE_CHECKING:
    from langchain_ashby.inbox.questions import Approval

VIEWER, REVIEWER, ADMIN = "viewer", "reviewer", "admin"
"""The roles that the inbox knows. Others have a meaning only in the application's routing."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Routing:
    """Restricts who sees and decides what, beyond roles.

    Attributes:
        decides: For each tool, the roles and names of those who may decide, such as
            `{"ashby_create_offer": ["compensation", "ben@example.com"]}`: reviewers decide on all other tools,
            admins on all. A rule for a tool also applies to its bulk version, unless that has its own. Or a function of
            the reviewer and the approval.
        sees: A function of the reviewer and the approval; by default everyone sees everything.

    Where a function fails, the answer is no.

    Raises:
        ValueError: if a rule names an Ashby tool that does not exist, or is not a list.
    """

    decides: Mapping[str, Collection[str]] | Rule | None = None
    sees: Rule | None = None

    def __post_init__(self) -> None:
        for tool, whom in self.decides.items() if isinstance(self.decides, Mapping) else ():
            if tool.startswith("ashby_") and tool not in OPERATIONS:  # it would leave the tool that is meant to all
                raise ValueError(f"There is no tool {tool!r} to decide on.")
            if isinstance(whom, str):  # it would be taken for a list of letters
                raise ValueError(f"List those who decide on {tool!r}, such as [{whom!r}].")


@dataclass(frozen=True)
class Reviewer:
    """Someone who uses the inbox.

    Attributes:
        name: Their name in the audit trail. Its invisible characters are written out, and letters of other forms, such
            as full-width ones, are replaced by the usual ones: names that look alike are seldom two people.
        roles: a `viewer` can look, a `reviewer` can also decide, an `admin` also decides what is routed to others.
        email: Their e-mail address, if it is known.
        as_seen: True if the name's invisible characters are written out already, so that this is not done again.

    Raises:
        ValueError: if the name is empty.
    """

    name: str
    roles: frozenset[str] = frozenset({REVIEWER})
    email: str | None = None
    routing: Routing = field(default=Routing(), repr=False, compare=False)
    as_seen: bool = field(default=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.as_seen:
            name = visible(as_typed(" ".join(unicodedata.normalize("NFKC", self.name).split())))
            object.__setattr__(self, "name", shortened(name, _LONGEST_NAME))
            object.__setattr__(self, "as_seen", True)
        if not self.name:
            raise ValueError("A reviewer needs a name.")
        object.__setattr__(self, "roles", frozenset([self.roles] if isinstance(self.roles, str) else self.roles))

    @property
    def may_enter(self) -> bool:
        """True if they have a role that the inbox knows."""
        return not self.roles.isdisjoint((VIEWER, REVIEWER, ADMIN))

    def may_see(self, approval: Approval) -> bool:
        """True if the approval is shown to them."""
        return self.may_enter and _follows(self.routing.sees, self, approval)

    def may_decide(self, approval: Approval) -> bool:
        """True if their decision about the approval counts."""
        if not self.may_see(approval):
            return False
        decides = self.routing.decides
        if not isinstance(decides, Mapping):
            return not self.roles.isdisjoint((REVIEWER, ADMIN)) and _follows(decides, self, approval)
        if ADMIN in self.roles:
            return True
        operation = OPERATIONS.get(approval.tool)
        single = operation.of.tool_name() if operation and issubclass(operation, Bulk) else ""
        tool = approval.tool if approval.tool in decides else single
        if tool in decides:
            return not {self.name, *self.roles}.isdisjoint(decides[tool])
        return REVIEWER in self.roles


Rule = Callable[[Reviewer, "Approval"], bool]
Identify = Callable[[Request], Reviewer | Awaitable[Reviewer | None] | None]
"""Identifies whoever sent a request; None for a stranger."""


class SignIn(ABC):
    """A way to sign in. The inbox remembers it in a session."""

    @property
    @abstractmethod
    def issuer(self) -> str:
        """Identifies the way. A session that another one began does not count."""

    @abstractmethod
    def routes(self) -> Sequence[Route]:
        """The pages of the sign-in, all below `/sign-in`."""


class TrustedHeader:
    """Takes the reviewer's name from a header that a proxy sets.

    The header is trusted only in requests from the proxy itself, since anyone can send a header; other requests are
    refused. The proxy has to replace or remove the header in what it receives.

    Args:
        name: The header, such as `X-Forwarded-User`.
        proxies: The addresses or networks of the proxies, such as `10.0.0.0/8`; `unix` for a proxy that connects
            through a socket in the file system.
        roles: Everyone's roles, or a function of the name.

    Raises:
        ValueError: if no proxy is given, or one is not an address.
    """

    def __init__(
        self,
        name: str,
        proxies: Collection[str],
        *,
        roles: Collection[str] | Callable[[str], Collection[str]] = (REVIEWER,),
    ) -> None:
        if isinstance(proxies, str) or not proxies:
            raise ValueError("List the proxies to trust, such as proxies=['10.0.0.7'].")
        self._header = name
        self._networks = [ipaddress.ip_network(it) for it in proxies if it != _UNIX]
        self._unix = _UNIX in proxies
        self._roles = roles

    def __call__(self, request: Request) -> Reviewer | None:
        """The reviewer that the proxy names; None if it names nobody, or if it is not the proxy that asks."""
        given = request.headers.getlist(self._header)
        if len(given) != 1 or not given[0].strip() or not self._is_proxy(request):
            return None
        # Headers are bytes; proxies send names in UTF-8, and the server has read them as Latin-1.
        name = given[0].encode("latin-1").decode("utf-8", "replace")
        roles = self._roles(name) if callable(self._roles) else self._roles
        return Reviewer(name, frozenset(roles))

    def _is_proxy(self, request: Request) -> bool:
        if request.client is None or not request.client.host:
            return self._unix
        try:
            peer = ipaddress.ip_address(request.client.host)
        except ValueError:
            return False
        mapped = getattr(peer, "ipv4_mapped", None)
        return any((mapped or peer) in it for it in self._networks)


def _follows(rule: Rule | None, reviewer: Reviewer, approval: Approval) -> bool:
    if rule is None:
        return True
    try:
        return rule(reviewer, approval) is True
    except Exception as error:  # it is the application's own
        _log.error("The routing of approvals failed with %s: the answer is no", type(error).__name__)
        return False


_LONGEST_NAME = 200
_UNIX = "unix"
