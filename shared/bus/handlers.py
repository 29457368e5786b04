"""How a service declares what it hears: `@on(Message)` for messages, `@answered(CALL)` for vendors' answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from shared.contracts.base import Message
from shared.outcalls.calls import Answer, Call, Request, Unknown, Unreached
from shared.store.documents import Kind, State

if TYPE_CHECKING:
    from shared.bus.work import Work

M = TypeVar("M", bound=Message)

MessageFunction = Callable[[M, "Work"], Awaitable[None]]
AnswerFunction = Callable[[State, Request, "Answer | Unknown | Unreached", "Work"], Awaitable[None]]


@dataclass(frozen=True)
class Handler:
    """A subscription: one message type, one function, its own inbox."""

    message: type[Message]
    function: Callable[[Any, Work], Awaitable[None]]

    @property
    def name(self) -> str:
        return self.function.__name__


@dataclass(frozen=True)
class AnswerHandler:
    """Applies the outcome of a kind of outcall to the document (of `kind`) that holds the intent."""

    call: Call[Any, Any]
    kind: Kind[Any]
    function: Callable[[Any, Any, Any, Work], Awaitable[None]]


def on(message: type[M]) -> Callable[[MessageFunction[M]], MessageFunction[M]]:
    """Mark an async function `(message, work)` as a handler of a message type.

    It must be pure but for `work`: it runs again when a race is lost or a message is delivered twice.
    """

    def mark(function: MessageFunction[M]) -> MessageFunction[M]:
        function.__ruvimbo__ = Handler(message, function)  # type: ignore[attr-defined]
        return function

    return mark


def answered(
    call: Call[Request, Answer], kind: Kind[State]
) -> Callable[[AnswerFunction[State, Request, Answer]], AnswerFunction[State, Request, Answer]]:
    """Mark an async function `(state, request, outcome, work)` as what applies outcomes of `call`.

    `state` is the loaded state of the document that made the call; change it in place. `outcome` is the kind's
    answer, `Unknown` or `Unreached`. Pure but for `work`, like a handler.
    """

    def mark(function: AnswerFunction[State, Request, Answer]) -> AnswerFunction[State, Request, Answer]:
        function.__ruvimbo__ = AnswerHandler(call, kind, function)  # type: ignore[attr-defined]
        return function

    return mark


def declared_in(module: ModuleType) -> tuple[list[Handler], list[AnswerHandler]]:
    """The handlers that a module declares, or all modules of a package, in the order of names and texts."""
    modules = [module]
    if hasattr(module, "__path__"):
        modules += [import_module(f"{module.__name__}.{part.name}") for part in iter_modules(module.__path__)]
    things = [thing for each in modules for thing in vars(each).values()]
    marks = list(dict.fromkeys(mark for thing in things if (mark := getattr(thing, "__ruvimbo__", None))))
    return (
        [mark for mark in marks if isinstance(mark, Handler)],
        [mark for mark in marks if isinstance(mark, AnswerHandler)],
    )
