"""A local mirror of an Ashby account, for questions that would take thousands of calls.

It needs `pip install "langchain-ashby[mirror]"`.
"""

try:
    import sqlalchemy as sqlalchemy
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        'The mirror needs SQLAlchemy: pip install "langchain-ashby[mirror]"', name="sqlalchemy"
    ) from None
