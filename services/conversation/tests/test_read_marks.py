"""Each message that gets an answer is marked as read, with it or, where it comes later, before it; nothing else is."""

from __future__ import annotations

from services.conversation.tests.talk import NEW_DONOR, Talk
from shared.contracts.gateway import MessageReceived, Reaction, SystemNotice
from shared.contracts.notifier import MarkRead, OpenWindow, SendMessage


async def test_a_message_that_is_answered_at_once_is_marked_with_its_answer(tariro: Talk) -> None:
    await tariro.give("hi", "help")
    answers = [answer.answers for answer in tariro.harness.all(SendMessage)]
    assert [answer for answer in answers if answer] == ["wamid.1", "wamid.2"], "once each"
    assert tariro.harness.all(MarkRead) == []


async def test_a_message_that_another_service_answers_is_marked_meanwhile_with_typing(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR)
    assert await tariro.say("confirm") == []
    mark = tariro.harness.last(MarkRead)
    assert (mark.member, mark.phone_number_id, mark.message_id, mark.typing) == (
        *(tariro.member, "100"),
        *(f"wamid.{tariro.sent}", True),
    )


async def test_what_is_not_answered_at_once_opens_the_window_by_itself(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR)
    assert tariro.harness.all(OpenWindow) == [], "answers open it"
    await tariro.say("confirm")
    await tariro.send(Reaction(message_id="wamid.0", emoji="x"))
    heard = [message.sent_at for message in tariro.harness.all(MessageReceived)][-2:]
    assert [(window.member, window.at) for window in tariro.harness.all(OpenWindow)] == [
        (tariro.member, at) for at in heard
    ]


async def test_a_change_of_number_does_not_open_the_window(tariro: Talk) -> None:
    await tariro.send(SystemNotice(change="user_changed_number", phone="+263770000009"))
    assert tariro.harness.all(OpenWindow) == []


async def test_what_asks_for_no_answer_is_not_marked(tariro: Talk) -> None:
    await tariro.send(Reaction(message_id="wamid.0", emoji="x"))
    assert tariro.harness.all(MarkRead) == []
