"""`ruvimbo receipts`: tells true receipts from false ones without the network, by the public key alone (product 2)."""

from __future__ import annotations

import argparse
import base64
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from services.payments.domain.receipt_code import SIGNED, Facts, read_signed
from services.payments.settings import read_receipt_key
from shared.kernel.errors import Misconfigured
from shared.kernel.words import amount_in_words

Say = Callable[[str], None]
KeyFile = Callable[[], Path]
"""The setting RECEIPT_KEY_FILE; raises Misconfigured when it is missing."""


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the actions; each leaves a function `receipts(arguments, say, key_file) -> exit code`."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="is a receipt true? offline")
    verify.add_argument("receipt", metavar="FILE|CODE", help="the PDF, a text file, or what the QR code says")
    verify.add_argument("--public-key", required=True, metavar="KEY", help="PEM file, or the key as one line of base64")
    verify.set_defaults(receipts=_verify)
    key = actions.add_parser("public-key", help="print the public key that receipts are checked with")
    key.add_argument("--key-file", type=Path, help="the private key; by default that of RECEIPT_KEY_FILE")
    key.set_defaults(receipts=_public_key)


def _verify(arguments: argparse.Namespace, say: Say, _: KeyFile) -> int:
    """0: true, with what it says; 1: not true; 2: nothing to check by or with."""
    key = _key_of(arguments.public_key)
    found = SIGNED.search(_text_of(arguments.receipt))
    if found is None:
        say(
            "There is no signed code in this; give the PDF as it was received, or the text of its QR code. A number "
            "alone is checked on the receipts' page or in the chat."
        )
        return 2
    facts = read_signed(found.group(), key)
    if facts is None:
        say("NOT TRUE: this key has not signed this receipt.")
        return 1
    for line in _told(facts):
        say(line)
    return 0


def _told(facts: Facts) -> list[str]:
    return [
        "TRUE: signed by this key. Compare it with what is printed:",
        f"  Number   {facts.number}",
        f"  Date     {facts.issued_on.isoformat()}",
        f"  Amount   {facts.amount} ({amount_in_words(facts.amount)})",
        f"  Purpose  {' '.join(facts.purpose.split())}",
        *([f"  Replaces {facts.replaces}"] if facts.replaces else []),
        "Whether a corrected receipt has taken its place since, only the receipts' page and the chat can tell.",
    ]


def _public_key(arguments: argparse.Namespace, say: Say, key_file: KeyFile) -> int:
    key = read_receipt_key(arguments.key_file or key_file()).public_key()
    say(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode().strip())
    say(f"As one line: {base64.b64encode(key.public_bytes_raw()).decode()}")
    return 0


def _text_of(given: str) -> str:
    """The file's bytes as text, or what was given itself. The PDF holds the code uncompressed, among its keywords."""
    try:
        return Path(given).read_bytes().decode("latin-1")
    except OSError:  # no such file, or a name longer than any file's
        return given


def _key_of(given: str) -> Ed25519PublicKey:
    try:
        try:
            text = Path(given).read_bytes()
        except OSError:
            return Ed25519PublicKey.from_public_bytes(base64.b64decode(given, validate=True))
        key = load_pem_public_key(text)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise Misconfigured("--public-key is no Ed25519 public key; `ruvimbo receipts public-key` prints ours.")
    return key


def run(arguments: argparse.Namespace, say: Say, key_file: KeyFile) -> int:
    """Do what was asked; `say` prints a line. Returns the exit code. Raises Misconfigured."""
    action: Callable[[argparse.Namespace, Say, KeyFile], int] = arguments.receipts
    return action(arguments, say, key_file)
