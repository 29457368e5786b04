"""What conversation needs from outside: a timer that stands in the session (decision 0002), and files made."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel

from shared.contracts.files import FileRef
from shared.outcalls.calls import Call


class Wake(BaseModel):
    """Look at the session again."""


class Woken(BaseModel):
    """The time has come."""


WAKE = Call("session.wake", Wake, Woken, deadline=timedelta(seconds=5), repeats=True)
"""Set when a flow waits for the person or for another service; the session itself says what is due."""


async def ring(_: Wake) -> Woken:
    """The timer's call: it has nothing to do but to be due."""
    return Woken()


class Export(BaseModel):
    """Make a file of this text."""

    text: str
    """Personal."""
    name: str


class Exported(BaseModel):
    """The file is there."""

    file: FileRef


EXPORT = Call("conversation.export", Export, Exported, deadline=timedelta(seconds=10), repeats=True)
"""Making it twice makes the same file."""


ERASURE_DUE = Call("erasure due", Wake, Woken, deadline=timedelta(seconds=5), repeats=True)
"""A timer: by then every service has answered that a person is erased, or somebody must look."""


ALIAS_DUE = Call("alias due", Wake, Woken, deadline=timedelta(seconds=5), repeats=True)
"""A timer: a member who is to be forgotten with another had a payment that was still open."""
