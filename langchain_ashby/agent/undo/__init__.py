"""Undoes writes: finds the opposite as data, and proposes it for approval."""

from __future__ import annotations

from langchain_ashby.agent.undo.entries import Undo, described, is_declared, undo_of
from langchain_ashby.agent.undo.opposite import Opposite
from langchain_ashby.agent.undo.proposal import (
    CannotUndoError,
    ProposedUndo,
    apropose_undo,
    left_to_undo,
    propose_undo,
    thread_of,
)

__all__ = [
    "CannotUndoError",
    "Opposite",
    "ProposedUndo",
    "Undo",
    "apropose_undo",
    "described",
    "is_declared",
    "left_to_undo",
    "propose_undo",
    "thread_of",
    "undo_of",
]
