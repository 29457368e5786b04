"""Conversation's HTTP: the endpoint of forms, which the gateway forwards (product 7)."""

from __future__ import annotations

from aiohttp import web

from services.conversation.forms.endpoint import FormEndpoint
from shared.http.inside import only_from_inside


class Routes:
    """The handlers. `token` is the service token that the gateway shows."""

    def __init__(self, forms: FormEndpoint, token: str) -> None:
        self._forms = forms
        self._token = token

    def add_to(self, app: web.Application) -> None:
        """Add every route of conversation."""
        app.router.add_post("/forms", only_from_inside(self._token, self.form))

    async def form(self, request: web.Request) -> web.Response:
        """One request of a form, its signature checked by the gateway."""
        reply = await self._forms.answer(await request.read())
        return web.Response(status=reply.status, text=reply.body, content_type=reply.type)
