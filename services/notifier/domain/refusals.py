"""What each error code of WhatsApp means for us, as data (WhatsApp contract 4.2).

Decided by the code alone, never by HTTP status, title or text (contract 0, rule 12). A code that is not here is
final and told to the operator: no refusal that is not listed as passing is tried again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Scope = Literal["message", "pair", "number", "account", "template", "templates"]
"""Who has to wait: this message; all messages of the number to this person; of the number; of the account; of one
template; all templates."""

UNTIL_TOO_LATE = -1
"""Tries: as many as there is time for."""


@dataclass(frozen=True)
class Rule:
    """What to do about a refusal.

    `tries`: how often the same message may be tried again. `wait`: before the first of them; each further wait is
    `growth` times longer, up to `most`. `scope` waits as well. `operator`: whether the operator is told; of what may
    be tried again a few times, only when all of them have failed. `instead`: what else can be done with the message,
    once. `stopped_marketing`: whether it tells that the person wants no marketing.
    """

    meaning: str
    tries: int = 0
    wait: timedelta = timedelta(0)
    growth: float = 1.0
    most: timedelta = timedelta(minutes=5)
    scope: Scope = "message"
    operator: bool = False
    instead: Literal["template", "upload"] | None = None
    stopped_marketing: bool = False

    @property
    def is_told_at_once(self) -> bool:
        """Whether the operator hears of each refusal, and not only of the message that it costs in the end."""
        return self.operator and self.tries in (0, UNTIL_TOO_LATE)

    @property
    def finds_fault(self) -> bool:
        """Whether something is wrong with the message itself, and ours to mend."""
        return self.operator and self.scope == "message" and self.tries == 0

    def may_try_again(self, refusals: int) -> bool:
        """Whether a message that was refused so often with this code may be tried again."""
        return self.tries == UNTIL_TOO_LATE or refusals <= self.tries

    def wait_after(self, refusals: int) -> timedelta:
        """How long to wait after the nth refusal in a row, from 1 up."""
        return min(self.wait * self.growth ** min(refusals - 1, 20), max(self.most, self.wait))


def _passing(meaning: str, seconds: float, **more: object) -> Rule:
    return Rule(meaning, UNTIL_TOO_LATE, timedelta(seconds=seconds), **more)  # type: ignore[arg-type]  # fields of Rule


def _stop(meaning: str, seconds: float, scope: Scope) -> Rule:
    """The sender stops and the operator is told; messages are kept while they are of use."""
    return Rule(meaning, UNTIL_TOO_LATE, timedelta(seconds=seconds), scope=scope, operator=True)


def _final(meaning: str) -> Rule:
    """Nobody's fault here: the person cannot or does not want to be reached this way."""
    return Rule(meaning)


def _fault(meaning: str) -> Rule:
    """Final, and something that we or the operator must mend."""
    return Rule(meaning, operator=True)


_UNKNOWN = _fault("a code that we do not know")

_RULES: dict[int, Rule] = {
    0: _stop("the token is not valid", 60, "account"),
    1: Rule("bad request or a server's fault", 2, timedelta(seconds=5), growth=2, operator=True),
    2: _passing("temporarily unavailable", 1, growth=2),
    3: _stop("no permission", 60, "account"),
    4: _passing("the app asks too often", 30, scope="account", operator=True),
    10: _stop("no permission", 60, "account"),
    33: _stop("the number was deleted", 600, "number"),
    100: Rule("bad parameter, or a media id that is not known", operator=True, instead="upload"),
    190: _stop("the token has expired", 60, "account"),
    368: _stop("the account is restricted", 600, "account"),
    80007: _passing("the business account asks too often", 60, scope="account", operator=True),
    130403: _final("we blocked this person"),
    130429: _passing("more messages a second than the number may", 1, scope="number"),
    130472: _final("the person is in an experiment of Meta's"),
    130497: _fault("not allowed in this country"),
    131000: Rule("unknown failure", 5, timedelta(seconds=2), growth=2),
    131005: _stop("no permission", 60, "account"),
    131008: _fault("a parameter is missing"),
    131009: _fault("a parameter is not valid"),
    131016: _passing("temporarily unavailable", 1, growth=2),
    131021: _fault("sender and receiver are the same"),
    131026: _final("cannot be delivered"),
    131030: _fault("not on the test number's list"),
    131031: _stop("the account is locked", 600, "account"),
    131037: _stop("the display name is not approved", 600, "number"),
    131042: _stop("trouble with the payment method", 600, "templates"),
    131045: _stop("the number is not registered", 600, "number"),
    131047: Rule("more than 24 hours since the person wrote", instead="template"),
    131048: _stop("restricted for spam or quality", 3600, "number"),
    131049: _final("the person got enough marketing"),
    131050: Rule("the person stopped marketing", stopped_marketing=True),
    131051: _fault("the type is not supported"),
    131052: _final("the person's media cannot be fetched"),
    131053: Rule("our media cannot be taken", operator=True, instead="upload"),
    131056: _passing("too many messages to this person", 1, growth=4, scope="pair"),
    131057: _passing("the number is in maintenance", 60, growth=2, scope="number"),
    131062: _final("not possible without the phone number"),
    131063: _fault("marketing templates are off"),
    # Direct sends, which it hits as well, are templates that WhatsApp makes of a text; we send none.
    131064: _stop("limited for misclassified templates", 3600, "templates"),
    132000: _fault("the template takes another number of parameters"),
    132001: _fault("there is no such template in this language, or it is not approved"),
    132005: _fault("the template's text is too long"),
    132007: _fault("the template breaks a policy"),
    132012: _fault("a template's parameter has the wrong form"),
    132015: Rule("the template is paused", wait=timedelta(hours=1), scope="template", operator=True),
    132016: Rule("the template is disabled", wait=timedelta(hours=1), scope="template", operator=True),
    132018: _fault("a template's parameter has line breaks, tabs or rows of blanks"),
    132068: _fault("the form is blocked"),
    132069: _fault("the form is throttled"),
    133004: _passing("temporarily unavailable", 1, growth=2),
    133010: _stop("the number is not registered", 600, "number"),
    133015: _stop("the number was just deleted", 300, "number"),
    133016: _stop("too many registrations of the number", 3600, "number"),
    134011: _fault("the terms of payments are not accepted"),
    135000: _fault("a parameter is wrong"),
    2494100: _passing("the number is in maintenance", 60, growth=2, scope="number"),
}


def rule_of(code: int) -> Rule:
    """What to do about a code."""
    if code in _RULES:
        return _RULES[code]
    if 200 <= code <= 299:
        return _RULES[10]
    if 133000 <= code <= 133009:
        return _RULES[133010]
    return _UNKNOWN
