"""What an outcall is: the kind of a call to a vendor, and the ways in which one can end (architecture 4).

A handler writes the intent into its document (`work.call`); the runner makes the call; the function marked
`@answered(KIND)` applies the outcome to the same document. An outcome is the vendor's answer, `Unknown`
(the vendor may have acted, we don't know) or `Unreached` (it certainly has not).

    INITIATE = Call("paynow.initiate", Initiation, InitiationAnswer, timedelta(seconds=45), repeats=False)

An adapter is `async def (request) -> answer`. It raises `NotSent` when it is certain that the vendor has
not acted, `Unclear` when it cannot tell; any other exception counts as unclear too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from pydantic import BaseModel

from shared.kernel.errors import RuvimboError

Request = TypeVar("Request", bound=BaseModel)
Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True)
class Call(Generic[Request, Answer]):
    """A kind of outcall. Only reads repeat; anything else ends as Unknown when its answer is lost."""

    name: str
    request: type[Request]
    answer: type[Answer]
    deadline: timedelta
    """How long one try may take. A try found unfinished after it is over counts as lost."""
    repeats: bool
    """True for reads: a lost answer is asked for again."""
    give_up: timedelta = timedelta(minutes=10)
    """How long after its due time to go on trying what may be tried again."""


@dataclass(frozen=True)
class Unknown:
    """The vendor may have acted: the answer was lost or senseless. Find out before anything is tried again."""

    reason: str


@dataclass(frozen=True)
class Unreached:
    """The vendor has not acted and could not be reached in time."""

    reason: str


class NotSent(RuvimboError):
    """Raised by an adapter: certainly nothing has happened at the vendor. Tried again until the kind gives up.

    `retry_after` in seconds is the vendor's or the limiter's word for the earliest next try; `reason` is for
    logs: no personal data, no secret.
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        self.reason = reason
        self.retry_after = retry_after
        super().__init__(reason)


class Unclear(RuvimboError):
    """Raised by an adapter: the vendor may or may not have acted. `reason` is for logs: nothing personal in it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
