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
"""

from __future__ import annotations

from services.conversation.domain.places import PROVINCES
from services.conversation.domain.reading import full_name, place, purpose_words
from services.conversation.engine.chat import Chat
from services.conversation.engine.engine import flow
from services.conversation.engine.questions import Option
from services.conversation.engine.texts import _
from services.conversation.facts import METHOD_NAMES, DonationFacts
from shared.contracts.conversation import RememberDonor
from shared.contracts.payments import RequestPayment
from shared.kernel.amounts import Amount, NotAnAmount, parse_amount
from shared.kernel.errors import Refusal
from shared.kernel.money import Money
from shared.kernel.phone import local_form, parse_phone

OTHER = "other"
CURRENCY_NAMES = {"USD": "USD", "ZWG": "ZiG"}


@flow("donate", title=_("Give"))
async def donate(chat: Chat) -> None:
    """From the name to the provider's prompt; the outcome is told when it comes."""
    known = DonationFacts.model_validate(chat.facts)
    name = await chat.ask("name", _("What is your full name?"), full_name)
    province = await chat.choose("province", _("Which province are you in?"), _provinces(), _("Provinces"))
    congregation = await chat.ask(
        "congregation", _("Which congregation or town? Tap one or type it."), place, _towns(province), _("Towns")
    )
    purpose = await _purpose(chat, known)
    amount = await _amount(chat, known)
    method = await chat.choose("method", _("How would you like to pay?"), _methods(known, amount.currency))
    wallet = await _wallet(chat, known, method)
    await chat.confirm(
        _summary(name, PROVINCES[province][0], congregation, purpose, amount, method, wallet),
        {
            "amount+currency": _("Amount"),
            "purpose+other_purpose": _("Purpose"),
            "method": _("Payment method"),
            "wallet": _("Number to charge"),
            "name": _("Name"),
            "province+congregation": _("Province and town"),
        },
    )
    chat.tell(RememberDonor(member=known.member, name=name, answers=_kept(chat)))
    await chat.request(
        RequestPayment(
            intent=chat.intent,
            payer=known.member,
            amount=amount,
            method=method,
            wallet=wallet,
            purpose=purpose,
            payer_name=name,
        )
    )


async def _purpose(chat: Chat, known: DonationFacts) -> str:
    options = [Option(f"p{number}", purpose) for number, purpose in enumerate(known.purposes)]
    chosen = await chat.choose(
        "purpose", _("What would you like to give to?"), [*options, Option(OTHER, _("Other"))], _("Purposes")
    )
    if chosen == OTHER:
        return await chat.ask("other_purpose", _("What is it for? A few words are enough."), purpose_words)
    return known.purposes[int(chosen[1:])]


async def _amount(chat: Chat, known: DonationFacts) -> Money:
    """The amount in a currency that is on, within the limits; the currency is asked when it was not typed."""

    def read(text: str) -> Amount:
        amount = parse_amount(text)
        if amount.currency is not None and amount.currency not in known.currencies:
            raise NotAnAmount(_("We take {} here.").format(_or(known.currencies)))
        if amount.currency is not None:
            _must_fit(known, amount, amount.currency)
        return amount

    amount = await chat.ask("amount", _("How much would you like to give? For example 20 USD."), read)
    currency = amount.currency or known.only_currency
    if currency is None:
        options = [Option(code, CURRENCY_NAMES.get(code, code)) for code in known.currencies]
        currency = await chat.choose("currency", _("In which currency?"), options)
    try:
        _must_fit(known, amount, currency)
    except Refusal as refusal:
        chat.reconsider("amount", str(refusal))
    return Money(amount=amount.value, currency=currency)


class OutOfLimits(Refusal):
    """The amount is smaller or larger than one payment may be."""


def _must_fit(known: DonationFacts, amount: Amount, currency: str) -> None:
    lowest, highest = known.limits[currency]
    if not lowest.amount <= amount.value <= highest.amount:
        sentence = _("One payment may be from {lowest} to {highest}; please send an amount in between.")
        raise OutOfLimits(sentence.format(lowest=lowest, highest=highest))


async def _wallet(chat: Chat, known: DonationFacts, method: str) -> str:
    """The number to charge; the person's own is offered when it can be on that wallet."""
    title = METHOD_NAMES[method]

    def read(text: str) -> str:
        phone = parse_phone(text)
        if not known.fits(phone, method):
            sentence = _("{phone} is not an {method} number; please send one that is.")
            raise WrongWallet(sentence.format(phone=spaced(phone), method=title))
        return phone

    own = [known.own_phone] if known.own_phone and known.fits(known.own_phone, method) else []
    options = [Option(phone, spaced(phone)) for phone in own]
    return await chat.ask("wallet", _("Which {} number should we charge?").format(title), read, options)


class WrongWallet(Refusal):
    """The number belongs to another network than the wallet."""


def _provinces() -> list[Option]:
    return [Option(id, name) for id, (name, _unused) in PROVINCES.items()]


def _towns(province: str) -> list[Option]:
    return [Option(town, town) for town in PROVINCES[province][1]]


def _methods(known: DonationFacts, currency: str) -> list[Option]:
    return [Option(method, METHOD_NAMES[method]) for method in known.methods[currency]]


def _summary(name: str, province: str, congregation: str, purpose: str, amount: Money, method: str, wallet: str) -> str:
    return _(
        "Please check:\n*{amount}* for *{purpose}*\nby {method} from {wallet}\n{name}, {congregation}, {province}"
    ).format(
        amount=amount,
        purpose=purpose,
        method=METHOD_NAMES[method],
        wallet=spaced(wallet),
        name=name,
        congregation=congregation,
        province=province,
    )


def _kept(chat: Chat) -> dict[str, str]:
    """The answers that the next gift begins with: all but the amount and the confirmation."""
    asked_anew = {"amount#1", "confirm#1"}
    return {key: typed for key, typed in chat.journal.answers.items() if key not in asked_anew}


def spaced(phone: str) -> str:
    """0771 111 111, as people read their number."""
    local = local_form(phone)
    return f"{local[:4]} {local[4:7]} {local[7:]}"


def _or(words: tuple[str, ...]) -> str:
    return _(" or ").join(CURRENCY_NAMES.get(word, word) for word in words)
