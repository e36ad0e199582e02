"""Addresses of this machine, of its network and of the public one, and connections that may only lead there."""

from __future__ import annotations

import ipaddress
import socket
from contextvars import ContextVar
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError

from langchain_ashby.scoped import scoped


class NotPublicError(NewConnectionError):
    """A name that Ashby gave stands for an address inside this network."""


_public_only: ContextVar[bool] = ContextVar("langchain_ashby_public_only", default=False)


def public_only() -> scoped[bool]:
    """Refuses bounded connections to this machine and to private networks within the block, whatever their name.

    What a proxy connects to is for the proxy to refuse.
    """
    return scoped(_public_only, True)


def checked(connection: socket.socket, of: HTTPConnection) -> socket.socket:
    """Closes a new connection, before anything is sent, if it leads where it may not.

    Raises:
        NotPublicError: if it does.
    """
    if _public_only.get() and not is_proxied(of) and not is_public(connection.getpeername()[0]):
        connection.close()
        raise NotPublicError(of, "the address is not public")
    return connection


def is_proxied(connection: HTTPConnection) -> bool:
    """True if a connection leads through a proxy. To urllib3, a SOCKS proxy is not one."""
    return connection.proxy is not None or hasattr(connection, "_socks_options")


def is_public(address: str) -> bool:
    """Tells if an IP address is public, and so is one that it carries."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        # Addresses that carry another one, which is where they lead.
        carried = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else ip.ipv4_mapped
        if carried:
            return is_public(str(carried))
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NOT_PUBLIC)


_NAT64 = ipaddress.ip_network("64:ff9b::/96")

# 6to4, Teredo, NAT64 within a network, and documentation. Some versions of Python call some of them public.
_NOT_PUBLIC = [ipaddress.ip_network(it) for it in ("2002::/16", "2001::/32", "64:ff9b:1::/48", "3fff::/20")]


def is_loopback(url: str) -> bool:
    """Tells if an address is this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
