"""What the staff were last told of a channel that is silent."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel


class Alarm(BaseModel):
    """Since when the channel was silent, when it was told last."""

    since: datetime | None = None
