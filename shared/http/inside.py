"""Requests between our own services: each shows the service token (architecture 4, "Inside HTTP")."""

from __future__ import annotations

import hmac

from aiohttp import web
from aiohttp.typedefs import Handler

from shared.http.server import problem

TOKEN_HEADER = "x-service-token"  # noqa: S105 the name of the header, not a token


def only_from_inside(token: str, handler: Handler) -> Handler:
    """`handler` for requests that show the service token; all others are answered 403.

    app.router.add_get("/verify/{code}", only_from_inside(token, self.verify))
    """

    async def guarded(request: web.Request) -> web.StreamResponse:
        shown = request.headers.get(TOKEN_HEADER, "")
        if not hmac.compare_digest(shown.encode("utf-8", "replace"), token.encode()):
            return problem(403, "This address is for the gateway and the other services.")
        return await handler(request)

    return guarded
