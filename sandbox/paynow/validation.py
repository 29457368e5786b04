"""What Paynow refuses, in its order and in its words (Paynow contract 10.3, texts of 1.4)."""

from __future__ import annotations

import re
from decimal import Decimal

from sandbox.paynow import hashing
from sandbox.paynow.settings import METHODS, Integration, PaynowSettings
from sandbox.paynow.transactions import Case, Order, Transactions
from sandbox.paynow.wire import Form

_AMOUNT = re.compile(r"[0-9]+(\.[0-9]+)?")
_URL = re.compile(r"https?://[^\x00-\x1f\x7f]*", re.IGNORECASE)
_LARGEST_DECIMAL = Decimal("79228162514264337593543950335")
"""What .NET's decimal can hold."""

_PHONES = {
    "0771111111": Case.SUCCESS,
    "0772222222": Case.DELAYED_SUCCESS,
    "0773333333": Case.USER_CANCELLED,
    "0774444444": Case.INSUFFICIENT_BALANCE,
}
_CASES_BY_DIGIT = dict(zip("1234", Case, strict=True))
_VMC_TOKENS = {f"{{{d * 8}-{d * 4}-{d * 4}-{d * 4}-{d * 12}}}": case for d, case in _CASES_BY_DIGIT.items()}
_ZIMSWITCH_TOKENS = {digit * 32: case for digit, case in _CASES_BY_DIGIT.items()}


class Refused(Exception):
    """Paynow does not take the message; `str()` is the text of its `error` field."""


def check_sender(form: Form, settings: PaynowSettings) -> Integration:
    """Who sent the message: steps 2 to 4, the same for every hashed call. Raises Refused."""
    if (name := form.repeated()) is not None:
        raise Refused(f"The field '{name}' is specified more than once")
    integration = settings.integration(form.get("id"))
    if integration is None:
        raise Refused("Invalid Id.")
    if integration.kind == "link":
        raise Refused("The ID is of a link or button: the id field specified is not a site integration")
    if not integration.active:
        raise Refused("The integration is currently inactive")
    if not hashing.verify(form.pairs, integration.key):
        expected = hashing.digest(form.pairs, integration.key)
        raise Refused(f"Invalid Hash.  Hash should start with: {expected[:6]}")
    if form.get("status").lower() != "message":
        raise Refused("Invalid status field.")
    return integration


def check_order(form: Form, settings: PaynowSettings, known: Transactions, *, remote: bool) -> Order:
    """The order in an initiate or remote call: steps 2 to 11. Raises Refused; then nothing may be stored."""
    integration = check_sender(form, settings)
    if not form.get("reference"):
        raise Refused("Invalid reference field.")
    amount = _check_amount(form)
    for name in ("ReturnUrl", "ResultUrl"):
        if not _URL.fullmatch(form.get(name.lower())):
            raise Refused(f"The {name} must start with http:// or https://")
    _check_email(form, integration)
    method, case = _check_method(form, integration, settings) if remote else ("", None)
    _check_trace(form, known)
    if case is Case.INSUFFICIENT_BALANCE:
        raise Refused("Insufficient balance")
    return Order(
        integration=integration,
        reference=form.get("reference"),
        amount=amount,
        amount_text=form.get("amount"),
        additionalinfo=form.get("additionalinfo"),
        returnurl=form.get("returnurl"),
        resulturl=form.get("resulturl"),
        authemail=form.get("authemail"),
        authphone=form.get("authphone"),
        authname=form.get("authname"),
        merchanttrace=form.get("merchanttrace"),
        tokenize=integration.can_tokenize and form.get("tokenize").lower() == "true",
        method=method,
        phone=form.get("phone"),
        token=form.get("token"),
        case=case,
    )


def _check_amount(form: Form) -> Decimal:
    text = form.get("amount")
    if not _AMOUNT.fullmatch(text) or Decimal(text) <= 0:
        raise Refused("Invalid amount field.")
    if Decimal(text) > _LARGEST_DECIMAL:
        raise Refused("Conversion overflows.")
    return Decimal(text)


def _check_email(form: Form, integration: Integration) -> None:
    email = form.get("authemail")
    if integration.mode == "test" and email and not integration.is_merchant(email):
        raise Refused(
            "The integration ID is in test mode, so if authemail is specified then it must match the merchants "
            f"registered email address ({_masked(integration.auth_email[0])})"
        )


def _masked(email: str) -> str:
    name, _, domain = email.partition("@")
    host, _, rest = domain.partition(".")
    return f"{name[:1]}***{name[-1:]}@{host[:1]}****.{rest}"


def _check_method(form: Form, integration: Integration, settings: PaynowSettings) -> tuple[str, Case | None]:
    if not form.get("authemail"):
        raise Refused("The authemail field is required for remote transactions")
    method = form.get("method").lower()
    if method not in METHODS:
        raise Refused(f"The method '{form.get('method')}' is not recognized")
    if method not in integration.methods:
        raise Refused(f"Integration ID {integration.id} does not have any ACTIVE '{method}' payment method")
    if integration.mode == "live":
        return method, None
    if method == "innbucks":
        raise Refused(
            "The ID specified is currently in test mode. This is not permitted for remote InnBucks transactions"
        )
    if method in {"ecocash", "onemoney"}:
        return method, _case_of_phone(form.get("phone"), lenient=settings.lenient_phone)
    if method in {"vmc", "zimswitch"}:
        return method, _case_of_token(form, _VMC_TOKENS if method == "vmc" else _ZIMSWITCH_TOKENS)
    return method, None


def _case_of_phone(phone: str, *, lenient: bool) -> Case:
    number = "".join(phone.split())
    if lenient:
        number = re.sub(r"^\+?263", "0", number)
    if number not in _PHONES:
        raise Refused("The integration ID is in test mode, so you must use a test case number")
    return _PHONES[number]


def _case_of_token(form: Form, tokens: dict[str, Case]) -> Case:
    if form.get("token") not in tokens:
        raise Refused("The integration ID is in test mode, so you must use a test case token")
    if not form.get("merchanttrace"):
        raise Refused("The merchanttrace field is required for token transactions")
    return tokens[form.get("token")]


def _check_trace(form: Form, known: Transactions) -> None:
    trace = form.get("merchanttrace")
    if len(trace) > 32:
        raise Refused("The merchanttrace field must not be longer than 32 characters")
    if known.by_trace(trace) is not None:
        raise Refused("The merchanttrace specified has already been used")
