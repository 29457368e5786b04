"""English, Shona and Ndebele: complete, with the same placeholders, within the channel's limits, chosen and guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import ModuleType

import pytest
from babel.messages.pofile import read_po

from services.conversation.domain.profile import Profile
from services.conversation.domain.skills import SKILLS
from services.conversation.engine.formats import day, money
from services.conversation.engine.questions import plain
from services.conversation.engine.render import BUTTON_TITLE, DESCRIPTION, ROW_TITLE
from services.conversation.engine.texts import _, speaking
from services.conversation.engine.words import word_of
from services.conversation.facts import METHOD_NAMES
from services.conversation.flows import donate, forget, register
from services.conversation.settings import ConversationSettings
from services.conversation.store import PROFILES
from services.conversation.tests.extraction import marked_texts, path_of, updated
from services.conversation.tests.talk import NEW_DONOR, Talk, choices_of, text_of
from services.conversation.tests.transcripts import transcripts_of
from services.conversation.texts.talking import TITLES
from shared.contracts.notifier import Outgoing
from shared.contracts.payments import RequestPayment
from shared.kernel.clock import VirtualClock
from shared.kernel.languages import Language
from shared.kernel.money import Money

OTHERS: tuple[Language, ...] = ("sn", "nd")
ALL: tuple[Language, ...] = ("en", *OTHERS)
BUTTONS = (
    *("Confirm", "Edit", "Cancel", "In parts", "Another amount", "Forget me", "Keep", "Send it", "Stop here"),
    *("Accept", "Decline", "Back to the list", "Accept all", "Take it back", "Leave it", "At once", "By a due date"),
    *("Add somebody", "Remove somebody", "Done", "Yes", "No", "Not now", "Accounts", "Offers", "Entries", "Members"),
    *(
        "Denominations",
        "I have none",
        "It is my answer",
        "Pay now",
        "Choose",
        "Provinces",
        "Towns",
        "Ways to pay",
        "Purposes",
        "Skills",
    ),
)
ROWS = (
    "Amount",
    "Purpose",
    "Payment method",
    "Number to charge",
    "Name",
    "Province and town",
    "E-mail",
    "To whom",
    "When it is settled",
    "From which account",
    "First name",
    "Last name",
    "Handle",
    "Denomination",
    "Newer",
    "Older",
    "Other",
    "More",
)


def catalog(language: Language) -> dict[str, str]:
    with path_of(language).open("rb") as source:
        return {str(text.id): str(text.string) for text in read_po(source) if text.id}


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_and_no_translation_is_left_over(language: Language) -> None:
    known, marked = catalog(language), marked_texts()
    assert [text for text in marked if not known.get(text)] == []
    assert [text for text in known if text not in marked] == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalog_is_as_the_command_writes_it(language: Language) -> None:
    assert updated(language) == path_of(language).read_text(), "python -m services.conversation.tests.extraction"


@pytest.mark.parametrize("language", OTHERS)
def test_placeholders_lines_and_marks_are_those_of_the_english_text(language: Language) -> None:
    for english, other in catalog(language).items():
        assert sorted(re.findall(r"\{\w*\}", other)) == sorted(re.findall(r"\{\w*\}", english)), english
        assert other.count("\n") == english.count("\n"), english
        assert other.count("*") == english.count("*"), english
        assert (other[0].isspace(), other[-1].isspace()) == (english[0].isspace(), english[-1].isspace()), english


@pytest.mark.parametrize("language", ALL)
def test_marks_of_formatting_stand_where_whatsapp_sees_them(language: Language) -> None:
    """Bold begins behind a blank or bracket and ends before anything but a letter; what is marked begins with no blank.

    A `_` or `~` inside a word, as in a handle, is a letter like others; a `*` never is.
    """
    texts = catalog(language).values() if language != "en" else marked_texts()
    wrong = [text for text in texts for mark in "*_~" if not _stands(mark, re.sub(r"\{\w*\}", "x", text))]
    assert wrong == []


def _stands(mark: str, text: str) -> bool:
    literal = r"(?<=\w)[_~](?=\w)"
    marks = re.sub(literal, "x", text).count(mark)
    pairs = re.findall(rf"(?<![\w*]){re.escape(mark)}(?!\s)[^\n{mark}]*(?<!\s){re.escape(mark)}(?![\w*])", text)
    return 2 * len(pairs) == marks


@pytest.mark.parametrize("language", OTHERS)
def test_words_that_a_text_names_work_when_they_are_typed(language: Language) -> None:
    for english, other in catalog(language).items():
        named = re.findall(r"\*([^*{}]+)\*", english), re.findall(r"\*([^*{}]+)\*", other)
        for word, theirs in zip(*named, strict=True):
            assert word_of(theirs) == word_of(word), (english, theirs)


@pytest.mark.parametrize("language", ALL)
def test_what_is_tapped_fits_the_channel(language: Language) -> None:
    with speaking(language):
        for title in (*BUTTONS, *TITLES.values()):
            assert len(_(title)) <= BUTTON_TITLE, _(title)
        for title in (*ROWS, *METHOD_NAMES.values(), *SKILLS.values()):
            assert len(_(title)) <= ROW_TITLE, _(title)
        for purpose in ConversationSettings.model_fields["purposes"].default:
            assert len(_(purpose)) <= DESCRIPTION, _(purpose)
        for titles in (SKILLS.values(), TITLES.values(), METHOD_NAMES.values()):
            assert len({plain(_(title)) for title in titles}) == len(titles), "two are called the same"


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalog_says_that_a_native_speaker_has_yet_to_review_it(language: Language) -> None:
    head = path_of(language).read_text()[:300]
    assert "No native speaker has reviewed them yet" in head


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("flow", [donate, register, forget], ids=lambda flow: flow.__name__.rpartition(".")[2])
async def test_the_transcripts_play_in_each_language(
    tariro: Talk, nyasha: Talk, flow: ModuleType, language: Language
) -> None:
    """The same conversation beside the English one: the same choices, other words."""
    await nyasha.say({"sn": "shona", "nd": "ndebele"}[language])
    paid = 0
    for transcript in transcripts_of(flow):
        for who, what in transcript:
            if who == "<":
                continue
            typed = what
            if tariro.sent:
                for english, other in zip(choices_of(tariro.last), choices_of(nyasha.last), strict=True):
                    typed = other.title if plain(english.title) == plain(what) else typed
            english_said, other_said = await tariro.say(what), await nyasha.say(typed)
            kinds = [content.kind for content in english_said], [content.kind for content in other_said]
            assert kinds[0] == kinds[1], (english_said, other_said)
            assert _options(english_said) == _options(other_said)
            for one, other in zip(english_said, other_said, strict=True):
                assert text_of(one) != text_of(other)
        if len(tariro.harness.all(RequestPayment)) > paid:
            paid = len(tariro.harness.all(RequestPayment))
            for talk in (tariro, nyasha):
                await talk.told(talk.initiated(), *talk.settled())


def _options(said: Sequence[Outgoing]) -> list[str]:
    """What may be tapped, without what belongs to the person or the wording."""
    ids = [choice.id.split("|") for content in said for choice in choices_of(content)]
    return [f"{parts[1]} {parts[-1]}" if not parts[-1].startswith("+") else parts[1] for parts in ids]


@pytest.mark.parametrize(
    ("greeting", "language", "hello"),
    [
        ("Mhoro!", "sn", "Mangwanani"),
        ("makadii", "sn", "Mangwanani"),
        ("Salibonani", "nd", "Livukile"),
        ("hi", None, "Good"),
    ],
)
async def test_the_language_is_guessed_from_the_greeting(
    tariro: Talk, greeting: str, language: Language | None, hello: str
) -> None:
    [said] = await tariro.say(greeting)
    assert hello in text_of(said)
    profile = await tariro.harness.state("conversation", PROFILES, tariro.member)
    assert (profile.language if isinstance(profile, Profile) else None) == language


async def test_a_chosen_language_is_not_changed_by_a_greeting(tariro: Talk) -> None:
    await tariro.say("english")
    [said] = await tariro.say("mhoro")
    assert "Good morning" in text_of(said)


async def test_language_in_the_middle_of_a_flow_asks_the_open_question_in_it(tariro: Talk) -> None:
    await tariro.give(*NEW_DONOR[:4])
    await tariro.say("language")
    [question] = await tariro.tap("chiShona")
    assert "Mungade kupa kuchinangwa chipi?" in text_of(question)
    [amount] = await tariro.say("Musangano wevechidiki")
    assert "Mungade kupa mari yakawanda sei?" in text_of(amount)
    await tariro.give("20 zig", "EcoCash", "0771111111", "hongu")
    assert tariro.request.purpose == "Youth Conference", "what is recorded is the same in every language"


def test_days_and_money_are_written_by_language() -> None:
    now = VirtualClock().now()
    written = {}
    for language in ALL:
        with speaking(language):
            written[language] = (day(now), money(Money.of("1234.5", "ZWG")))
    assert written == {
        "en": ("24 Nov 2026", "ZiG 1,234.50"),
        "sn": ("24 Mbu 2026", "ZiG 1,234.50"),
        "nd": ("24 Lwe 2026", "ZiG 1,234.50"),
    }


async def test_outcomes_are_told_in_the_language_of_the_person(tariro: Talk) -> None:
    await tariro.say("ndebele")
    await tariro.give("nika", *NEW_DONOR[1:4], "Umhlangano wabatsha", *NEW_DONOR[5:], "yebo")
    [prompt] = await tariro.told(tariro.initiated())
    assert "iPIN" in text_of(prompt)
    [receipt] = await tariro.told(*tariro.settled())
    assert "Siyabonga, Tariro" in text_of(receipt)
    assert "Umhlangano wabatsha" in text_of(receipt)


async def test_refusals_of_the_kernel_are_said_in_the_language(tariro: Talk) -> None:
    await tariro.say("shona")
    await tariro.give(*NEW_DONOR[:4], "1")
    [refused] = await tariro.say("-50")
    assert "Huwandu haugoni kuva pasi pezero" in text_of(refused)
