"""HTTP in: one server per service, with limits, a span per request, and errors as one plain sentence."""

from __future__ import annotations

import errno
import logging

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from opentelemetry.trace import SpanKind

from shared.kernel.clock import Clock
from shared.kernel.errors import Away, Misconfigured
from shared.telemetry import metrics
from shared.telemetry.tracing import Tracing

log = logging.getLogger(__name__)

LARGEST_BODY = 4 * 1024 * 1024
"""WhatsApp sends up to 3 MB (WhatsApp contract 1.3)."""
RETRY_AFTER_SECONDS = 5

BY_TLS_FROM_NOW_ON = {"strict-transport-security": "max-age=31536000"}
"""For pages that people reached by TLS: a year by nothing else (product 9)."""

_QUIET = {"/live", "/ready", "/metrics", "/health"}
"""Asked every few seconds by machines: no spans for these."""


def problem(status: int, sentence: str, **headers: str) -> web.Response:
    """An error for whoever asked: RFC 9457, one sentence, nothing of what is inside."""
    return web.json_response(
        {"type": "about:blank", "status": status, "detail": sentence},
        status=status,
        headers=headers,
        content_type="application/problem+json",
    )


@web.middleware
async def _plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPRequestEntityTooLarge:
        return problem(413, f"The body is larger than {LARGEST_BODY // 1024 // 1024} MB.")
    except web.HTTPException as error:
        return problem(error.status, f"{error.reason}.") if error.status >= 400 else error
    except Away as away:
        log.warning("a request cannot be served now", extra={"subject": away.subject})
        again = {"retry-after": str(RETRY_AFTER_SECONDS)}
        return problem(503, "Something that is needed for this is away; try again soon.", **again)
    except Exception:  # whatever went wrong, no stack trace leaves the house
        log.exception("a request failed")
        return problem(500, "Something went wrong here; it has been noted.")


async def _says_little(_: web.Request, response: web.StreamResponse) -> None:
    """Nothing of what we are made of, and nothing for a browser to guess."""
    response.headers["server"] = "ruvimbo"
    response.headers.setdefault("x-content-type-options", "nosniff")


class Server:
    """The HTTP side of one service. Add routes to `app`, then `start`."""

    def __init__(self, name: str, tracing: Tracing, clock: Clock, *, host: str, port: int) -> None:
        self._name = name
        self._tracing = tracing
        self._clock = clock
        self._host = host
        self._port = port
        self.app = web.Application(client_max_size=LARGEST_BODY, middlewares=[self._traced(), _plain_errors])
        self.app.on_response_prepare.append(_says_little)
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen. Raises Misconfigured when the port is taken."""
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=5)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise Misconfigured(
                f"Port {self._port}, for {self._name}, is taken; set PORT to a free one (six in a row are used)."
            ) from None

    async def stop(self) -> None:
        """Take no more requests and let those under way end."""
        if self._runner is not None:
            await self._runner.cleanup()

    def _traced(self) -> Middleware:
        @web.middleware
        async def traced(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path in _QUIET:
                return await handler(request)
            resource = request.match_info.route.resource
            place = resource.canonical if resource is not None else "(no such place)"
            began = self._clock.monotonic()
            # A context offered from outside is not taken: strangers don't join our traces.
            with self._tracing.span(
                f"{request.method} {place}",
                kind=SpanKind.SERVER,
                attributes={"http.request.method": request.method, "http.route": place},
            ) as span:
                response = await handler(request)
                span.set_attribute("http.response.status_code", response.status)
            metrics.request_seconds.record(
                self._clock.monotonic() - began,
                {"service": self._name, "route": place, "status": response.status},
            )
            return response

        return traced
