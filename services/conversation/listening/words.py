"""What each word that works everywhere does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from services.conversation.engine.engine import Turn, go_back
from services.conversation.engine.texts import _, language_now, speaking
from services.conversation.listening import credex, starts
from services.conversation.listening.situation import Situation
from services.conversation.texts import payments, talking
from shared.contracts.conversation import ChooseLanguage, ExportMyData
from shared.contracts.credex_parts import Action
from shared.contracts.payments import CheckPayment, MakeReceiptDocument
from shared.kernel.languages import Language


def do(here: Situation, word: str) -> Turn:
    """Do what a word says; `word` may go on behind a dot with what it is about."""
    name, _dot, about = word.partition(".")
    if name == "older":
        return _history(here, int(about) if about.isascii() and about.isdigit() and len(about) < 4 else 0)
    if name == "pdf":
        return _document(here, about)
    if name == "let_go":
        return starts.let_go(here, here.profile.find(about))
    if name in _ACTIONS:
        return credex.answer_offer(here, _ACTIONS[name], about)
    if word == "register.chat":
        return starts.register_here(here)
    return _DO[name](here)


def knows(word: str) -> bool:
    """Whether a tap's word is one of ours: old taps may say what we no longer do."""
    return word.partition(".")[0] in {*_DO, *_ACTIONS, "older", "pdf", "let_go"}


def leave(here: Situation) -> Turn:
    """Out of the flow, keeping nothing half done."""
    session = here.session
    if session.waiting and session.waiting.is_payment:
        text = _("Your request is with the provider already; cancel it on your phone and I will tell you.")
        return here.say(text)
    if session.waiting and session.journal.has_requested:
        return here.say(_("That is on its way already; I tell you what becomes of it."))
    if session.flow is None and here.profile.latest_pending is not None:
        return starts.let_go(here, here.profile.latest_pending)
    if session.flow is None:
        return here.menu(_("There is nothing to cancel."))
    if session.journal.has_requested:
        text = _("Stopped. What is paid stays paid; nothing more is charged.")
    elif session.flow == "forget":
        text = _("All stays as it is.")
    elif session.flow == "register":
        text = _("Cancelled; nothing was saved.")
    elif session.flow in credex.FLOWS or session.flow == "answer_offer":
        text = _("Cancelled; nothing was changed.")
    else:
        text = _("Cancelled; nothing was charged.")
    session.end()
    return here.menu(text)


def _greet(here: Situation) -> Turn:
    if here.session.in_flow:
        return here.again(_("Hello!"))
    text = talking.greeting(here.profile, here.settings.organisation_name, here.now)
    return here.say(text + "\n" + starts.waiting_line(here)) if here.session.waiting else here.menu(text)


def _menu(here: Situation) -> Turn:
    if not here.session.waiting:
        here.session.park(here.now + here.settings.draft_kept)
    return here.menu(_("What would you like to do?"))


def _home(here: Situation) -> Turn:
    if here.session.in_flow and here.settings.has_credex:
        here.session.park(here.now + here.settings.draft_kept)
    return credex.home(here)


def _back(here: Situation) -> Turn:
    turn = go_back(here.session, here.intent) if here.session.in_flow else None
    return turn or _menu(here)


def _edit(here: Situation) -> Turn:
    return here.again(_("You can edit when you see the summary; *back* goes one question back."))


def _help(here: Situation) -> Turn:
    settings = here.settings
    return here.aside(
        talking.help_text(
            donations=settings.can_donate, registration=settings.enable_registration, credex=settings.has_credex
        )
    )


def _check(here: Situation) -> Turn:
    latest = here.profile.latest
    if latest is None:
        return here.aside(_("There is no payment to check. Send *donate* to give."))
    return Turn(messages=[CheckPayment(payment_id=latest.id, payer=here.member)])


def _history(here: Situation, skip: int = 0) -> Turn:
    if len(here.profile.payments) <= skip:
        return here.aside(_("You have not given yet. Send *donate* to begin."))
    text = payments.history(here.profile, skip)
    if len(here.profile.payments) > skip + payments.PAGE and not here.session.in_flow:
        return here.offer(text, f"older.{skip + payments.PAGE}")
    return here.aside(text)


def _receipt(here: Situation) -> Turn:
    paid = next((payment for payment in reversed(here.profile.payments) if payment.receipt_number), None)
    if paid is None:
        return here.aside(_("You have no receipt yet; you get one with every payment that arrives."))
    text = payments.receipt_again(paid)
    return here.aside(text) if here.session.in_flow else here.offer(text, f"pdf.{paid.id}", "menu")


def _document(here: Situation, id: str) -> Turn:
    paid = here.profile.find(id)
    if paid is None or paid.receipt_number is None:
        return here.again(_("There is no receipt of that payment."))
    return Turn(messages=[MakeReceiptDocument(payment_id=paid.id, payer=here.member, language=language_now())])


def _speak(language: Language) -> Callable[[Situation], Turn]:
    def speak(here: Situation) -> Turn:
        with speaking(language):
            turn = here.again(_("I speak English with you now."))
        turn.messages.append(ChooseLanguage(member=here.member, language=language))
        return turn

    return speak


def _thanks(here: Situation) -> Turn:
    return here.aside(_("You are welcome."))


def _more(here: Situation) -> Turn:
    if not here.session.rest:
        return here.again(_("That was all."))
    return here.say("\n".join(here.session.rest))


_ACTIONS: dict[str, Action] = {"accept": "accept", "decline": "decline", "take_back": "cancel"}
"""Behind a dot: the offer's id, a dot, the account's."""
_DO: dict[str, Callable[[Situation], Turn]] = {
    "greet": _greet,
    "menu": _menu,
    "home": _home,
    **{name: partial(credex.begin, name=name) for name in credex.FLOWS},
    "cancel": leave,
    "back": _back,
    "edit": _edit,
    "help": _help,
    "check": _check,
    "history": _history,
    "receipt": _receipt,
    "donate": starts.donate,
    "register": starts.register,
    "language": lambda here: here.offer(_("Which language shall I speak?"), "english", "shona", "ndebele"),
    "english": _speak("en"),
    "shona": _speak("sn"),
    "ndebele": _speak("nd"),
    "my_data": lambda here: Turn(messages=[ExportMyData(member=here.member)]),
    "forget_me": starts.forget,
    "continue": starts.take_up,
    "start_over": starts.start_over,
    "retry": starts.donate_again,
    "other_way": lambda here: starts.donate_again(here, forget=("method#1", "wallet#1")),
    "everything": lambda here: here.everything(),
    "more": _more,
    "thanks": _thanks,
}
