"""Somebody is forgotten by a running system: every database and every key is searched for what was theirs."""

from __future__ import annotations

import base64
import re
import time
from typing import Any

import pymongo
import redis

from services.conversation.domain.erasure import OTHERS
from tests.journeys.donor import confirm_gift
from tests.journeys.phone import Phone
from tests.journeys.system import System
from tests.journeys.waiting import eventually

WALLET = "0771111111"
DAY = 24 * 3600
MONGO_EXPIRES = {"files": 2 * DAY, "report_files": 90 * DAY, "dead_letters": 90 * DAY}
"""Collections that may hold a person, and how long at most: files are to be sent once, reports can be made again,
what could not be handled is looked at by people (decision 0060)."""
REDIS_EXPIRES = {"notifier:pair:": 600, "notifier:pause:pair:": 600, "credex:token:": 300}
"""Keys that may name a person, and for how many seconds at most: WhatsApp's limits per person, the core's token."""


def test_who_is_forgotten_is_in_no_database_and_no_key(embedded: System) -> None:
    donor = embedded.outside.new_phone()
    digits = donor.number.removeprefix("+")
    canaries = ("canar", digits[-9:], base64.b64encode(digits.encode()).decode().rstrip("=").casefold())
    receipt = give_and_register(donor)
    assert {place.split("/")[0] for place in found(embedded, canaries)} == {"mongo", "redis"}

    donor.say("forget me")
    donor.hears("Shall I forget you")
    donor.tap("Forget me")
    donor.hears("I forget you now")
    eventually(lambda: has_answered(embedded), "the answer of every service")
    eventually(lambda: not left_in(embedded, canaries), f"no store with the person: {left_in(embedded, canaries)}", 10)

    verified = embedded.outside.gateway.get(f"/verify/{receipt}").text
    assert "USD 21.07" in verified
    assert "anar" not in verified
    checked = embedded.ruvimbo("ledger", "verify")
    assert checked.returncode == 0, checked.stderr
    donor.say("donate")
    donor.hears("full name")
    donor.say("cancel")


def give_and_register(donor: Phone) -> str:
    """A gift with its document, a registration, an export; the receipt's number."""
    donor.say("donate")
    donor.hears("full name")
    donor.say("Zvikomborero Canary")
    donor.hears("province")
    donor.say("Manicaland")
    donor.hears("town")
    donor.say("Mutare")
    donor.hears("give to")
    donor.tap("Other")
    donor.say("Aunt Canarina's roof")
    confirm_gift(donor, "21.07 usd", WALLET)
    number = re.findall(r"20\d\d-\d{6}", donor.hears("Receipt"))[0]
    donor.say("register")
    for answer in ("zvi.canary@example.org", "Manicaland", "Mutare", "Canary keeper", "confirm"):
        donor.say(answer)
    donor.say("my data")
    donor.hears("This is what I know")
    return str(number)


def has_answered(system: System) -> bool:
    """Whether every service said that it has nothing more."""
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(system.environment["MONGO_URL"])
    with client:
        [kept] = client[f"{system.environment['MONGO_DATABASE_PREFIX']}_conversation"]["erasures"].find()
        return set(kept["state"]["answers"]) == OTHERS


def left_in(system: System, canaries: tuple[str, ...]) -> list[str]:
    """Where a canary is that does not go by itself."""
    return [place for place, expires in found(system, canaries).items() if not expires]


def found(system: System, canaries: tuple[str, ...]) -> dict[str, bool]:
    """Where a canary is, and whether that goes in time by itself, as it may."""
    return {**_in_mongo(system, canaries), **_in_redis(system, canaries)}


def _in_mongo(system: System, canaries: tuple[str, ...]) -> dict[str, bool]:
    places: dict[str, bool] = {}
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(system.environment["MONGO_URL"], tz_aware=True)
    with client:
        for name in client.list_database_names():
            if not name.startswith(system.environment["MONGO_DATABASE_PREFIX"]):
                continue
            for collection in client[name].list_collection_names():
                for document in client[name][collection].find():
                    if any(canary in repr(document).casefold() for canary in canaries):
                        place = f"mongo/{name}/{collection}"
                        places[place] = places.get(place, True) and _expires(collection, document)
    return places


def _expires(collection: str, document: dict[str, Any]) -> bool:
    """Whether the document goes by itself, in the time that it may take."""
    until = document.get("forget_at")
    return until is not None and until.timestamp() - time.time() <= MONGO_EXPIRES.get(collection, 0)


def _in_redis(system: System, canaries: tuple[str, ...]) -> dict[str, bool]:
    places: dict[str, bool] = {}
    with redis.Redis.from_url(system.environment["REDIS_URL"]) as client:
        for key in client.scan_iter():
            name = key.decode()
            text = f"{name} {_value_of(client, key)!r}".casefold()
            if any(canary in text for canary in canaries):
                longest = next((seconds for start, seconds in REDIS_EXPIRES.items() if name.startswith(start)), 0)
                places[f"redis/{name}"] = 0 <= client.ttl(key) <= longest
    return places


def _value_of(client: redis.Redis, key: bytes) -> Any:
    match client.type(key):
        case b"hash":
            return client.hgetall(key)
        case b"zset":
            return client.zrange(key, 0, -1)
        case b"set":
            return client.smembers(key)
        case b"list":
            return client.lrange(key, 0, -1)
        case _:
            return client.get(key)
