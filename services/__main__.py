"""The command `ruvimbo`: runs the services, tells their health, looks after dead letters, verifies receipts.

ruvimbo run [SERVICE…]                 all six when none is named
ruvimbo check                          are settings, credentials and servers in order?
ruvimbo health                         what the gateway tells of every service
ruvimbo dead-letters list|show|replay  what could not be handled
ruvimbo flows keys make|upload         the key of forms
ruvimbo flows lint FILE…               what in a form breaks a rule
ruvimbo receipts verify|public-key     is a receipt true? offline
ruvimbo ledger verify|export           proves the ledger, or writes it as CSV

Beside a `make run` in the same folder the commands use its settings, where no others are given.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TextIO

import httpx

from services import check, form_keys
from services.conversation.app import make as make_conversation
from services.credex.app import make as make_credex
from services.gateway.app import make as make_gateway
from services.notifier.app import make as make_notifier
from services.payments import receipt_commands
from services.payments.app import make as make_payments
from services.payments.settings import ReceiptKeySettings
from services.reporting.app import make as make_reporting
from services.reporting.proof import export, journals, prove
from services.reporting.settings import ReportingSettings
from services.reporting.store import JOURNAL, LOG
from shared.bus.dead_letters import DEAD_LETTERS, DeadLetters
from shared.contracts.registry import SERVICES
from shared.kernel.clock import SystemClock
from shared.kernel.errors import Away, Misconfigured
from shared.runtime.beside import settings_beside
from shared.runtime.host import serve
from shared.runtime.settings import CommonSettings, PlaceSettings, read_settings
from shared.store.documents import Kind
from shared.store.memory import MemoryStore
from shared.store.mongo import MongoStore
from shared.store.stores import Stores

MAKES = {
    "gateway": make_gateway,
    "conversation": make_conversation,
    "payments": make_payments,
    "credex": make_credex,
    "notifier": make_notifier,
    "reporting": make_reporting,
}


def main() -> None:
    """The entry point. Exit codes: 0 done, 1 not healthy or not found, 2 a wrong setting or argument."""
    arguments = _parser().parse_args()
    if arguments.run is not _run:
        for name, value in settings_beside().items():
            os.environ.setdefault(name, value)
    run: Callable[[argparse.Namespace], Coroutine[Any, Any, int]] = arguments.run
    try:
        code = asyncio.run(run(arguments))
    except Misconfigured as error:
        _say(str(error), sys.stderr)
        code = 2
    except Away as away:
        _say(str(away), sys.stderr)
        code = 1
    raise SystemExit(code)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ruvimbo", description="Give, pay and trade in WhatsApp: the services and their care."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run the services", description="Run services until SIGTERM or Ctrl-C.")
    run.add_argument(
        "services", nargs="*", metavar="SERVICE", help=f"which of {', '.join(SERVICES)}; all when none is named"
    )
    run.set_defaults(run=_run)

    check.add_to(commands, _say)
    health = commands.add_parser("health", help="tell the health of all services")
    health.set_defaults(run=_health)

    dead = commands.add_parser("dead-letters", help="look at and replay what could not be handled")
    actions = dead.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="the newest, a line each")
    listing.add_argument("--service", choices=SERVICES, help="only this service's")
    listing.set_defaults(run=_list_dead_letters)
    show = actions.add_parser("show", help="one, with its body, which may hold personal data")
    show.add_argument("id")
    show.set_defaults(run=_show_dead_letter)
    replay = actions.add_parser("replay", help="put one back on the bus; only the handler that failed runs again")
    replay.add_argument("id")
    replay.set_defaults(run=_replay_dead_letter)

    form_keys.add_to(commands, _say)
    receipts = commands.add_parser("receipts", help="tell true receipts from false ones, offline")
    receipt_commands.add_to(receipts)
    receipts.set_defaults(run=_receipts)
    ledger = commands.add_parser("ledger", help="prove the ledger, or write it as CSV")
    actions = ledger.add_subparsers(required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="name the first entry that is not as it was written, if there is one")
    verify.set_defaults(run=_verify_ledger)
    writing = actions.add_parser("export", help="every entry of every currency, as CSV on standard output")
    writing.set_defaults(run=_export_ledger)
    return parser


async def _run(arguments: argparse.Namespace) -> int:
    unknown = [name for name in arguments.services if name not in SERVICES]
    if unknown:
        raise Misconfigured(f"There is no service {unknown[0]!r}; choose from {', '.join(SERVICES)}.")
    await serve(MAKES, read_settings(CommonSettings), arguments.services)
    return 0


async def _health(_: argparse.Namespace) -> int:
    place = read_settings(PlaceSettings)
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            answer = await client.get(f"http://{place.host}:{place.port}/health")
            health = answer.json()
    except (httpx.HTTPError, ValueError):
        _say(f"The gateway does not answer at {place.host}:{place.port}; is it running?", sys.stderr)
        return 1
    _say(json.dumps(health, indent=2, ensure_ascii=False))
    return 0 if health.get("status") == "healthy" else 1


async def _stores_of(service: str, kinds: Sequence[Kind[Any]]) -> Stores:
    common = read_settings(CommonSettings)
    mongo = MongoStore(common.mongo_url.get_secret_value(), f"{common.mongo_database_prefix}_{service}")
    stores = Stores(mongo, MemoryStore())
    await stores.prepare(kinds)
    return stores


async def _dead_letters_of(service: str) -> DeadLetters:
    return DeadLetters(service, await _stores_of(service, [DEAD_LETTERS]), SystemClock())


async def _list_dead_letters(arguments: argparse.Namespace) -> int:
    found = 0
    for service in [arguments.service] if arguments.service else SERVICES:
        for id, letter in await (await _dead_letters_of(service)).newest():
            found += 1
            again = " (replayed)" if letter.replayed_at else ""
            when = letter.recorded_at.isoformat(timespec="seconds")
            _say(f"{id}  {when}  {service}/{letter.handler}  {letter.message_type or '-'}  {letter.reason}{again}")
    if not found:
        _say("No dead letters.")
    return 0


async def _show_dead_letter(arguments: argparse.Namespace) -> int:
    for service in SERVICES:
        letter = await (await _dead_letters_of(service)).one(arguments.id)
        if letter is not None:
            _say(letter.model_dump_json(indent=2))
            return 0
    _say(f"There is no dead letter {arguments.id}; `ruvimbo dead-letters list` shows them.", sys.stderr)
    return 1


async def _replay_dead_letter(arguments: argparse.Namespace) -> int:
    for service in SERVICES:
        if await (await _dead_letters_of(service)).replay(arguments.id):
            _say("It will be handled again within seconds.")
            return 0
    _say(f"There is no dead letter {arguments.id} that holds a message.", sys.stderr)
    return 1


async def _receipts(arguments: argparse.Namespace) -> int:
    return receipt_commands.run(arguments, _say, lambda: read_settings(ReceiptKeySettings).receipt_key_file)


async def _verify_ledger(_: argparse.Namespace) -> int:
    rules = read_settings(ReportingSettings).rules
    stores = await _stores_of("reporting", [LOG, JOURNAL])
    try:
        proofs = [await prove(stores, currency, rules) for currency in await journals(stores)]
    finally:
        await stores.close()
    for proof in proofs:
        if proof.broken:
            _say(str(proof.broken), sys.stderr)
        else:
            _say(f"{proof.currency}: {proof.entries} entries are good; the last hash is {proof.last_hash}.")
    return 1 if any(proof.broken for proof in proofs) else 0


async def _export_ledger(_: argparse.Namespace) -> int:
    stores = await _stores_of("reporting", [LOG, JOURNAL])
    try:
        await export(stores, await journals(stores), sys.stdout)
    finally:
        await stores.close()
    return 0


def _say(text: str, file: TextIO = sys.stdout) -> None:
    print(text, file=file)


if __name__ == "__main__":
    main()
