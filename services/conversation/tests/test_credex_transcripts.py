"""The conversations about credex play as their docstrings say, and in each language."""

from __future__ import annotations

import importlib

import pytest

from services.conversation.engine.questions import plain
from services.conversation.listening.credex import FLOWS
from services.conversation.tests.core import CREDEX_ON, LARGE, SMALL, CredexTalk
from services.conversation.tests.talk import choices_of, text_of
from services.conversation.tests.transcripts import Transcript, is_said, transcripts_of
from shared.contracts.notifier import Outgoing
from shared.testing.harness import Harness

KNOWN = {"join": None, "open_account": LARGE, "members": LARGE, "notices": LARGE, "switch_account": LARGE}
LANGUAGES = {"sn": "shona", "nd": "ndebele"}


@pytest.fixture
def environment() -> dict[str, str]:
    return CREDEX_ON


def talk(harness: Harness, flow: str, phone: str = "+263771111111") -> CredexTalk:
    person = CredexTalk(harness, phone)
    person.known = KNOWN.get(flow, SMALL)
    return person


def transcripts(flow: str) -> list[Transcript]:
    return transcripts_of(importlib.import_module(f"services.conversation.flows.{flow}"))


@pytest.mark.parametrize("flow", FLOWS)
async def test_the_transcripts_in_the_docstring_play(harness: Harness, flow: str) -> None:
    person = talk(harness, flow)
    assert len(transcripts(flow)) >= 2
    for transcript in transcripts(flow):
        said: list[str] = []
        for who, what in transcript:
            if who == ">":
                said = [text_of(content) for content in await person.say(what)]
                assert len(said) == 1, said
            else:
                assert is_said(what, said), (what, said)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("flow", FLOWS)
async def test_they_play_in_each_language_with_the_same_choices(harness: Harness, flow: str, language: str) -> None:
    english, other = talk(harness, flow), talk(harness, flow, "+263772222222")
    await other.say(LANGUAGES[language])
    for transcript in transcripts(flow):
        for what in (what for who, what in transcript if who == ">"):
            typed = what
            if english.sent:
                for mine, theirs in zip(choices_of(english.last), choices_of(other.last), strict=True):
                    typed = theirs.title if plain(mine.title) == plain(what) else typed
            [one], [another] = await english.say(what), await other.say(typed)
            assert one.kind == another.kind
            assert ids(one) == ids(another)
            assert text_of(one) != text_of(another)


def ids(content: Outgoing) -> list[str]:
    """What may be tapped, without the run and the wording."""
    return [choice.id.split("|")[-1] for choice in choices_of(content)]
