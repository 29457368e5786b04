"""Who wants no marketing is on record: by a refusal, a failed status or their own word, the latest of them."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

from services.notifier.domain.mailbox import Line, MarketingWord
from services.notifier.store import MAILBOXES
from services.notifier.tests.conftest import ADDRESS, MEMBER, OTHER_NUMBER, WhatsApp, command, refusal, status
from shared.contracts.conversation import ErasureRequested
from shared.contracts.gateway import MarketingPreferenceChanged
from shared.contracts.gateway_parts import Problem
from shared.kernel.clock import VirtualClock
from shared.testing.harness import Harness

START = VirtualClock().now()


async def words(harness: Harness) -> dict[str, MarketingWord | None]:
    mailbox = await harness.state("notifier", MAILBOXES, MEMBER)
    assert mailbox is not None
    return {number: line.marketing for number, line in mailbox.lines.items()}


async def test_a_refused_send_tells_of_the_stop_and_holds_up_nothing(harness: Harness, whatsapp: WhatsApp) -> None:
    whatsapp.faults = [refusal(131050), refusal(131049)]
    now = harness.clock.now()
    await harness.say(command(harness, "refused"), command(harness, "other", address=OTHER_NUMBER))
    assert await words(harness) == {"100": MarketingWord(stopped=True, at=now), "200": None}
    await harness.say(command(harness, "goes on"))
    assert whatsapp.texts == ["goes on"]


async def test_a_failed_status_tells_of_the_stop_also_of_a_message_that_is_not_at_hand(
    harness: Harness, whatsapp: WhatsApp
) -> None:
    await harness.say(command(harness, "other"))
    failed = status(harness, "failed", "wamid.of-long-ago", code=131000)
    await harness.say(failed.model_copy(update={"problems": (*failed.problems, Problem(code=131050))}))
    assert await words(harness) == {"100": MarketingWord(stopped=True, at=harness.clock.now())}


async def test_the_person_s_own_word_sets_and_lifts_it_and_goes_with_the_mailbox(
    harness: Harness, whatsapp: WhatsApp
) -> None:
    for seconds, stopped in ((2, False), (1, True), (3, True), (4, False)):
        at = START + timedelta(seconds=seconds)
        await harness.say(MarketingPreferenceChanged(member=MEMBER, address=ADDRESS, stopped=stopped, at=at))
        word = (await words(harness))["100"]
        assert word is not None
        assert word.stopped is (seconds == 3)
    await harness.say(ErasureRequested(member=MEMBER, at=harness.clock.now()))
    await harness.advance(200, step=50)
    await harness.say(status(harness, "failed", "wamid.1", code=131050))
    assert await words(harness) == {}


def test_words_in_any_order_come_to_the_same() -> None:
    said = [(1, True), (2, False), (3, True), (3, False)]
    for order in permutations(said):
        line = Line(address=ADDRESS)
        for seconds, stopped in (*order, order[0]):
            line.note_marketing(stopped=stopped, at=START + timedelta(seconds=seconds))
        assert line.marketing == MarketingWord(stopped=True, at=START + timedelta(seconds=3))
