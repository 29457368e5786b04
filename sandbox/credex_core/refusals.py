"""The core's refusals: an HTTP status, an action type, a code and a text, in its envelope (contract 2.2)."""

from __future__ import annotations


class Refused(Exception):
    """What the core says instead of acting. `id` and `by_signer` are what `action.id` and `action.actor` show."""

    def __init__(
        self,
        status: int,
        type: str,
        code: str,
        reason: str,
        *,
        message: str | None = None,
        field: str | None = None,
        id: str | None = None,
        by_signer: bool = False,
    ) -> None:
        self.status = status
        self.type = type
        self.code = code
        self.reason = reason
        self.message = message or reason
        self.field = field
        self.id = id
        self.by_signer = by_signer
        super().__init__(reason)


class Unenveloped(Exception):
    """What the layers before the business rules answer: no envelope, just a message (contract 2.2, 2.3).

    `by_handler`: from the general error handler, which tells the status too (contract 2.1).
    """

    def __init__(self, status: int, message: str, *, by_handler: bool = False) -> None:
        self.status = status
        self.body: dict[str, str | int] = {"message": message}
        if by_handler:
            self.body = {"status": "error", "statusCode": status, **self.body}
        super().__init__(message)


def invalid(reason: str, field: str, code: str = "VALIDATION_ERROR") -> Refused:
    """400, for a field of the body."""
    return Refused(400, "ERROR_VALIDATION", code, reason, field=field)


def not_found(reason: str, code: str = "NOT_FOUND", field: str | None = None) -> Refused:
    """404."""
    return Refused(404, "ERROR_NOT_FOUND", code, reason, field=field)


def forbidden(reason: str, code: str = "FORBIDDEN", field: str | None = None, status: int = 403) -> Refused:
    """403; the signer is the actor (contract 3.6)."""
    return Refused(status, "ERROR_UNAUTHORIZED", code, reason, field=field, by_signer=True)
