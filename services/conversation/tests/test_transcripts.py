"""Every flow's docstring is a conversation, and it plays."""

from __future__ import annotations

from types import ModuleType

import pytest

from services.conversation.flows import donate, forget, register
from services.conversation.tests.talk import Talk, text_of
from services.conversation.tests.transcripts import is_said, transcripts_of
from shared.contracts.payments import RequestPayment

FLOWS = (donate, register, forget)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.__name__.rpartition(".")[2])
async def test_the_transcripts_in_the_docstring_play(tariro: Talk, flow: ModuleType) -> None:
    played = transcripts_of(flow)
    assert len(played) >= 2
    paid = 0
    for transcript in played:
        said: list[str] = []
        for who, what in transcript:
            if who == ">":
                said = [text_of(content) for content in await tariro.say(what)]
            else:
                assert is_said(what, said), (what, said)
        if len(tariro.harness.all(RequestPayment)) > paid:
            paid += 1
            await tariro.told(tariro.initiated(), *tariro.settled())
    assert paid == (len(played) if flow is donate else 0)
