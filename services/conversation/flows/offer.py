"""Offer credit, guided or by a shortcut: both come to the same summary.

Guided:

    > offer
    < To whom?
    > themba_n
    < How much?
    > 2.50 usd
    < How is it settled? [At once] [By a due date]
    > at once
    < *USD 2.50* to *Themba Ndlovu* (@themba_n) [Confirm] [Edit] [Cancel]
    > confirm
    < Your offer of *USD 2.50* to Themba Ndlovu stands [Credex]

In one line, with a due date:

    > 5->themba_n
    < *USD 5.00* to *Themba Ndlovu* (@themba_n) [Confirm] [Edit] [Cancel]
    > cancel
    < Cancelled
"""

from __future__ import annotations

from datetime import date

from services.conversation.domain.credex import DENOMINATIONS, VERIFIED, CredexView
from services.conversation.domain.shortcut import DEFAULT_DUE, FIRST_DUE, LAST_DUE, in_time, read_amount, read_day
from services.conversation.engine.chat import Chat
from services.conversation.engine.engine import flow
from services.conversation.engine.formats import credit, day
from services.conversation.engine.questions import Option
from services.conversation.engine.texts import _, later
from services.conversation.facts import CredexFacts
from services.conversation.flows.core import FAILED, UNKNOWN_HANDLE, accounts, change, handle_of, which
from shared.contracts.credex import AccountFound, CredexQueued, CredexRefused, FindAccount, MakeOffer, OfferMade
from shared.contracts.credex_parts import CredexAccount
from shared.kernel.credit import Credit
from shared.kernel.errors import Refusal


class NotAnOffer(Refusal):
    """The amount or day does not fit an offer."""


@flow("offer", title=later("Make an offer"))
async def offer(chat: Chat) -> None:
    """From whom to when, one summary, one command: nothing is made before the confirmation."""
    known = CredexFacts.model_validate(chat.facts)
    view = await accounts(chat, known)
    if view is None:
        return
    if view.tier < VERIFIED and chat.journal.answers.get("kind#1") == "promise":
        text = _(
            "Offers with a due date need the Verified tier; *upgrade* gives more than that. With => instead of ->"
            " your offer is settled at once."
        )
        await chat.say(text)
        return
    account = await which(chat, _("From which account?"), view.accounts)
    receiver = await _receiver(chat, known, account)
    if receiver is None:
        return
    amount = await _amount(chat, view, account)
    due = await _due(chat, known, view)
    settled = _("settled at once when it is accepted") if due is None else _("due on {day}").format(day=day(due))
    lines = [
        _("Please check:"),
        _("*{amount}* to *{name}* (@{handle})").format(
            amount=credit(amount), name=receiver.name, handle=receiver.handle
        ),
        settled,
        _("from {name}").format(name=account.name),
    ]
    await chat.confirm("\n".join(lines), _fields(view))
    await change(
        chat,
        lambda intent: MakeOffer(
            member=known.member,
            intent=intent,
            issuer_account_id=account.account_id,
            receiver_account_id=receiver.account_id,
            receiver_name=receiver.name,
            receiver_handle=receiver.handle,
            amount=amount,
            secured=due is None,
            due_date=due,
        ),
        OfferMade,
        CredexQueued,
    )


async def _receiver(chat: Chat, known: CredexFacts, account: CredexAccount) -> AccountFound | None:
    """The account behind a handle; asked again when there is none."""
    prompt = _("To whom? Please send the handle of their account, or their phone number.")
    handle = await chat.ask("handle", prompt, handle_of)
    key = f"account:{handle}"
    found = await chat.look_up(
        key, lambda name: FindAccount(member=known.member, request=name, handle=handle), AccountFound, *FAILED
    )
    if isinstance(found, CredexRefused) and found.rule in UNKNOWN_HANDLE:
        chat.journal.forget(f"{key}#1")
        chat.reconsider("handle")
    if not isinstance(found, AccountFound):
        return None
    if found.account_id == account.account_id:
        chat.reconsider("handle", _("That is the account that the offer comes from."))
    return found


async def _amount(chat: Chat, view: CredexView, account: CredexAccount) -> Credit:
    """In the account's own denomination when none is named; sent exactly as it is shown."""

    def read(text: str) -> Credit:
        value, named = read_amount(text, form="")
        amount = Credit.of(value, named or account.default_denomination)
        decimals = DENOMINATIONS.get(amount.denomination, 2)
        if not amount.fits(decimals):
            text = _("{denomination} has at most {decimals} decimals; please send fewer.")
            raise NotAnOffer(text.format(denomination=amount.denomination, decimals=decimals))
        left = view.standing.remaining_usd if view.standing else None
        if left is not None and amount.denomination == "USD" and amount.amount > left:
            text = _("You may offer at most {left} more today; the limit renews at 02:00. *upgrade* lifts it.")
            raise NotAnOffer(text.format(left=credit(Credit.of(left, "USD"))))
        return amount

    prompt = _("How much? For example 2.50 {denomination}.").format(denomination=account.default_denomination)
    return await chat.ask("amount", prompt, read)


async def _due(chat: Chat, known: CredexFacts, view: CredexView) -> date | None:
    """When it is to be settled; None: at once. A tier that promises nothing is not asked."""

    def read(text: str) -> date:
        return in_time(read_day(text), known.today)

    kinds = [Option("secured", _("At once")), Option("promise", _("By a due date"))]
    kind = await chat.choose("kind", _("How is it settled?"), kinds if view.tier >= VERIFIED else kinds[:1])
    if kind == "secured":
        return None
    usual = known.today + DEFAULT_DUE
    prompt = _("When is it due? Tap the usual day or send one like {last}, from {first} to {last}.")
    first, last = known.today + FIRST_DUE, known.today + LAST_DUE
    options = [Option(usual.isoformat(), day(usual))]
    chosen = await chat.ask("due", prompt.format(first=first, last=last), read, options)
    return date.fromisoformat(chosen) if isinstance(chosen, str) else chosen


def _fields(view: CredexView) -> dict[str, str]:
    return {
        "amount": _("Amount"),
        "handle": _("To whom"),
        **({"kind+due": _("When it is settled")} if view.tier >= VERIFIED else {}),
        **({"account": _("From which account")} if len(view.accounts) > 1 else {}),
    }
