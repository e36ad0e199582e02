"""A stand-in for Ashby over real HTTP, for tests and for trying things out.

    with AshbySandbox() as sandbox:
        ...  # sandbox.url, sandbox.api_key

It keeps Ashby's rules, and it can be told to fail. It imports nothing else of this package: what it says about each
request is a statement of its own, so that a client can be checked against it.
"""

try:
    from langchain_ashby.sandbox.sandbox import AshbySandbox
except ModuleNotFoundError as error:
    if error.name is None or error.name.partition(".")[0] != "werkzeug":
        raise
    raise ImportError('The sandbox needs Werkzeug: pip install "langchain-ashby[sandbox]"') from error

__all__ = ["AshbySandbox"]
