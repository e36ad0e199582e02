"""A run in a process of its own, to be killed: `python killed_run.py MIRROR URL KEY`. It says when it begins."""

import sys

from langchain_ashby import AshbyClient
from langchain_ashby.mirror import Mirror, reading

if __name__ == "__main__":
    mirror, url, key = sys.argv[1:]
    reading.PAGE = 3
    with AshbyClient(key, url) as client:
        print("begun", flush=True)
        while True:
            Mirror(mirror, client).sync(full=True)
            print("done", flush=True)
