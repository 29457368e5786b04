"""Words that work everywhere (product 1). A word is the whole message, but for punctuation, case and blanks."""

from __future__ import annotations

import re
from typing import Literal, get_args

from services.conversation.domain.vocabulary import THANKS
from services.conversation.engine.questions import plain
from shared.kernel.languages import Language

Word = Literal[
    "greet",
    "menu",
    "home",
    "cancel",
    "back",
    "edit",
    "help",
    "offer",
    "pending_in",
    "pending_out",
    "ledger",
    "switch_account",
    "open_account",
    "members",
    "notices",
    "upgrade",
    "check",
    "history",
    "receipt",
    "donate",
    "register",
    "language",
    "english",
    "shona",
    "ndebele",
    "my_data",
    "forget_me",
    "continue",
    "start_over",
    "retry",
    "other_way",
    "more",
    "thanks",
]
WORDS: frozenset[str] = frozenset(get_args(Word))

_WORDS: dict[Word, frozenset[str]] = {
    "menu": frozenset({"menu", "main menu", "start", "reset", "imenyu", "menyu", "memu"}),
    "home": frozenset({"home", "credex", "dashboard", "balance", "balances", "my balance", "my balances"}),
    "offer": frozenset({"offer", "make an offer", "kupa kiredhiti", "ukunika ikhredithi"}),
    "pending_in": frozenset({"offers", "pending", "pending offers"}),
    "pending_out": frozenset({"my offers", "open offers"}),
    "ledger": frozenset({"credex history", "ledger"}),
    "switch_account": frozenset({"accounts", "switch account"}),
    "open_account": frozenset({"new account"}),
    "members": frozenset({"members"}),
    "notices": frozenset({"notices"}),
    "upgrade": frozenset({"upgrade"}),
    "cancel": frozenset({"x", "c", "cancel", "stop", "quit", "exit", "kanzura", "khansela", "rambai", "yekela"}),
    "back": frozenset({"back", "go back", "dzokera", "dzokera shure", "buyela", "buyela emuva"}),
    "edit": frozenset({"edit", "change", "chinja", "chinjai", "guqula"}),
    "help": frozenset({"help", "?", "rubatsiro", "uncedo", "what can you do", "commands"}),
    "check": frozenset({"check", "status", "check status", "check payment", "payment status", "tarisa", "hlola"}),
    "history": frozenset({"history", "my payments", "payments", "nhoroondo", "imbali"}),
    "receipt": frozenset({"receipt", "my receipt", "risiti", "irisidi"}),
    "donate": frozenset({"donate", "give", "give now", "kupa", "ipa", "nika", "ukunika", "pay", "bhadhara", "bhadala"}),
    "register": frozenset({"register", "registration", "volunteer", "nyoresa", "nyoresai", "bhalisa", "ukubhalisa"}),
    "language": frozenset({"language", "lang", "mutauro", "ulimi", "languages"}),
    "english": frozenset({"english", "chirungu", "isingisi", "isikhiwa"}),
    "shona": frozenset({"shona", "chishona"}),
    "ndebele": frozenset({"ndebele", "isindebele", "sindebele"}),
    "my_data": frozenset({"my data", "export my data", "mashoko angu", "imininingwane yami"}),
    "forget_me": frozenset({"forget me", "delete my data", "ndikanganwei", "ngikhohlwe"}),
    "continue": frozenset({"continue", "resume", "go on", "enderera", "enderera mberi", "qhubeka"}),
    "start_over": frozenset({"start over", "start again", "restart", "tangai patsva", "tanga patsva", "qala kutsha"}),
    "retry": frozenset({"try again", "retry", "edzai zvakare", "edza zvakare", "zama futhi"}),
    "other_way": frozenset({"another way", "other way", "imwe nzira", "enye indlela"}),
    "more": frozenset({"more", "next", "zvimwe", "okunye"}),
    "thanks": frozenset(
        {
            *THANKS,
            "tatenda",
            "tinotenda",
            "ndatenda",
            "ndinotenda",
            "ndatenda zvikuru",
            "tatenda zvikuru",
            "tinotenda zvikuru",
            "maita basa",
            "maita zvenyu",
            "maita",
            "siyabonga",
            "siyabonga kakhulu",
            "ngiyabonga",
            "ngiyabonga kakhulu",
        }
    ),
}
_BY_SPELLING: dict[str, Word] = {spelling: word for word, spellings in _WORDS.items() for spelling in spellings}

_GREETINGS: dict[Language, str] = {
    "sn": r"mhoroi?|makadii|makadini|mangwanani|masikati|manheru|wadii|ndeipi|kanjani shamwari|mamuka sei",
    "nd": r"sawubona|sawubonani|salibonani|livukile|livuke njani|litshonile|litshone njani|kunjani|unjani",
    "en": r"hi+|hie|hy|hello+|hey+|howdy|how are you|greetings|good (?:morning|afternoon|evening|day)|hesi|jambo|"
    r"habari|bonjour|salut|hola|buenos dias|dumela",
}
_TIMES_OF_DAY = frozenset({"morning", "afternoon", "evening", "morning all", "evening all"})
"""Said for *good morning*; a town may begin like it, so that nothing may follow."""
_PLEASE = re.compile(r"(?:please|pls|plz)\b[\s,]*|[\s,]*\b(?:please|pls|plz)")
_THUMBS = frozenset("👍👌🙏👏🙌❤💙💚💛🧡💜🤍🖤💯✅😊🙂😀😁😃😇🤗🎉")
_SHADES = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f\u200d\\s]")
"""Tones of skin, and what joins or colours signs."""
_GREETING = re.compile(rf"(?:{'|'.join(_GREETINGS.values())})\b.{{0,60}}", re.DOTALL)
_OPENING = re.compile(rf"(?:(?:{'|'.join(_GREETINGS.values())})\b[\s,.!?]*)+")


def word_of(text: str) -> Word | None:
    """The word that a message is, if it is one."""
    bare = re.sub(_SHADES, "", text)
    if bare and set(bare) <= {"?"}:
        return "help"
    if bare and set(bare) <= {"👋"}:
        return "greet"
    if bare and set(bare) <= _THUMBS:
        return "thanks"
    wanted = plain(text)
    word = _BY_SPELLING.get(wanted) or _BY_SPELLING.get(plain(re.sub(_PLEASE, "", wanted)))
    if word is not None:
        return word
    return "greet" if wanted in _TIMES_OF_DAY or re.fullmatch(_GREETING, wanted) else None


def without_greeting(text: str) -> str:
    """What a message says behind its greeting."""
    return re.sub(_OPENING, "", text.strip().casefold(), count=1) if re.match(_OPENING, text.casefold()) else text


def language_of(text: str) -> Language | None:
    """The language that a greeting tells of; English ones tell nothing, everybody uses them."""
    wanted = plain(text)
    for language in ("sn", "nd"):
        if re.match(rf"(?:{_GREETINGS[language]})\b", wanted):
            return language
    return None
