"""Words that work everywhere (product 1). A word is the whole message, but for punctuation, case and blanks."""

from __future__ import annotations

import re
from typing import Literal

from services.conversation.engine.questions import plain

Word = Literal["greet", "menu", "home", "cancel", "back", "help", "check", "history", "receipt", "donate", "thanks"]

_WORDS: dict[Word, frozenset[str]] = {
    "menu": frozenset({"menu", "main menu", "start", "start over", "imenyu", "menyu"}),
    "home": frozenset({"home", "credex", "dashboard"}),
    "cancel": frozenset({"x", "c", "cancel", "stop", "quit", "exit"}),
    "back": frozenset({"back", "dzokera", "buyela"}),
    "help": frozenset({"help", "?", "rubatsiro", "uncedo"}),
    "check": frozenset({"check", "status", "check status", "check payment", "payment status"}),
    "history": frozenset({"history", "my payments", "nhoroondo", "imbali"}),
    "receipt": frozenset({"receipt", "risiti", "irisidi"}),
    "donate": frozenset({"donate", "give", "kupa", "nika"}),
    "thanks": frozenset(
        {"thanks", "thank you", "thank you very much", "tatenda", "maita basa", "siyabonga", "ok thanks", "👍"}
    ),
}
_GREETING = re.compile(
    r"(hi+|hello+|hey+|hie|howdy|greetings|good (morning|afternoon|evening|day)|mhoro(i)?|makadii|makadini|mangwanani|"
    r"masikati|manheru|sawubona|salibonani|livukile|litshonile|hesi|wadii|ndeipi)\b.{0,60}",
    re.DOTALL,
)


def word_of(text: str) -> Word | None:
    """The word that a message is, if it is one."""
    wanted = "?" if text.strip() == "?" else plain(text)
    for word, spellings in _WORDS.items():
        if wanted in spellings or text.strip() in spellings:
            return word
    return "greet" if re.fullmatch(_GREETING, wanted) else None
