"""What the conversations about credex share: the accounts, whose handle it is, and a change that is asked for once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from services.conversation.domain.credex import CredexView
from services.conversation.domain.shortcut import NotAShortcut, read_handle
from services.conversation.engine.chat import Chat
from services.conversation.engine.questions import Option
from services.conversation.engine.texts import _
from services.conversation.facts import CredexFacts
from shared.contracts.base import Event, Message
from shared.contracts.credex import (
    CredexRefused,
    CredexUnavailable,
    DashboardShown,
    NotAMember,
    OpenDashboard,
    OutcomeUncertain,
    OutcomeUnderReview,
)
from shared.contracts.credex_parts import CredexAccount
from shared.kernel.errors import Refusal

FAILED: tuple[type[Event], ...] = (NotAMember, CredexRefused, CredexUnavailable)
"""Whoever waits for an answer may get these instead; the service itself tells of them."""
CHANGE_PATIENCE = timedelta(minutes=2)
UNKNOWN_HANDLE = frozenset({"unknown_account", "unknown_member", "handle"})


class NotAHandle(Refusal):
    """The text cannot be a handle."""


async def accounts(chat: Chat, known: CredexFacts, *, fresh: bool = False) -> CredexView | None:
    """The member's accounts; None when they cannot be had, which was said then."""
    if known.view.accounts and not fresh:
        return known.view
    shown = await chat.look_up(
        "dashboard",
        lambda name: OpenDashboard(member=known.member, request=name, phone=known.phone),
        DashboardShown,
        *FAILED,
    )
    if not isinstance(shown, DashboardShown):
        return None
    return known.view.learned(shown.standing, shown.accounts, whole=True)


async def which(chat: Chat, prompt: str, of: Sequence[CredexAccount]) -> CredexAccount:
    """The account that is meant; not asked where there is one."""
    options = [Option(account.account_id, account.name, f"@{account.handle}") for account in of]
    chosen = await chat.choose("account", prompt, options, _("Accounts"))
    return next(account for account in of if account.account_id == chosen)


async def change(chat: Chat, command: Callable[[str], Message], *answers: type[Event]) -> None:
    """Ask for a change under an intent of its own; what became of it is told by the service itself."""
    intent = chat.new_intent()
    await chat.request(
        command(intent),
        *answers,
        *FAILED,
        OutcomeUncertain,
        OutcomeUnderReview,
        about={"answers": intent},
        patience=CHANGE_PATIENCE,
    )


def handle_of(text: str) -> str:
    """A handle that is typed; a phone number stands for the handle that it was at first."""
    try:
        return read_handle(text)
    except NotAShortcut:
        raise NotAHandle(_("A handle has 3 to 30 letters and figures, like rudo_ncube.")) from None
