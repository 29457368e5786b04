"""Give to a cause.

A new donor:

    > donate
    < What is your full name?
    > Tariro Moyo
    < Which province are you in?
    > Manicaland
    < Which congregation or town?
    > Mutare
    < What would you like to give to?
    > Youth Conference
    < How much would you like to give?
    > 20 usd
    < How would you like to pay?
    > EcoCash
    < Which EcoCash number should we charge?
    > 0771 111 111
    < Please check: [Confirm] [Edit] [Cancel]
    > confirm

A returning donor, whose details are kept:

    > donate
    < How much would you like to give?
    > 5 usd
    < Please check: [Confirm] [Edit] [Cancel]
    > confirm

In one line:

    > give 30 usd for construction
    < *USD 30.00* for *Construction* [Confirm] [Edit] [Cancel]
    > confirm
"""

from __future__ import annotations

from functools import cache

from services.conversation.domain.amount_in_text import answer_in
from services.conversation.domain.places import PROVINCES
from services.conversation.domain.reading import full_name, place, purpose_words
from services.conversation.domain.splitting import parts_of
from services.conversation.domain.understanding import purpose_of
from services.conversation.engine.chat import Chat
from services.conversation.engine.engine import flow
from services.conversation.engine.formats import CURRENCY_NAMES, money
from services.conversation.engine.questions import YES, NotUnderstood, Option, yes_or_no
from services.conversation.engine.texts import _, in_every_language, later
from services.conversation.facts import NEED_WALLET, DonationFacts, also_called, method_in_sentence, method_name
from services.conversation.flows.paying import Gift, pay
from shared.contracts.conversation import ProposePurpose, RememberDonor
from shared.kernel.amounts import Amount, NotAnAmount, parse_amount
from shared.kernel.errors import Refusal
from shared.kernel.money import Money
from shared.kernel.phone import local_form, parse_phone

OTHER = "other"
_MINE = frozenset({"mine", "my number", "my own", "this number", "this one", "yangu", "nhamba yangu", "eyami"})


@flow("donate", title=later("Give"))
async def donate(chat: Chat) -> None:
    """From the name to the provider's prompt; the outcome is told when it comes."""
    known = DonationFacts.model_validate(chat.facts)
    # First where it was said already: what is wrong with it is told at once.
    said = await _amount(chat, known) if "amount#1" in known.said else None
    name = await chat.ask("name", _("What is your full name?"), full_name)
    province = await chat.choose("province", _("Which province are you in?"), provinces(), _("Provinces"))
    congregation = await chat.ask(
        "congregation", _("Which congregation or town? Tap one or type it."), place, towns(province), _("Towns")
    )
    purpose = await _purpose(chat, known)
    if purpose is None:
        return
    amount = said or await _amount(chat, known)
    on = known.methods[amount.currency]
    methods = [Option(method, method_name(method), also=also_called(method)) for method in on]
    chosen = await chat.choose("method", _("How would you like to pay?"), methods, _("Ways to pay"))
    method = next(method for method in known.methods[amount.currency] if method == chosen)
    parts = await _parts(chat, known, amount, method)
    wallet = await _wallet(chat, known, method) if method in NEED_WALLET else None
    where = f"{congregation}, {PROVINCES[province][0]}"
    summary = _summary(name, where, purpose, parts, method, wallet)
    if known.still_open:
        waiting = ", ".join(map(money, known.still_open))
        summary += "\n" + _("(Beside this, {amounts} is still open.)").format(amounts=waiting)
    await chat.confirm(summary, _fields(known, method, amount.currency))
    chat.tell(RememberDonor(member=known.member, name=name, answers=_kept(chat)))
    gift = Gift(
        payer=known.member,
        payer_name=name,
        purpose=purpose,
        method=method,
        wallet=wallet,
        congregation=congregation,
        province=PROVINCES[province][0],
    )
    await pay(chat, gift, parts)


async def _purpose(chat: Chat, known: DonationFacts) -> str | None:
    """What it is for; None when staff have to agree first."""

    def read(text: str) -> str:
        meant = purpose_of(text, known.purposes)
        if meant is None:
            raise NotUnderstood
        return f"p{meant}"

    options = [Option(f"p{number}", _(purpose)) for number, purpose in enumerate(known.purposes)]
    options.append(Option(OTHER, _("Other"), _("In your own words"), in_every_language(later("Other"))))
    chosen = await chat.ask("purpose", _("What would you like to give to?"), read, options, _("Purposes"))
    if chosen != OTHER:
        return known.purposes[int(chosen[1:])]
    words = await chat.ask("other_purpose", _("What is it for? A few words are enough."), purpose_words)
    if not known.approve_purposes or words in known.approved_purposes:
        return words
    chat.tell(ProposePurpose(member=known.member, purpose=words))
    await chat.say(_("I ask our staff whether we may take gifts for “{purpose}”, and tell you.").format(purpose=words))
    return None


async def _amount(chat: Chat, known: DonationFacts) -> Money:
    """The amount in a currency that is on; the currency is asked when it was not typed."""

    def read(text: str) -> Amount:
        amount = parse_amount(answer_in(text, known.currencies))
        if amount.currency is not None and amount.currency not in known.currencies:
            raise NotAnAmount(_("We take {} here.").format(_or(known.currencies)))
        if amount.currency is not None:
            _must_fit(known, Money(amount=amount.value, currency=amount.currency))
        return amount

    amount = await chat.ask("amount", _("How much would you like to give? For example 20 USD."), read)
    currency = amount.currency
    if currency is None:
        options = [Option(code, CURRENCY_NAMES.get(code, code)) for code in known.currencies]
        currency = await chat.choose("currency", _("In which currency?"), options)
    whole = Money(amount=amount.value, currency=currency)
    try:
        _must_fit(known, whole)
    except Refusal as refusal:
        chat.reconsider("amount", str(refusal))
    return whole


class OutOfLimits(Refusal):
    """The amount is smaller or larger than what may be paid."""


def _must_fit(known: DonationFacts, amount: Money) -> None:
    """Early: what no method takes, even in parts."""
    lowest, highest = known.smallest(amount.currency), known.largest(amount.currency)
    if lowest <= amount and (amount <= highest or parts_of(amount, lowest, highest, known.max_parts)):
        return
    raise OutOfLimits(_limits_text(lowest, highest, known.max_parts))


def _limits_text(lowest: Money, highest: Money, most: int) -> str:
    if most == 1:
        text = _("One payment may be from {lowest} to {highest}; please send an amount in between.")
    else:
        text = _("One payment may be from {lowest} to {highest}, and at most {parts} may follow each other.")
    return text.format(lowest=money(lowest), highest=money(highest), parts=most)


async def _parts(chat: Chat, known: DonationFacts, amount: Money, method: str) -> list[Money]:
    """The payments that the gift takes: one, or several where it is above the limit and the donor wants that."""
    lowest, highest = known.limits[amount.currency][method]
    if lowest <= amount <= highest:
        return [amount]
    # Staff approve bank and cash by hand: parts that follow each other would take days.
    parts = parts_of(amount, lowest, highest, known.max_parts) if method != "manual" and highest < amount else None
    if parts is None:
        chat.reconsider("amount", _limits_text(lowest, highest, 1 if method == "manual" else known.max_parts))
    text = _("One payment may be at most {highest}. Shall we do it in {count} parts, one after the other: {parts}?")
    prompt = text.format(highest=money(highest), count=len(parts), parts=", ".join(map(money, parts)))
    if await chat.choose("split", prompt, yes_or_no(_("In parts"), _("Another amount"))) == "no":
        chat.journal.forget("split#1")
        chat.reconsider("amount", _("All right."))
    return parts


async def _wallet(chat: Chat, known: DonationFacts, method: str) -> str:
    """The number to charge; the person's own is offered when it can be on that wallet."""
    title = method_name(method)

    def read(text: str) -> str:
        phone = parse_phone(text)
        if not known.fits(phone, method):
            sentence = _("{phone} cannot be charged by {method}; please send a number that can.")
            raise WrongWallet(sentence.format(phone=spaced(phone), method=title))
        return phone

    own = [known.own_phone] if known.own_phone and known.fits(known.own_phone, method) else []
    options = [Option(phone, spaced(phone), also=YES | _MINE) for phone in own]
    return await chat.ask("wallet", _("Which {} number should we charge?").format(title), read, options)


class WrongWallet(Refusal):
    """The number belongs to another network than the wallet."""


@cache
def provinces() -> tuple[Option, ...]:
    """The provinces; a town that is in one of them only means it, too."""
    return tuple(Option(id, name, also=_only_in(id)) for id, (name, _towns) in PROVINCES.items())


@cache
def towns(province: str) -> tuple[Option, ...]:
    """The towns of a province."""
    return tuple(Option(town, town) for town in PROVINCES[province][1])


def _only_in(province: str) -> frozenset[str]:
    others = {town for id, (_name, theirs) in PROVINCES.items() if id != province for town in theirs}
    own = {town.casefold() for town in PROVINCES[province][1] if town not in others}
    return frozenset({*own, f"{PROVINCES[province][0].casefold()} metropolitan"})


def _summary(name: str, where: str, purpose: str, parts: list[Money], method: str, wallet: str | None) -> str:
    total = sum(parts[1:], start=parts[0])
    lines = [
        _("Please check:"),
        _("*{amount}* for *{purpose}*").format(amount=money(total), purpose=_(purpose)),
        _("by {method} from {wallet}").format(method=method_in_sentence(method), wallet=spaced(wallet))
        if wallet
        else _("by {method}").format(method=method_in_sentence(method)),
    ]
    if len(parts) > 1:
        lines.append(_("in parts: {parts}").format(parts=", ".join(map(money, parts))))
    return "\n".join([*lines, f"{name}, {where}"])


def _fields(known: DonationFacts, method: str, currency: str) -> dict[str, str]:
    """What may be edited: not what there is no choice in."""
    return {
        "amount+currency+split": _("Amount"),
        "purpose+other_purpose": _("Purpose"),
        **({"method": _("Payment method")} if len(known.methods[currency]) > 1 else {}),
        **({"wallet": _("Number to charge")} if method in NEED_WALLET else {}),
        "name": _("Name"),
        "province+congregation": _("Province and town"),
    }


def _kept(chat: Chat) -> dict[str, str]:
    """The answers that the next gift begins with: all but the amount and what belongs to this one."""
    anew = ("amount#", "confirm#", "split#", "next#")
    return {key: typed for key, typed in chat.journal.answers.items() if not key.startswith(anew)}


def spaced(phone: str) -> str:
    """0771 111 111, as people read their number."""
    local = local_form(phone)
    return f"{local[:4]} {local[4:7]} {local[7:]}"


def _or(words: tuple[str, ...]) -> str:
    return _(" or ").join(CURRENCY_NAMES.get(word, word) for word in words)
