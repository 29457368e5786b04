"""A request of a member that needs no more than an answer: everything but offers and upgrades."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from shared.contracts.base import Command
from shared.contracts.credex import OpenDashboard
from shared.contracts.registry import message_type
from shared.kernel.errors import RuvimboError
from shared.kernel.ids import MemberId

MOST_TRIES = 3
"""How often something is asked that the core does once by nature, each time after we looked whether it was done."""


FIRST_LOOK = timedelta(seconds=3)
"""How long after a lost answer the core is looked at: it may still be at it."""
LAST_LOOK = timedelta(seconds=60)
"""The same after the last try: what is then not done counts as never done."""
LOOK_AGAIN = timedelta(seconds=60)
GIVE_UP = timedelta(hours=24)
"""How long a core that is away is looked at again, before people must look."""


class IntentReused(RuvimboError):
    """An intent came again with another request: a fault of whoever sent it. Nothing is done for it."""

    def __init__(self) -> None:
        super().__init__("The intent was used before for another request.")


class Asked(BaseModel):
    """A command of a member, as it goes to the core: by phone. `phone` is E.164; personal."""

    member: MemberId
    phone: str
    name: str
    data: dict[str, Any]

    @classmethod
    def of(cls, command: Command, member: MemberId, phone: str) -> Asked:
        return cls(member=member, phone=phone, name=command.NAME, data=command.model_dump(mode="json"))

    @property
    def command(self) -> Command:
        """The command itself."""
        command = message_type(self.name, 1).model_validate(self.data)
        if not isinstance(command, Command):
            raise TypeError(f"{self.name} is no command")
        return command


class Request(BaseModel):
    """One document per intent, or per message that only looks."""

    asked: Asked
    begun: bool = False
    answered: bool = False
    tries: int = 0
    """How often it was asked of the core."""
    uncertain: bool = False
    """An answer was lost since we last looked."""
    uncertain_since: datetime | None = None
    """When an answer was first lost."""
    told_uncertain: bool = False
    accepted: list[str] = []
    """Of several offers those that the core said it accepted."""

    @property
    def command(self) -> Command:
        return self.asked.command

    @property
    def member(self) -> MemberId:
        return self.asked.member

    @property
    def answers(self) -> str:
        """What answers name."""
        return answers_of(self.command)

    @property
    def ever_uncertain(self) -> bool:
        """Whether an answer was ever lost."""
        return self.uncertain_since is not None

    def must_be(self, asked: Asked) -> None:
        """Raise IntentReused unless the request is this one."""
        if (self.asked.name, self.asked.data) != (asked.name, asked.data):
            raise IntentReused


def answers_of(command: Command) -> str:
    """The intent of a command that changes something, the request of one that looks."""
    if isinstance(command, OpenDashboard):
        return command.request
    return str(getattr(command, "intent", None) or getattr(command, "request", ""))
