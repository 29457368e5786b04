"""`python -m shared.runtime.alive`: the container's health check. Exit code 0 when the service's loop turns."""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request

from shared.contracts.registry import SERVICES


def main() -> int:
    """Ask `/live` on the port of SERVICE (the gateway's for `all`)."""
    service = os.environ.get("SERVICE", "all")
    offset = SERVICES.index(service) if service in SERVICES else 0
    port = int(os.environ.get("PORT", "8010")) + offset
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/live", timeout=2) as answer:
            return 0 if answer.status == 200 else 1
    except (urllib.error.URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main())
