"""Imports every contract module, so that all messages are known, and finds them by name."""

from __future__ import annotations

from shared.contracts import conversation, credex, gateway, notifier, payments, reporting
from shared.contracts.base import REGISTRY, Command, Event, Message

MODULES = (gateway, conversation, payments, credex, notifier, reporting)
SERVICES = tuple(module.__name__.rsplit(".", 1)[1] for module in MODULES)


class UnknownMessage(LookupError):
    """A message of a name or version that this build does not know; `name` and `version` say which."""

    def __init__(self, name: str, version: int) -> None:
        self.name = name
        self.version = version
        super().__init__(f"No message is called {name} in version {version}.")


def message_type(name: str, version: int) -> type[Message]:
    """The class of a message. Raises UnknownMessage."""
    found = REGISTRY.get((name, version))
    if found is None:
        raise UnknownMessage(name, version)
    return found


def messages_of(service: str) -> list[type[Message]]:
    """All messages that belong to a service: its events, and the commands it takes."""
    return [message for (name, _), message in sorted(REGISTRY.items()) if name.split(".")[0] == service]


__all__ = ["MODULES", "SERVICES", "Command", "Event", "UnknownMessage", "message_type", "messages_of"]
