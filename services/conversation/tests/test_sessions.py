"""Silence: one warning, one pause, a draft that is kept and offered again; waits that end (product 1)."""

from __future__ import annotations

import pytest

from services.conversation.ports import WAKE
from services.conversation.store import SESSIONS
from services.conversation.tests.talk import NEW_DONOR, Talk, text_of
from shared.contracts.payments import RequestPayment


async def test_four_minutes_bring_one_warning_and_five_the_pause(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:4])
    assert await tariro.be_silent(230) == []
    [warning] = await tariro.be_silent(20)
    assert "Are you still there?" in text_of(warning)
    [pause] = await tariro.be_silent(60)
    assert "keep it for 24 hours" in text_of(pause)
    assert await tariro.be_silent(3600) == []


async def test_one_timer_stands_in_the_session_itself_so_that_restarts_and_replicas_share_it(tariro: Talk) -> None:
    """Decision 0002: the store's index of due calls is the sorted set, the claim is the lease."""
    await tariro.give(*NEW_DONOR[:4])
    [document] = tariro.harness.documents("conversation", SESSIONS)
    [timer] = document.outcalls
    assert timer.name == WAKE.name
    silence = timer.due_at - tariro.harness.clock.now()
    assert 235 <= silence.total_seconds() <= 240
    await tariro.say("x")
    [document] = tariro.harness.documents("conversation", SESSIONS)
    assert document.outcalls == []


async def test_an_answer_after_the_warning_goes_on_and_is_warned_again_later(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:4])
    await tariro.be_silent(250)
    [question] = await tariro.say("Construction")
    assert "How much" in text_of(question)
    assert len(await tariro.be_silent(250)) == 1


async def test_continue_takes_the_draft_up_where_it_was(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:5])
    await tariro.be_silent(310)
    [greeting] = await tariro.say("hi")
    assert "[Continue] [Start over]" in text_of(greeting)
    [question] = await tariro.tap("Continue")
    assert "How much" in text_of(question)
    await tariro.give(*NEW_DONOR[5:], "confirm")
    assert tariro.request.purpose == "Youth Conference"


async def test_start_over_asks_from_the_first_question(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:5])
    await tariro.be_silent(310)
    [question] = await tariro.say("start over")
    assert "full name" in text_of(question)


class TestShortDrafts:
    """Drafts that are kept for an hour."""

    @pytest.fixture
    def environment(self) -> dict[str, str]:
        return {"DRAFT_HOURS": "1"}

    async def test_after_its_time_there_is_nothing_to_continue(self, tariro: Talk) -> None:
        await tariro.give(*NEW_DONOR[:5])
        await tariro.be_silent(310)
        await tariro.harness.advance(3500, step=600)
        assert "[Continue]" in text_of((await tariro.say("hi"))[0])
        await tariro.harness.advance(200, step=600)
        [answer] = await tariro.say("continue")
        assert "nothing to continue" in text_of(answer)


async def test_nothing_is_warned_of_while_a_payment_is_pending(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR, "confirm")
    await tariro.told(tariro.initiated())
    await tariro.give("donate")
    assert await tariro.be_silent(1200) == []
    await tariro.told(*tariro.settled())
    assert len(await tariro.be_silent(600)) == 2


async def test_a_wait_without_an_answer_ends_honestly_and_the_outcome_is_told_later(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR, "confirm")
    [told] = await tariro.be_silent(70)
    assert "not be charged twice" in text_of(told)
    [menu] = await tariro.say("hi")
    assert "[Give]" in text_of(menu)
    [prompt] = await tariro.told(tariro.initiated())
    assert "enter your PIN" in text_of(prompt)
    assert len(tariro.harness.all(RequestPayment)) == 1


async def test_a_flow_without_an_answer_is_closed_without_a_draft(tariro: Talk) -> None:
    await tariro.say("donate")
    await tariro.be_silent(310)
    [answer] = await tariro.say("continue")
    assert "nothing to continue" in text_of(answer)


async def test_menu_in_the_middle_parks_and_the_draft_is_the_same_run(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR)
    [menu] = await tariro.say("menu")
    assert "unfinished" in text_of(menu)
    [summary] = await tariro.say("continue")
    assert "[Confirm]" in text_of(summary)


@pytest.mark.parametrize("word", ["x", "C", "cancel!", " STOP ", "quit", "exit"])
async def test_words_that_leave_keep_no_draft(tariro: Talk, word: str) -> None:
    await tariro.give(*NEW_DONOR[:6])
    await tariro.say(word)
    [answer] = await tariro.say("continue")
    assert "nothing to continue" in text_of(answer)


async def test_start_over_in_the_middle_begins_with_the_first_question(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:5])
    [question] = await tariro.say("start over")
    assert "full name" in text_of(question)


async def test_start_over_between_parts_says_that_what_is_paid_stays_paid(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:5], "1000 usd", "EcoCash", "yes", "0771111111", "confirm")
    [told] = await tariro.say("start over")
    assert "on its way" in text_of(told)
    await tariro.told(tariro.initiated(), *tariro.settled())
    [told] = await tariro.say("start over")
    assert "What is paid stays paid" in text_of(told)
    assert len(tariro.harness.all(RequestPayment)) == 1


async def test_start_over_with_nothing_begun_offers_the_menu(tariro: Talk) -> None:
    [menu] = await tariro.say("start over")
    assert "[Give]" in text_of(menu)


async def test_while_another_service_is_asked_nothing_else_begins(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR, "confirm")
    for word in ("donate", "register", "continue", "start over"):
        [told] = await tariro.say(word)
        assert "on its way" in text_of(told) or "nothing to continue" in text_of(told)
    [told] = await tariro.say("forget me")
    assert "still open" in text_of(told)
    [told] = await tariro.say("cancel")
    assert "with the provider already" in text_of(told)
