"""Members' tokens at rest: encrypted by AES-GCM, each bound to its member, kept as long as they can be of use."""

from __future__ import annotations

import base64
import logging
import os
from collections.abc import Mapping

import redis.asyncio
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from redis.exceptions import RedisError

from shared.kernel.clock import Clock

log = logging.getLogger(__name__)

GOOD_FOR_SECONDS = 290
"""A token dies after 300 idle seconds (credex-core contract 2.3); ten are left for the way."""
NONCE_BYTES = 12


class Vault:
    """One token per member, in Redis under `credex:token:<member id>`. Safe for concurrent use.

    A token that is lost or cannot be read costs a login, nothing more; so Redis that is away is no error here.
    """

    def __init__(self, redis: redis.asyncio.Redis, keys: Mapping[str, bytes], clock: Clock) -> None:
        self._redis = redis
        self._ciphers = {id: AESGCM(key) for id, key in keys.items()}
        self._clock = clock

    async def get(self, member: str) -> str | None:
        """The member's token, if there is one that may still be good."""
        try:
            kept = await self._redis.get(_key(member))
        except (RedisError, OSError):
            log.warning("a token could not be read; logging in instead")
            return None
        opened = self._open(member, kept.decode() if isinstance(kept, bytes) else kept) if kept else None
        if opened is None:
            return None
        used_at, _, token = opened.partition(" ")
        return token if self._clock.now().timestamp() - float(used_at) < GOOD_FOR_SECONDS else None

    async def put(self, member: str, token: str) -> None:
        """Keep the latest token of a member, instead of any before."""
        id, cipher = next(iter(self._ciphers.items()))
        nonce = os.urandom(NONCE_BYTES)
        text = f"{self._clock.now().timestamp()} {token}".encode()
        sealed = base64.b64encode(nonce + cipher.encrypt(nonce, text, _bound_to(id, member))).decode()
        try:
            await self._redis.set(_key(member), f"{id}:{sealed}", ex=GOOD_FOR_SECONDS)
        except (RedisError, OSError):
            log.warning("a token could not be kept; the next request logs in")

    async def forget(self, member: str) -> None:
        """The core does not take this member's token any more."""
        try:
            await self._redis.delete(_key(member))
        except (RedisError, OSError):
            log.warning("a token could not be forgotten; it will be refused again")

    def _open(self, member: str, kept: str) -> str | None:
        id, _, sealed = kept.partition(":")
        cipher = self._ciphers.get(id)
        if cipher is None:
            return None  # of a key that was taken out of the settings
        raw = base64.b64decode(sealed)
        try:
            return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound_to(id, member)).decode()
        except InvalidTag:
            log.error("a token cannot be decrypted; TOKEN_KEYS or the store was changed", extra={"key_id": id})
            return None


def _key(member: str) -> str:
    return f"credex:token:{member}"


def _bound_to(id: str, member: str) -> bytes:
    return f"{id}:{member}".encode()
