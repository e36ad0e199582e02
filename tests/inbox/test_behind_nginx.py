"""The inbox behind nginx, configured as the page about it says."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import trustme
import uvicorn
from starlette.applications import Starlette

from langchain_ashby.inbox import TrustedHeader, create_app
from langchain_ashby.inbox.outbox import Agent

PAGE = Path(__file__).parents[2] / "docs" / "inbox.md"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed (Debian: nginx-light)"),
]


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", proxy_headers=False, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@contextmanager
def nginx(folder: Path, upstream: str) -> Iterator[tuple[int, Path]]:
    """nginx with the page's configuration, on a free port; the port, and the certificate that it is trusted by."""
    authority = trustme.CA()
    certificate = authority.issue_cert("hire.example.com")
    certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / "hire.pem"))
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    (folder / "people").write_text("grace:{PLAIN}secret\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    [example] = re.findall(r"```nginx\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    for given, here in {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/ssl/hire.pem": str(folder / "hire.pem"),
        "/etc/ssl/hire.key": str(folder / "hire.pem"),
        "/etc/nginx/people": str(folder / "people"),
        "127.0.0.1:8000": upstream,
    }.items():
        assert given in example
        example = example.replace(given, here)
    folder.chmod(0o755)
    places = "".join(f"{it}_temp_path {folder}/{it};" for it in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; user root; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; {places}\n{example}\n}}\n"
    )
    running = subprocess.Popen(["nginx", "-c", str(config), "-e", str(folder / "error.log")])
    try:
        until = time.monotonic() + 20
        while not (folder / "pid").exists():
            assert running.poll() is None and time.monotonic() < until, (folder / "error.log").read_text()
            time.sleep(0.02)
        yield port, folder / "ca.pem"
    finally:
        running.terminate()
        running.wait()


def test_the_proxy_signs_people_in_and_the_inbox_knows_their_names(agent: Agent, tmp_path: Path) -> None:
    reviewers = TrustedHeader("X-Forwarded-User", ["127.0.0.1"])
    app = create_app(agent, reviewers=reviewers, base_url="https://hire.example.com/approvals")
    with served(app) as upstream, nginx(tmp_path, upstream) as (port, trusted):
        # As if hire.example.com were this machine.
        here = f"https://127.0.0.1:{port}"
        home = f"{here}/approvals"
        common = {"host": "hire.example.com"}
        with httpx.Client(verify=ssl.create_default_context(cafile=trusted), headers=common, timeout=20) as client:
            named = {"sni_hostname": "hire.example.com"}
            assert client.get(f"{home}/", extensions=named).status_code == 401
            forged = client.get(f"{home}/", headers={"x-forwarded-user": "mallory"}, extensions=named)
            assert forged.status_code == 401
            client.auth = ("grace", "secret")
            page = client.get(f"{home}/", headers={"x-forwarded-user": "mallory"}, extensions=named)
            assert page.status_code == 200
            assert "grace" in page.text and "mallory" not in page.text
            [address] = set(re.findall(r'href="(/approvals/approvals/[^"/?]+/\d+)"', page.text))
            assert client.get(f"{home}/static/style.css", extensions=named).is_success
            card = client.get(here + address, extensions=named)
            fields = {
                name: re.findall(rf'name="{name}" value="(\w+)"', card.text)[0] for name in ("csrf", "fingerprint")
            }
            decided = client.post(
                f"{here}{address}/decision",
                data=fields | {"decision": "approve"},
                headers={"origin": "https://hire.example.com"},
                extensions=named,
            )
            assert decided.status_code == 303
            [kept] = app.state.inbox.outbox.all().values()
            assert kept.reviewer == "grace"
