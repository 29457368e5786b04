"""What a typed text means: a word, an answer, a code, a sentence that says what is wanted."""

from __future__ import annotations

import re

from services.conversation.domain import shortcut
from services.conversation.domain.amount_in_text import is_meant
from services.conversation.domain.understanding import understand
from services.conversation.engine.engine import LONGEST_INPUT, Turn, answer, go_on, open_question
from services.conversation.engine.questions import NO, YES, Question, plain
from services.conversation.engine.session import Doubt
from services.conversation.engine.spelling import nearly
from services.conversation.engine.texts import _, in_every_language, later
from services.conversation.engine.words import Word, without_greeting, word_of
from services.conversation.listening import credex, starts, words
from services.conversation.listening.situation import Situation, title_of
from services.conversation.texts import payments
from services.conversation.texts.talking import TITLES, cannot_read
from shared.contracts.notifier import Buttons, Choice
from shared.contracts.payments import SubmitOneTimeCode, VerifyReceipt

_VERIFY = re.compile(r"\s*(?:verify|check receipt|simbisa|qinisekisa|verify receipt)(?:\s+(?P<code>\S+))?\s*", re.I)
_ONE_TIME_CODE = re.compile(
    r"\s*(?:(?:my |the )?(?:otp|code|kodhi|khodi)(?: is| ndeiyi| yi)?[\s:]*)?(\d{4,8}|\d{3}[ -]\d{3})[\s.!]*",
    re.ASCII | re.IGNORECASE,
)
_DIGITS = re.compile(r"[\d\s]+", re.ASCII)
"""No gift while a prompt waits: a code, perhaps even a PIN."""
_STEERING: frozenset[str] = frozenset(
    {"greet", "menu", "cancel", "back", "edit", "help", "more", "donate", "check", "history", "receipt", "language"}
    | {"my_data", "forget_me", "continue", "start_over"}
)
"""Words that are no answer to anything that we ask, though they would pass as one (decision 0031)."""
_ROWS = re.compile(r"(?:10|[0-9])[.)]?", re.ASCII)
"""A bare number that small is meant for a menu, which is not there any more; a gift of it has its currency."""
_ASKED_BESIDE = frozenset({"check", "receipt", "history", "language", "english", "shona", "ndebele", "help"})
"""What may be asked for in a sentence while a question is open: it leaves the question as it is."""
_MY_ANSWER = later("It is my answer")
DOUBT_WORD, DOUBT_ANSWER = "doubt|word", "doubt|answer"


def typed(here: Situation, text: str) -> Turn:
    """Do what the text asks for."""
    session = here.session
    if len(text) > LONGEST_INPUT:
        return here.again(_("That is too long for me; please send less."))
    doubt, session.doubt = session.doubt, None
    verify = re.fullmatch(_VERIFY, text)
    if verify is not None and verify["code"] is not None:
        return Turn(messages=[VerifyReceipt(code=verify["code"], asked_by=here.member)])
    if shortcut.is_meant(text):
        return credex.offer_in_one_line(here, text)
    question = open_question(session, here.intent)
    if question is not None:
        return _in_question(here, question, text, word_of(text), doubt)
    if verify is not None:
        return here.say(_("Please send *verify* and the receipt's number, like: verify 2026-000001"))
    return _outside(here, text)


def _outside(here: Situation, text: str) -> Turn:
    """No question is open."""
    if (offered := _offered(here, text)) is not None:
        return offered
    word = word_of(text)
    greets_only = word == "greet" and without_greeting(text) == ""
    if word is not None and (word != "greet" or greets_only):
        return words.do(here, word)
    turn = _one_time_code(here, text)
    if turn is None and here.session.waiting:
        turn = words.do(here, "greet") if word else here.say(starts.waiting_line(here))
    prompted = here.profile.has_prompt and re.fullmatch(_DIGITS, text)
    turn = turn or (None if prompted else _wanted(here, text)) or (words.do(here, word) if word else None)
    if turn is None and (near := nearly(text)) is not None:
        return words.do(here, near)
    return turn or _not_understood(here, text)


def _not_understood(here: Situation, text: str) -> Turn:
    """Never silence: what is open is named, else what can be done."""
    if (pending := here.profile.latest_pending) is not None:
        return here.offer(payments.still_open(pending), *starts.while_it_waits(pending), "menu")
    if plain(text) in YES | NO | {"confirm"}:
        return here.menu(_("There is nothing to confirm just now. What would you like to do?"))
    if here.unseen is not None:
        return here.menu(cannot_read(here.unseen))
    return here.menu(_("Sorry, I did not understand that. This is what I can do:"))


def _one_time_code(here: Situation, text: str) -> Turn | None:
    """Digits while O'mari waits for its code: the payment outlives the flow that made it."""
    code, waits = re.fullmatch(_ONE_TIME_CODE, text), here.profile.waits_for_code
    if code is None or waits is None:
        return None
    return Turn(messages=[SubmitOneTimeCode(payment_id=waits.id, payer=here.member, code=re.sub(r"[ -]", "", code[1]))])


def _in_question(here: Situation, question: Question, text: str, word: Word | None, doubt: Doubt | None) -> Turn:
    session = here.session
    if doubt is not None:
        if word == doubt.word or plain(text) in {"1", plain(_title(doubt)), plain(doubt.typed)}:
            return words.do(here, doubt.word)
        if plain(text) in {"2", plain(_(_MY_ANSWER))}:
            return settle(here, doubt, as_word=False)
    if (offered := _offered(here, text)) is not None:
        return offered
    if question.option_of(text, session.page) or question.asks_for_more(text, session.page):
        return answer(session, text, here.intent, question)
    return _no_choice(here, question, text, word)


def _no_choice(here: Situation, question: Question, text: str, word: Word | None) -> Turn:
    """The text names none of what was shown: it is an answer in words, a word for me, or something else."""
    near = nearly(text) if word is None else None
    asked, fits = word or near, question.read is not None and question.takes(text)
    if asked is None:
        beside = None if fits else _beside_the_question(here, question, text)
        return beside or answer(here.session, text, here.intent, question)
    if fits and word == "thanks":
        return answer(here.session, text, here.intent, question)
    if fits and word not in _STEERING:
        return _ask_which(here, text, asked)
    return words.do(here, asked)


def _beside_the_question(here: Situation, question: Question, text: str) -> Turn | None:
    """What a sentence that is no answer tells of the gift, kept for when it is due, or what else it asks for."""
    session = here.session
    found = understand(text, here.settings.purposes, tuple(here.settings.methods))
    if found.intent in _ASKED_BESIDE:
        return words.do(here, found.intent)
    if "amount#1" in found.answers and not is_meant(text.casefold()):
        return None  # a number, perhaps of a row that there is not
    tells = found.answers and question.key not in found.answers
    if session.flow != "donate" or found.intent != "donate" or not tells or session.journal.has_requested:
        return None
    session.journal.change(found.answers, forget=(*found.replaces, "split#1"))
    still = open_question(session, here.intent)
    return go_on(session, here.intent, _("Noted.") if still is not None and still.key == question.key else "")


def _ask_which(here: Situation, text: str, word: Word) -> Turn:
    """Both readings fit: ask once."""
    doubt = here.session.doubt = Doubt(typed=text, word=word)
    choices = (Choice(id=DOUBT_WORD, title=_title(doubt)), Choice(id=DOUBT_ANSWER, title=_(_MY_ANSWER)))
    body = _("Do you mean the command, or is “{text}” your answer?").format(text=text[:40])
    return Turn([Buttons(body=body, buttons=choices)])


def _title(doubt: Doubt) -> str:
    return title_of(doubt.word) if doubt.word in TITLES else doubt.typed.strip()[:20]


def settle(here: Situation, doubt: Doubt | None, *, as_word: bool) -> Turn:
    """The person said which reading is right."""
    here.session.doubt = None
    if doubt is None:
        return here.again(_("That choice is from an older message."))
    return words.do(here, doubt.word) if as_word else answer(here.session, doubt.typed, here.intent)


def _offered(here: Situation, text: str) -> Turn | None:
    """What was offered last, by its number or its title: typed, it means what a tap on it means."""
    wanted = plain(text)
    if here.session.rest and word_of(text) == "more":
        return None  # the text that we broke off says that *more* is for its rest
    for number, word in enumerate(here.session.offered, 1):
        if wanted in {str(number), word} or wanted in map(plain, in_every_language(TITLES[word.partition(".")[0]])):
            return words.do(here, word)
    return None


def _wanted(here: Situation, text: str) -> Turn | None:
    """What a sentence asks for, if it can be understood."""
    said = without_greeting(text)
    if re.fullmatch(_ROWS, said.strip()):
        return None
    found = understand(said, here.settings.purposes, tuple(here.settings.methods))
    if said != text and not found.is_sure:
        return None  # "good morning, pastor" is a greeting
    match found.intent:
        case "donate":
            return starts.donate(here, found.answers, forget=found.replaces)
        case None:
            return None
        case word:
            return words.do(here, word)
