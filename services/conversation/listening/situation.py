"""What is known while one message of one person is answered, and the ways to answer outside of a flow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.conversation.domain.colleague import Colleague
from services.conversation.domain.profile import Profile
from services.conversation.engine.engine import Turn, go_on, say_at_length
from services.conversation.engine.render import BODY
from services.conversation.engine.session import Session
from services.conversation.engine.texts import _
from services.conversation.settings import ConversationSettings
from services.conversation.texts.talking import TITLES
from shared.contracts.gateway import Content
from shared.contracts.notifier import Buttons, Choice, ChoiceList, ListSection, Outgoing
from shared.kernel.ids import MemberId

GO = "go|"
"""Taps that begin with it are words, and work however old they are."""


@dataclass
class Situation:
    """One member, their session (changed in place) and profile (to look at), the settings and the time."""

    member: MemberId
    session: Session
    profile: Profile
    settings: ConversationSettings
    now: datetime
    colleagues: tuple[Colleague, ...] = ()
    """Who else is of staff, where a command may name them."""
    unseen: Content | None = None
    """What the text at hand stands beside, a picture for instance."""

    @property
    def intent(self) -> str:
        """What this run of a flow may do once: payment intents are named after it (architecture 5)."""
        return f"{self.member}:{self.session.run}"

    def say(self, text: str) -> Turn:
        """Just this."""
        return Turn(say_at_length(self.session, text))

    def again(self, text: str) -> Turn:
        """Something said, and the open question again; the menu when there is none."""
        if self.session.in_flow:
            return go_on(self.session, self.intent, text)
        return self.say(text) if self.session.waiting else self.menu(text)

    def aside(self, text: str) -> Turn:
        """An answer beside the flow: the open question follows in the same message, if there is one."""
        return go_on(self.session, self.intent, text) if self.session.in_flow else self.say(text)

    def menu(self, text: str) -> Turn:
        """The main menu; what was left in the middle comes first."""
        if self.session.draft_at(self.now) is not None:
            return self.offer(text + "\n" + _("You have something unfinished."), "continue", "start_over", "everything")
        words = self._main()
        return self.offer(text, *words, *["home"] * (self.settings.has_credex and len(words) < 2), "everything")

    def everything(self) -> Turn:
        """All that can be done, as a list."""
        words = [
            *self._main(),
            *["home"] * self.settings.has_credex,
            "check",
            "history",
            "receipt",
            "language",
            "my_data",
            "forget_me",
            "help",
        ]
        return self.offer(_("What would you like to do?"), *words)

    def offer(self, text: str, *words: str) -> Turn:
        """A text and things to tap; a long text goes first, by itself."""
        if len(text) <= BODY:
            return Turn([self.offering(text, *words)])
        choices = self.offering(_("Please choose:"), *words)
        return Turn([*say_at_length(self.session, text), choices])

    def offering(self, text: str, *words: str) -> Outgoing:
        """As a message: buttons for up to three words, else a list."""
        self.session.offered, self.session.rest = words, []
        choices = tuple(self.choice(word) for word in words)
        if len(choices) <= 3:
            return Buttons(body=text, buttons=choices)
        return ChoiceList(body=text, open=_("Choose"), sections=(ListSection(rows=choices),))

    def choice(self, word: str) -> Choice:
        """A word as something to tap."""
        return Choice(id=f"{GO}{word}", title=title_of(word))

    def _main(self) -> list[str]:
        settings = self.settings
        return ["donate"] * settings.can_donate + ["register"] * settings.enable_registration


def title_of(word: str) -> str:
    """What a word is called where it is offered."""
    return _(TITLES[word.partition(".")[0]])
