"""Runs in processes of their own, to be killed: `python killed_run.py MIRROR URL KEY`.

Each line of its standard input begins one, in a fork that need not import anything, and is answered with its id.
"""

import os
import sys
from contextlib import suppress
from datetime import timedelta

from langchain_ashby import AshbyClient
from langchain_ashby.mirror import Mirror, MirrorBusyError, reading, texts


def run(mirror: str, url: str, key: str) -> None:
    """Brings the mirror up to date, again and again."""
    reading.PAGE = 3
    texts.AGAIN = timedelta(0)
    with AshbyClient(key, url) as client:
        print(os.getpid(), flush=True)
        while True:
            with suppress(MirrorBusyError):  # the server has not seen yet that the one before is gone
                Mirror(mirror, client, words=["notes"]).sync(full=True)


if __name__ == "__main__":
    for _ in iter(sys.stdin.readline, ""):
        if child := os.fork():
            os.waitpid(child, 0)
        else:
            run(*sys.argv[1:])
