"""The browser of this machine, without a window."""

from __future__ import annotations

import shutil

from playwright.async_api import Browser, Playwright

FLAGS = (
    "--no-sandbox",  # Chromium's own does not work for root, and it only visits pages of ours
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


async def launch(playwright: Playwright) -> Browser:
    """Start it."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "Chromium is missing; on Debian 'apt-get install chromium' as root brings it."
    return await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
