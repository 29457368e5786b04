"""The messages that Paynow signs: answers and status updates, spoilt where a fault says so (Paynow contract 1-4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import quote

from sandbox.paynow import hashing, wire
from sandbox.paynow.faults import FaultName, Faults, Place
from sandbox.paynow.settings import Integration, PaynowSettings
from sandbox.paynow.transactions import PAID, Case, Status, Transaction
from shared.kernel.clock import HARARE

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_CHANNELS = {
    "": "Card",
    "ecocash": "EcoCash",
    "onemoney": "OneMoney",
    "innbucks": "InnBucks",
    "omari": "O'mari",
    "vmc": "Visa/MasterCard",
    "zimswitch": "Zimswitch",
}

_CAPITALISED = {"browserurl": "BrowserUrl", "pollurl": "PollUrl", "paynowreference": "PaynowReference"}

_WALLET_TEXTS = {
    "ecocash": "Dial *151*2*4# and enter your EcoCash PIN. Once you have authorized the payment via your handset, "
    "please click Check For Payment below to conclude this transaction",
    "onemoney": "Dial *111# and enter your OneMoney PIN. Once you have authorized the payment via your handset, "
    "please click Check For Payment below to conclude this transaction",
}

Fields = list[tuple[str, str]]


class Messages:
    """Makes message bodies for one stand-in."""

    def __init__(self, settings: PaynowSettings, faults: Faults) -> None:
        self._settings = settings
        self._faults = faults

    def initiated(self, transaction: Transaction) -> str:
        """The answer to an accepted web payment (Paynow contract 10.4)."""
        fields = [
            ("status", "Ok"),
            ("browserurl", self._browser_url(transaction)),
            ("pollurl", self._poll_url(transaction)),
        ]
        if self._settings.with_reference:
            fields.append(("paynowreference", str(transaction.number)))
        return self._signed(fields, transaction, "initiate")

    def sent(self, transaction: Transaction) -> str:
        """The answer to an accepted remote transaction, with what its method adds (Paynow contract 2.3)."""
        order = transaction.order
        fields = [("status", "Ok")]
        if order.method in _WALLET_TEXTS:
            fields.append(("instructions", _instructions(order.method, order.case)))
        fields += [("paynowreference", str(transaction.number)), ("pollurl", self._poll_url(transaction))]
        if order.method == "innbucks":
            expires = transaction.code_expires_at.astimezone(HARARE)
            fields += [
                ("authorizationcode", transaction.code),
                ("authorizationexpires", f"{_day(expires)} {expires:%H:%M}"),
            ]
        if order.method == "omari":
            fields += [
                ("otpreference", f"OM{transaction.code[:6]}"),
                ("remoteotpurl", f"{self._settings.public_url}/interface/remoteotp?guid={transaction.guid}"),
            ]
        return self._signed(fields, transaction, "remote")

    def update(self, transaction: Transaction, status: Status, place: Place) -> str:
        """A status update, as posted to the merchant and as answered to polls and traces (Paynow contract 3.1)."""
        order = transaction.order
        fields = [
            ("reference", order.reference),
            ("paynowreference", str(transaction.number)),
            ("amount", f"{order.amount:.2f}"),
            ("status", status.value),
            ("pollurl", self._poll_url(transaction)),
        ]
        paid_at = transaction.paid_at()
        if status in PAID and paid_at is not None:
            fields += _token(transaction, paid_at)
            if order.integration.instrument_details:
                fields += _instrument(transaction, paid_at)
        return self._signed(fields, transaction, place)

    def not_found(self, integration: Integration) -> str:
        """The signed answer to a trace of something that is not there (Paynow contract 4.2)."""
        return wire.encode(hashing.sign([("status", "NotFound")], integration.key))

    def _poll_url(self, transaction: Transaction) -> str:
        return f"{self._settings.public_url}/Interface/CheckPayment/?guid={transaction.guid}"

    def _browser_url(self, transaction: Transaction) -> str:
        page = f"{self._settings.public_url}/Payment/ConfirmPayment/{transaction.number}"
        email = quote(transaction.order.authemail, safe="@+%")
        return f"{page}/{email}//" if email else page

    def _signed(self, fields: Fields, transaction: Transaction, place: Place) -> str:
        integration = transaction.order.integration

        def struck(name: FaultName) -> bool:
            return self._faults.strike(name, place, transaction) is not None

        if struck(FaultName.EXTRA_FIELD):
            fields = [*fields, ("settlementbatch", f"B{transaction.number}")]
        if struck(FaultName.COMMA_IN_REFERENCE):
            fields = _replaced(fields, "paynowreference", f"{transaction.number:,}")
        key = self._other_key(integration) if struck(FaultName.OTHER_CURRENCY_KEY) else integration.key
        message = hashing.sign(fields, key)
        if struck(FaultName.WRONG_HASH):
            message = hashing.sign(fields, f"not {key}")
        if struck(FaultName.TAMPERED_AMOUNT):
            message = _replaced(message, "amount", f"{transaction.order.amount * 10:.2f}")
        if struck(FaultName.BOUNDARY_SHIFT):
            message = _shifted(message)
        if struck(FaultName.CAPITALISED_NAMES):
            message = [(_CAPITALISED.get(name, name.capitalize()), value) for name, value in message]
        return wire.encode(message, upper_case_escapes=struck(FaultName.UPPER_CASE_ESCAPES))

    def _other_key(self, integration: Integration) -> str:
        return next(other.key for other in self._settings.integrations if other.id != integration.id)


def _instructions(method: str, case: Case | None) -> str:
    return _WALLET_TEXTS[method] if case is None else f"This is a test transaction. Test Case: {case}"


def _token(transaction: Transaction, paid_at: datetime) -> Fields:
    """The card token for later charges; a charge by token gives a new one (Paynow contract 2.5)."""
    order = transaction.order
    if not order.tokenize and not (order.token and order.integration.can_tokenize):
        return []
    token = transaction.guid.replace("-", "") if order.method == "zimswitch" else f"{{{transaction.guid}}}"
    return [("token", token), ("tokenexpiry", _day(paid_at.astimezone(HARARE) + timedelta(days=180)))]


def _instrument(transaction: Transaction, paid_at: datetime) -> Fields:
    order = transaction.order
    return [
        ("paymentchannel", _CHANNELS[order.method]),
        ("merchantfees", "0.00"),
        ("customerfees", "0.00"),
        ("paymentinstrument", order.phone or "411111******1111"),
        ("paymentchannelreference", f"MP{transaction.number}"),
        ("paymentchannelinitiated", _moment(transaction.created_at)),
        ("paymentchannelcompleted", _moment(paid_at)),
    ]


def _moment(at: datetime) -> str:
    local = at.astimezone(HARARE)
    return f"{local.day:02d}-{_MONTHS[local.month - 1]}-{local.year} {local:%H:%M:%S}"


def _day(local: datetime) -> str:
    return f"{local.day}-{_MONTHS[local.month - 1]}-{local.year}"


def _replaced(fields: Fields, name: str, value: str) -> Fields:
    return [(known, value if known == name else old) for known, old in fields]


def _shifted(fields: Fields) -> Fields:
    values = dict(fields)
    number = values["paynowreference"]
    return _replaced(_replaced(fields, "paynowreference", number[:-1]), "amount", number[-1] + values["amount"])
