"""The endpoint of forms: somebody asks to register, and the phone asks for one screen after the other."""

from __future__ import annotations

import asyncio
import json
import os
from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from services.conversation.forms.keys import read_keys
from tests.bench.graph import Graph
from tests.bench.load import Client, at_rate
from tests.bench.numbers import Row, cost, spread
from tests.bench.product import Product
from tests.bench.progress import progress
from tests.bench.servers import Servers
from tests.bench.traffic import Acks
from tests.bench.webhooks import message, phone_of, request

PER_SECOND = 20
SECONDS = 10
PERSON = {"full_name": "Tendai Ncube", "email": "", "province": "bulawayo"}


async def measure(servers: Servers, seconds: float | None) -> list[Row]:
    """All six services in one process, which begins quiet: what it uses is for the forms."""
    async with (
        Graph() as graph,
        Product(
            servers, over_rabbit=False, WHATSAPP_API_URL=graph.url, ENABLE_META_FLOWS="true", REGISTRATION_FLOW_ID="1"
        ) as product,
        Client(product.port) as client,
    ):
        key = read_keys(product.form_key_file, None)[0].public_key()
        offered = graph.expect(phone_of(1))
        await client.post(request(message(1, "wamid.form", "register"), product.secret))
        await asyncio.wait_for(offered, 20)
        common = {"version": "3.0", "flow_token": graph.form_tokens[phone_of(1)]}
        asked = {**common, "action": "data_exchange", "screen": "PERSON", "data": PERSON}
        acks = Acks()

        async def ask(_: int, due: float) -> None:
            body = closed(asked, key)
            await acks.post(client, body, product.secret, due, "/webhook/flow")

        await at_rate(PER_SECOND, 1, ask)
        await asyncio.sleep(1)
        acks, before = Acks(), product.cpu_seconds()
        async with progress(f"Forms: {PER_SECOND} questions/s", seconds or SECONDS):
            await at_rate(PER_SECOND, seconds or SECONDS, ask)
        after = product.cpu_seconds()
    return [
        Row("question to reply", spread(acks.seconds)),
        Row("replies", acks.told),
        Row("CPU a reply", cost(before, after, len(acks.statuses)), "20 ms"),
    ]


def closed(payload: object, key: RSAPublicKey) -> bytes:
    """A question as a phone closes it (WhatsApp contract 5.2)."""
    secret, iv = os.urandom(16), os.urandom(16)
    fields = {
        "encrypted_flow_data": AESGCM(secret).encrypt(iv, json.dumps(payload).encode(), None),
        "encrypted_aes_key": key.encrypt(secret, OAEP(MGF1(SHA256()), SHA256(), None)),
        "initial_vector": iv,
    }
    return json.dumps({name: b64encode(value).decode() for name, value in fields.items()}).encode()
