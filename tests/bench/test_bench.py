"""What the bench computes and takes; its measurements are not tested by time."""

from __future__ import annotations

import hashlib
import hmac
import json
import math

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.gateway.domain.updates import InboundUpdate, StatusUpdate
from services.gateway.domain.webhook import updates_of
from shared.contracts.gateway import Text
from shared.kernel.clock import SystemClock
from shared.kernel.meta_signature import is_signed
from tests.bench import webhooks
from tests.bench.__main__ import FIGURES, parser
from tests.bench.load import NO_ANSWER, Client, as_fast_as_answered, at_rate
from tests.bench.mixed import by_quarter
from tests.bench.numbers import Row, cost, percentile, spread, table
from tests.bench.traffic import Acks, Talk


@pytest.mark.parametrize(("percent", "value"), [(0, 1), (1, 1), (50, 50), (50.5, 51), (99, 99), (100, 100)])
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(percent: float, value: int) -> None:
    assert percentile(range(100, 0, -1), percent) == value


def test_the_percentile_of_one_value_is_that_value_and_of_none_is_not_a_number() -> None:
    assert percentile([7.0], 99) == 7.0
    assert math.isnan(percentile([], 50))


def test_durations_are_told_in_milliseconds() -> None:
    assert spread([0.010, 0.020, 0.5]) == "p50 20.0 ms, p99 500.0 ms"


def test_cost_is_cpu_per_unit_with_the_dearest_first_and_the_negligible_only_in_the_sum() -> None:
    before, after = {"a": 1.0, "b": 1.0, "c": 0.0}, {"a": 1.1, "b": 1.4, "c": 0.01}
    assert cost(before, after, 100) == "5.1 ms: b 4.0, a 1.0"
    assert cost(before, after, 0) == "nothing done"


def test_the_table_has_its_columns_under_each_other() -> None:
    assert table([Row("long figure", "1/s", "2/s"), Row("short", "3 ms")]).splitlines() == [
        "figure       aim  measured",
        "-----------  ---  --------",
        "long figure  2/s  1/s",
        "short             3 ms",
    ]


def test_all_figures_are_measured_unless_some_are_named() -> None:
    assert parser().parse_args([]).only is None
    chosen = parser().parse_args(["--only", "mixed", "--only", "memory", "--seconds", "60"])
    assert (chosen.only, chosen.seconds) == (["mixed", "memory"], 60.0)
    assert all(figure in parser().format_help() for figure in FIGURES)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (["--only", "speed"], "mixed"),
        (["--seconds", "0"], "1 to 3600"),
        (["--seconds", "nan"], "1 to 3600"),
        (["--seconds", "x"], "no number of seconds"),
    ],
)
def test_wrong_arguments_are_refused_with_what_fits(
    wrong: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(wrong)
    assert told in capsys.readouterr().err.splitlines()[-1]


def test_the_gateway_understands_the_webhooks_and_their_signature() -> None:
    now = SystemClock().now()
    said, told = (
        updates_of(json.loads(body), now)[0]
        for body in (
            webhooks.message(5, "wamid.1", "hi"),
            webhooks.status(webhooks.phone_of(5), "wamid.2", "sent", "E-1"),
        )
    )
    assert isinstance(said, InboundUpdate)
    assert said.content == Text(body="hi")
    assert isinstance(told, StatusUpdate)
    assert (told.status, told.reference) == ("sent", "E-1")
    assert said.person == told.person
    head, _, body = webhooks.request(webhooks.message(5, "wamid.1", "hi"), "secret").partition(b"\r\n\r\n")
    assert f"sha256={hmac.new(b'secret', body, hashlib.sha256).hexdigest()}".encode() in head
    assert is_signed(body, head.partition(b"X-Hub-Signature-256: ")[2].split(b"\r\n")[0].decode(), ["secret"])


def test_a_talk_knows_who_waits_at_a_time_and_acks_tell_what_was_not_a_200() -> None:
    talk = Talk(due=[0.0, 1.0, 2.0, 3.0, 4.0], came=[0.5, 4.5])
    assert (talk.said, talk.waiting(0.5), talk.waiting(1.0)) == (5, 2, 4)
    assert Acks(statuses=[200, 503, 200, NO_ANSWER, 503]).told == "2 of 5, 2 × 503, 1 × no answer"


def test_queues_are_told_by_quarter() -> None:
    assert by_quarter([0, 2, 4, 4, 10, 20, 0, 0]) == "1, 4, 15, 0; at most 20"
    assert by_quarter([]) == "0, 0, 0, 0; at most 0"


async def test_the_load_is_sent_whole_and_its_answers_are_counted() -> None:
    bodies: list[bytes] = []

    async def webhook(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        return web.json_response({"seen": len(bodies)}, status=200 if len(bodies) != 3 else 503)

    app = web.Application()
    app.router.add_post("/webhook", webhook)
    statuses: list[int] = []
    async with TestServer(app, host="127.0.0.1") as server:
        assert server.port is not None
        async with Client(server.port) as client:

            async def post(number: int, _: float) -> None:
                statuses.append(await client.post(webhooks.request(f"body {number}".encode(), "secret")))

            await at_rate(1000, 0.02, post)
    assert sorted(bodies) == sorted(f"body {number}".encode() for number in range(20))
    assert (statuses.count(200), statuses.count(503)) == (19, 1)
    async with Client(server.port) as client:
        assert await client.post(webhooks.request(b"", "secret")) == NO_ANSWER


async def test_as_fast_as_answered_ends_in_time_with_nothing_under_way() -> None:
    begun = ended = 0

    async def act() -> None:
        nonlocal begun, ended
        begun += 1
        await SystemClock().sleep(0.001)
        ended += 1

    await as_fast_as_answered(4, 0.02, act)
    assert begun == ended >= 4  # how many more says how busy the machine is
