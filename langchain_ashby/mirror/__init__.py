"""A local mirror of an Ashby account, for questions that would take thousands of calls.

It needs `pip install "langchain-ashby[mirror]"`.
"""

try:
    import sqlalchemy as _  # noqa: F401
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        'The mirror needs SQLAlchemy: pip install "langchain-ashby[mirror]"', name="sqlalchemy"
    ) from None

from langchain_ashby.errors import MirrorBusyError, MirrorError
from langchain_ashby.mirror.coverage import Coverage
from langchain_ashby.mirror.mirror import Mirror

__all__ = ["Coverage", "Mirror", "MirrorBusyError", "MirrorError"]
