"""What is written beside a picture, a video or a file is read like any text; the picture itself cannot be."""

from __future__ import annotations

from typing import Literal

import pytest

from services.conversation.tests.person import Person
from services.conversation.tests.talk import NEW_DONOR, Talk, choices_of, text_of
from shared.contracts.gateway import Content, Media

Kind = Literal["image", "video", "document"]
KINDS: tuple[Kind, ...] = ("image", "video", "document")


@pytest.mark.parametrize("of", KINDS)
async def test_a_wish_in_a_caption_is_understood(tariro: Talk, of: Kind) -> None:
    """It was answered with "I cannot look at pictures", whatever was written beside it."""
    await tariro.send(Media(of=of, caption="Donate 20 usd for youth"))
    await tariro.give(*NEW_DONOR[1:4], "EcoCash", "0771111111")
    assert "*USD 20.00* for *Youth Conference*" in text_of(tariro.last)


async def test_a_caption_answers_the_open_question(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:4])
    [amount] = await tariro.send(Media(of="image", caption="the building"))
    assert "How much" in text_of(amount)


async def test_a_greeting_in_a_caption_tells_the_language(tariro: Talk) -> None:
    [said] = await tariro.send(Media(of="image", caption="Mhoroi!"))
    assert "Mangwanani" in text_of(said)


async def test_a_command_of_staff_may_stand_in_a_caption(rudo: Talk) -> None:
    [said] = await rudo.send(Media(of="document", caption="/admin"))
    assert "/report" in text_of(said)


@pytest.mark.parametrize(
    "content",
    [
        *(Media(of=of) for of in KINDS),
        Media(of="image", caption="  "),
        Media(of="image", caption="our new roof"),
        Media(of="document", caption="🏠", filename="donate 20.pdf"),
    ],
)
def test_who_sends_a_picture_that_says_nothing_is_told_what_we_can_read(content: Content) -> None:
    [menu] = Person().hear(content).outgoing
    assert text_of(menu).startswith("Thank you. I cannot look at pictures and files, but I read what you write")
    assert choices_of(menu)
