"""Words that work everywhere, typed with a slip of the finger."""

from __future__ import annotations

from services.conversation.engine.questions import plain
from services.conversation.engine.words import Word, word_of

_OFTEN_TYPED = (
    *("donate", "register", "volunteer", "cancel", "stop", "quit", "exit", "back", "menu", "help", "check", "status"),
    *("history", "receipt", "language", "continue", "nyoresa", "kanzura", "rubatsiro", "enderera"),
    *("bhalisa", "khansela", "uncedo", "qhubeka", "buyela"),
)
"""Without those that are near to names: *tarisa* to Tarisai, *dzokera* to Dzokerai."""
LONG = 6
"""Letters of a word in which one may be wrong; in a shorter one two neighbours may have changed places."""


def nearly(text: str) -> Word | None:
    """The one word that a text is, but for one slip."""
    typed = plain(text)
    found = {word_of(word) for word in _OFTEN_TYPED if _is_near(typed, word)}
    return found.pop() if len(found) == 1 else None


def _is_near(typed: str, word: str) -> bool:
    if len(typed) == len(word):
        differ = [at for at in range(len(word)) if typed[at] != word[at]]
        if len(differ) == 2 and differ[0] + 1 == differ[1]:
            return (typed[differ[0]], typed[differ[1]]) == (word[differ[1]], word[differ[0]])
        return len(differ) <= (len(word) >= LONG)
    shorter, longer = sorted((typed, word), key=len)
    return len(word) >= LONG and any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
