"""JSON logs, one object a line, with the trace's id. What is personal never gets here; a net catches the rest."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from typing import Any

from opentelemetry import trace

_PERSONAL = re.compile(r"\+?\d[\d ]{7,}\d|wamid\.\S+|[?&]guid=[^&\s]+|Bearer \S+")
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def scrub(text: str) -> str:
    """The text without what looks like a phone, a WhatsApp message id, a poll URL's secret or a bearer token."""
    return _PERSONAL.sub("[removed]", text)


class JsonFormatter(logging.Formatter):
    """`time`, `level`, `logger`, `event`, the `extra` fields, and trace and span ids when a span is open."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": scrub(record.getMessage()),
        }
        line |= {
            key: scrub(value) if isinstance(value, str) else value
            for key, value in vars(record).items()
            if key not in _OWN
        }
        context = trace.get_current_span().get_span_context()
        if context.is_valid:
            line["trace_id"] = f"{context.trace_id:032x}"
            line["span_id"] = f"{context.span_id:016x}"
        if record.exc_info and record.exc_info[1] is not None:
            # Where it happened, not what it said: texts of exceptions may quote a message.
            line["error"] = type(record.exc_info[1]).__name__
            line["at"] = _places(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def _places(error: BaseException) -> list[str]:
    places: list[str] = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 3)[-1]}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return places[-8:]


def start_logging(debug: bool, file: str | None) -> None:
    """Log to standard output, and to a rotating file when one is named."""
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stdout)]
    if file:
        handlers.append(RotatingFileHandler(file, maxBytes=10_000_000, backupCount=5, encoding="utf-8"))
    for handler in handlers:
        handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.DEBUG if debug else logging.INFO, handlers=handlers, force=True)
    # These write URLs, addresses or bodies, and much of it.
    for chatty in ("httpx", "httpcore", "aiormq", "aio_pika", "pymongo", "aiohttp.access", "asyncio", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
