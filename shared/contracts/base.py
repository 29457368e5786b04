"""What every message is: an immutable model with a name, a version and the key that keeps its order."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """A fact or a request on the bus. Unknown fields are ignored, so that producers may add some.

    Declared with class arguments: `name` ("service.verb_or_past_tense"), `version`, and `key`, the field whose
    value keeps order: messages with one key are handled one after another (architecture 3).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    NAME: ClassVar[str] = ""
    VERSION: ClassVar[int] = 1
    KEY: ClassVar[str] = ""
    OF_ERASURE: ClassVar[bool] = False
    """Whether it is part of forgetting a person: handled though the person is erased, as nothing else about them is."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # The class arguments are read below, once pydantic knows the fields.
        super().__init_subclass__()

    @classmethod
    def __pydantic_init_subclass__(cls, *, name: str = "", version: int = 1, key: str = "", **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if not name:
            return  # an intermediate class: Event, Command
        if key not in cls.model_fields:
            raise TypeError(f"{cls.__name__}: the key {key!r} is not one of its fields")
        if (name, version) in REGISTRY:
            raise TypeError(f"{cls.__name__}: {name} version {version} is declared twice")
        cls.NAME, cls.VERSION, cls.KEY = name, version, key
        REGISTRY[name, version] = cls

    @property
    def lane_key(self) -> str:
        """The value of the key field."""
        return str(getattr(self, self.KEY))


class Event(Message):
    """Something that happened; past tense; it belongs to the service that says it."""


class Command(Message):
    """Something asked of one service; verb and noun; it belongs to the service that hears it."""


REGISTRY: dict[tuple[str, int], type[Message]] = {}
"""Every message declared, by (name, version). `shared.contracts.registry` fills it by importing all modules."""
