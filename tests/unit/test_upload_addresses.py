"""The addresses to which a file may be sent, whatever Ashby or an impostor names."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from recorder import KEY, Recorder, raw_server, success
from requests.adapters import HTTPAdapter
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection

from langchain_ashby import AshbyClient, errors
from langchain_ashby.endpoints.candidates import UploadCandidateFile
from langchain_ashby.http import network
from langchain_ashby.http.storage import StorageAddress

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
ASHBY = "https://api.ashbyhq.com"
SANDBOX = "http://127.0.0.1:4321"
PUBLIC = "https://bucket.s3.us-west-1.amazonaws.com/"
INSIDE = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254",
    "224.0.0.1", "255.255.255.255", "::1", "::", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:a00:1:0:0:80ff:fffe",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808", "2002:808:808::", "2001:0:4136:e378:8000:63bf:f7f7:f7f7", "3fff::1",
]  # fmt: skip


@pytest.mark.parametrize(
    "host",
    [
        *(f"[{it}]" if ":" in it else it for it in INSIDE),
        *(
            "localhost",
            "LOCALHOST",
            "localhost.",
            "printer",
            "printer.local",
            "metadata.google.internal",
            "a.localhost",
        ),
        *("2130706433", "0x7f000001", "017700000001", "127.1", "0x7f.1", "0177.0.0.1", "127.0.0.1.", "1.2.3.4.5"),
        *("8.8.8.8", "[2606:4700::1111]"),  # public, but no certificate is for a number
        *("", ".", "a..b", "bücher.example", "a_b.example", "a%2eb.example", "a b.example", "127。0。0。1"),
        *(
            "user@bucket.example",
            "user:word@bucket.example",
            "bucket.example\\@127.0.0.1",
            "127.0.0.1\\@bucket.example",
        ),
        *("bucket.example#@127.0.0.1", "bucket.example:80", "bucket.example:8443", "bucket.example:", "x.example:4 43"),
    ],
)
def test_an_ashby_elsewhere_names_no_address_but_a_public_name(host: str) -> None:
    for scheme in ("http", "https", "HTTPS"):
        for base in (ASHBY, "https://ashby.corp.example:8443/v1", "https://10.0.0.5"):
            assert StorageAddress.allowed(f"{scheme}://{host}/store", base) is None


@pytest.mark.parametrize(
    "url",
    ["http://bucket.example/", "ftp://bucket.example/", "file:///etc/passwd", "//bucket.example/", "bucket.example", "",
     " https://bucket.example/", "https://bucket.example/\n", "https://bucket.example/a b", "https:/bucket.example/",
     "https:\\\\bucket.example\\", "gopher://bucket.example:443/", "https://bucket.example/\u202e"],
)  # fmt: skip
@pytest.mark.parametrize("base", [ASHBY, SANDBOX])
def test_what_is_not_plainly_https_is_no_address(url: str, base: str) -> None:
    assert StorageAddress.allowed(url, base) is None


@pytest.mark.parametrize(
    "url", [PUBLIC, PUBLIC.upper(), f"{PUBLIC}a/b?X-Amz-Signature=%2F&x=[1]", "https://b.example:443"]
)
@pytest.mark.parametrize("base", [ASHBY, SANDBOX])
def test_a_public_name_is_one_that_still_has_to_lead_outside(url: str, base: str) -> None:
    assert StorageAddress.allowed(url, base) == StorageAddress(url, own=False)


@pytest.mark.parametrize(
    "url, base",
    [
        ("http://127.0.0.1:9/store", SANDBOX),
        ("http://localhost:9", "https://localhost:1"),
        ("http://[::1]:9/", SANDBOX),
        ("https://10.0.0.5/store", "https://10.0.0.5/v1"),
        ("https://ashby.corp.example:8443/s", "https://Ashby.corp.example:8443/v1"),
    ],
)
def test_where_ashby_is_itself_a_file_may_go_as_well(url: str, base: str) -> None:
    assert StorageAddress.allowed(url, base) == StorageAddress(url, own=True)


@pytest.mark.parametrize(
    "url, base",
    [
        ("https://10.0.0.5:9200/", "https://10.0.0.5"),
        ("http://10.0.0.5/", "https://10.0.0.5"),
        ("http://127.0.0.1:9/", "https://localhost.example"),
        ("https://10.0.0.5/", SANDBOX),
        ("http://127.0.0.1.example/", SANDBOX),
    ],
)
def test_beside_ashby_it_may_not(url: str, base: str) -> None:
    assert StorageAddress.allowed(url, base) is None


@given(st.ip_addresses().filter(lambda ip: not ip.is_global).map(str))
def test_no_address_of_this_network_is_public(address: str) -> None:
    assert not network.is_public(address)


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_that_carries_one_of_this_network_is_either(address: str) -> None:
    assert not network.is_public(address)


@pytest.mark.parametrize("address", ["52.218.1.1", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_an_address_outside_is_public(address: str) -> None:
    assert network.is_public(address)


class Listener:
    """Listens on this machine and keeps what arrives, while every name stands for it."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                self.received.append(connection.recv(1000))

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    listening, look_up = Listener(), socket.getaddrinfo

    def everything_is_here(host: Any, port: Any, *arguments: Any, **more: Any) -> Any:
        if host != "bucket.example":
            return look_up(host, port, *arguments, **more)
        return look_up("127.0.0.1", listening.port, *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", everything_is_here)
    yield listening
    listening.close()


@pytest.mark.parametrize("session", [lambda: None, requests.Session], ids=["its own session", "the caller's session"])
def test_a_name_that_stands_for_this_machine_is_hung_up_on_before_a_byte_is_sent(
    recorder: Recorder, listener: Listener, tmp_path: Path, session: Callable[[], requests.Session | None]
) -> None:
    error = failing_upload(recorder, tmp_path, session())
    assert "leads into this network, so nothing was sent" in error.message
    assert not error.outcome_unknown
    assert recorder.endpoints() == ["file.createFileUploadHandle"]
    assert listener.received in ([], [b""])


def failing_upload(recorder: Recorder, directory: Path, session: requests.Session | None) -> errors.UnreachableError:
    """Uploads a file to an address that nobody serves, with a public name."""
    (directory / "cv.pdf").write_bytes(b"%PDF")
    named = {"handle": "h", "url": "https://bucket.example/store", "fields": {"command": "of an attacker"}}
    recorder.answers["file.createFileUploadHandle"] = [success(named)]
    client = AshbyClient(KEY, recorder.url, timeout=5, upload_dirs=[directory], session=session)
    with pytest.raises(errors.UnreachableError) as caught:
        client.call(UploadCandidateFile(candidate_id=ID, file_path="cv.pdf"))
    return caught.value


@pytest.mark.parametrize("session", [lambda: None, requests.Session], ids=["its own session", "the caller's session"])
def test_a_proxy_may_be_on_this_machine_and_finds_out_itself_where_the_name_leads(
    recorder: Recorder,
    tmp_path: Path,
    session: Callable[[], requests.Session | None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bytes] = []
    with raw_server(lambda connection: asked.append(connection.recv(1000))) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        error = failing_upload(recorder, tmp_path, session())
    assert "leads into this network" not in error.message
    assert [line.split()[:2] for line in asked] == [[b"CONNECT", b"bucket.example:443"]]


class SOCKSConnection(HTTPSConnection):
    """As urllib3's own, which comes with an extra: its peer is a proxy, but it has none."""

    _socks_options = MappingProxyType({"socks_version": 2})


class SOCKSPool(HTTPSConnectionPool):
    ConnectionCls = SOCKSConnection


def test_a_socks_proxy_may_be_on_this_machine_as_well(recorder: Recorder, listener: Listener, tmp_path: Path) -> None:
    session, adapter = requests.Session(), HTTPAdapter()
    adapter.poolmanager.pool_classes_by_scheme = {"https": SOCKSPool}
    session.mount("https://bucket.example", adapter)
    assert "leads into this network" not in failing_upload(recorder, tmp_path, session).message
    assert listener.received[0].startswith(b"\x16\x03"), "the beginning of TLS"
