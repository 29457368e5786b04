"""Puts the sandbox together: the console is the root application, the vendors' stand-ins are mounted on it."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from sandbox.console import app as console
from sandbox.credex_core import app as credex_core
from sandbox.credex_core.settings import read_settings as read_credex_settings
from sandbox.paynow import app as paynow
from sandbox.paynow.settings import read_settings as read_paynow_settings
from sandbox.settings import SandboxSettings
from sandbox.whatsapp import app as whatsapp
from sandbox.whatsapp.settings import read_settings as read_whatsapp_settings


def make_app(settings: SandboxSettings, environ: Mapping[str, str]) -> web.Application:
    """The whole sandbox. Raises Misconfigured when a part finds no usable settings in `environ`."""
    app = console.make_app(settings)
    app.add_subapp("/paynow", paynow.make_app(read_paynow_settings(environ)))
    app.add_subapp("/graph", whatsapp.make_app(read_whatsapp_settings(environ)))
    app.add_subapp("/credex", credex_core.make_app(read_credex_settings(environ)))
    return app
