"""credex-core asks to tell a member something: `POST /notify`, the fields of the seed (credex-core contract 4)."""

from __future__ import annotations

import hmac
import json
import re

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.kernel.errors import Refusal

LARGEST_NOTICE = 16 * 1024


class NotANotice(Refusal):
    """The body is not what `/notify` takes."""

    def __init__(self) -> None:
        super().__init__("Send JSON with phoneNumber and message, of 1 to 1000 characters.")


class Notice(BaseModel):
    """What is to be told to whom. Other fields of the seed (memberName, channel) are not needed."""

    model_config = ConfigDict(extra="ignore")

    phoneNumber: str = Field(min_length=1, max_length=30)  # noqa: N815 the wire's name
    message: str = Field(min_length=1, max_length=1000)

    @property
    def identity(self) -> str:
        """The identity of whom it is for, as members are kept under."""
        return "phone:+" + re.sub(r"\D", "", self.phoneNumber)


def read_notice(body: bytes) -> Notice:
    """The notice in a body. Raises NotANotice."""
    try:
        return Notice.model_validate(json.loads(body))
    except (ValueError, RecursionError, ValidationError):
        raise NotANotice from None


def is_the_core(shown: str | None, key: str) -> bool:
    """Whether the caller knows the key."""
    return hmac.compare_digest((shown or "").encode(), key.encode())
