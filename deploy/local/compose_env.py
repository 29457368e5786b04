"""`make env`: writes `.env` for `docker compose --profile sandbox up`, where the sandbox plays the outside world.

Secrets are made here, once; nothing in the file is fit for real money. An existing `.env` is left alone.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

from deploy.local.development import settings

FOLDER = Path(".local/compose")
FILE = Path(".env")

_IN_COMPOSE = {
    "DEBUG": "false",
    "ENABLE_META_FLOWS": "false",
    "PUBLIC_URL": "http://gateway:8010",
    "GATEWAY_URL": "http://gateway:8010",
    "WHATSAPP_API_URL": "http://sandbox:8020/graph/v26.0",
    "PAYNOW_URL": "http://sandbox:8020/paynow",
    "CREDEX_API_URL": "http://sandbox:8020/credex",
    "TRACES_URL": "http://127.0.0.1:16686/trace/",
}
"""Where the containers find each other, and a browser finds Jaeger."""
_BY_COMPOSE = frozenset({"HOST", "PORT", "SANDBOX_PORT", "OTEL_EXPORTER_OTLP_ENDPOINT"})
"""What docker-compose.yml sets itself."""
_NOT_IN_COMPOSE = frozenset({"PRIVATE_KEY_FILE", "REGISTRATION_FLOW_ID", "WHATSAPP_FLOWS", "WHATSAPP_PUBLIC_KEY_FILE"})
"""Files of forms on this machine, which no container sees: there registration is asked in the chat."""
_PASSWORDS = ("RABBITMQ_PASSWORD", "MONGO_ROOT_PASSWORD", "SERVICE_DB_PASSWORD")


def main() -> int:
    """Exit code 0; 1 when there is a `.env` already."""
    if FILE.exists():
        print(f"There is a {FILE} already; move it away first.", file=sys.stderr)
        return 1
    found = settings(FOLDER, _IN_COMPOSE, Path("/dev/null"))
    found |= {name: secrets.token_hex(16) for name in _PASSWORDS}
    key = Path(found["RECEIPT_KEY_FILE"])
    key.chmod(0o444)  # the container's user is another one; the folder above keeps everybody else out
    found["RECEIPT_KEY_FILE"] = str(key.absolute())
    left_out = _BY_COMPOSE | _NOT_IN_COMPOSE
    descriptor = os.open(FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.writelines(f"{name}={value}\n" for name, value in sorted(found.items()) if name not in left_out)
    print(f"{FILE} is written. Next: docker compose --profile sandbox up --build")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
