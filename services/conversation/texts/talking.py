"""Greetings, help, and answers to what is no word and no answer."""

from __future__ import annotations

from datetime import datetime

from services.conversation.domain.profile import Profile
from services.conversation.engine.formats import money
from services.conversation.engine.texts import _, later
from services.conversation.facts import method_in_sentence
from services.conversation.texts import payments
from shared.contracts.gateway import Content, Media
from shared.kernel.clock import HARARE

TITLES: dict[str, str] = {
    "donate": later("Give"),
    "register": later("Register"),
    "everything": later("More"),
    "history": later("My payments"),
    "older": later("Older ones"),
    "receipt": later("My receipt"),
    "pdf": later("As PDF"),
    "check": later("Check payment"),
    "language": later("Language"),
    "my_data": later("My data"),
    "forget_me": later("Forget me"),
    "home": "Credex",
    "join": later("Join credex"),
    "offer": later("Make an offer"),
    "pending_in": later("Offers to me"),
    "pending_out": later("My open offers"),
    "accept": later("Accept"),
    "decline": later("Decline"),
    "take_back": later("Take it back"),
    "ledger": later("Credex history"),
    "switch_account": later("Switch account"),
    "open_account": later("New account"),
    "members": later("Members"),
    "notices": later("Notices"),
    "upgrade": later("Upgrade"),
    "help": later("Help"),
    "menu": later("Menu"),
    "continue": later("Continue"),
    "start_over": later("Start over"),
    "retry": later("Try again"),
    "other_way": later("Another way"),
    "cancel": later("Cancel"),
    "let_go": later("Cancel it"),
    "back": later("Back"),
    "english": "English",
    "shona": "chiShona",
    "ndebele": "isiNdebele",
}
"""What is offered outside of flows, by the word that it does."""


def greeting(profile: Profile, organisation: str, now: datetime) -> str:
    """By the time of day in Harare, and by name when it is known (product 1)."""
    hour = now.astimezone(HARARE).hour
    if 5 <= hour < 12:
        hello = _("Good morning")
    elif 12 <= hour < 17:
        hello = _("Good afternoon")
    elif 17 <= hour < 22:
        hello = _("Good evening")
    else:
        hello = _("Hello")
    if profile.first_name:
        back = _("{hello}, {name}. Welcome back to {organisation}.").format(
            hello=hello, name=profile.first_name, organisation=organisation
        )
        return "\n".join([back, *_last_time(profile)])
    welcome = _("{hello}. Welcome to {organisation}.").format(hello=hello, organisation=organisation)
    return f"{welcome}\n\nEnglish · chiShona · isiNdebele: *language*" if profile.language is None else welcome


def _last_time(profile: Profile) -> list[str]:
    """A payment that is still open, or what the next gift begins with: *Give* asks for the amount only."""
    if profile.latest_pending is not None:
        return [payments.still_open(profile.latest_pending)]
    latest = profile.latest
    if latest is None or latest.purpose is None:
        return []
    text = _("Last time: {amount} for {purpose} by {method}. *donate* asks for the amount only.")
    return [
        text.format(amount=money(latest.amount), purpose=_(latest.purpose), method=method_in_sentence(latest.method))
    ]


def help_text(*, donations: bool, registration: bool, credex: bool) -> str:
    """What can be done here; what is switched off is not named."""
    lines = [
        _("*donate*: give, also in one line: donate 20 usd for construction") if donations else "",
        _("*register*: volunteer, or change what you registered") if registration else "",
        _("*credex*: your accounts; 0.5=>handle offers at once, 5 USD->handle=2026-12-31 by a date") if credex else "",
        _("*check*: how your latest payment stands"),
        _("*history*: your payments; *receipt*: your latest receipt"),
        _("*verify* and a receipt's number: whether it is true"),
        _("*language*: English, chiShona, isiNdebele"),
        _("*my data*, *forget me*: what I know of you"),
        _("Anywhere: *back*, *cancel*, *menu*."),
    ]
    return "\n".join(line for line in lines if line)


def cannot_read(content: Content) -> str:
    """A kind answer to what is no text and no tap."""
    if isinstance(content, Media) and (content.voice or content.of == "audio"):
        return _("I cannot listen to voice notes yet; please write it.")
    if isinstance(content, Media):
        return _("Thank you. I cannot look at pictures and files, but I read what you write, also beside them.")
    return _("Thank you. I can read text and taps on buttons only.")
