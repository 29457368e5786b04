"""Somebody wants to be forgotten. The core keeps its own record of its members; the person was told so."""

from __future__ import annotations

from services.credex.domain.issue import Issuer
from services.credex.store import ACCOUNTS, ISSUERS, MEMBERS, OFFERS, REQUESTS
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.conversation import ErasureRequested
from shared.contracts.credex import ConfirmErasure, ForgetIssues, ForgetRequests, PersonErased
from shared.kernel.ids import MemberId

MOST = 1000
"""Accounts that one person gives out of, or is given from."""


@on(ErasureRequested)
async def forget_member(event: ErasureRequested, work: Work) -> None:
    """Forget who it was at the core, and all that was asked for them; the directory learns the rest again.

    What is under way at the core is seen through, and forgotten then. Their token is encrypted and lasts five minutes
    (decision 0021).
    """
    known = await work.read(MEMBERS, event.member)
    if known is not None and known.core_id is not None:
        work.remove(ACCOUNTS, people=known.core_id)
    if known is not None and known.phone is not None:
        handle = known.phone.removeprefix("+")  # contract 1.9: a handle may be the phone
        work.remove(OFFERS, receiver_handle=handle)
        for issuer in await work.find(ISSUERS, {"receivers": handle}, limit=MOST):
            _ask_to_forget(issuer, event.member, handle, work)
    work.remove(OFFERS, issuer_member=event.member)
    work.remove(OFFERS, by=event.member)
    _remove_answered(event.member, work)
    work.remove(MEMBERS, member=event.member)
    for issuer in await work.find(ISSUERS, {"members": event.member}, limit=MOST):
        _ask_to_forget(issuer, event.member, None, work)
    work.emit(ConfirmErasure(member=event.member))


@on(ForgetIssues)
async def forget_issues(command: ForgetIssues, work: Work) -> None:
    """What went out of an account is no more theirs, or no more for them."""
    issuer = await work.open(ISSUERS, command.account_id, Issuer)
    if command.handle is None:
        issuer.forget(command.member)
    else:
        issuer.forget_receiver(command.handle)


@on(ForgetRequests)
async def forget_requests(command: ForgetRequests, work: Work) -> None:
    """What was under way is over: an offer may have been accepted meanwhile, which the books had to hear."""
    _remove_answered(command.member, work)


@on(ConfirmErasure)
async def confirm_erasure(command: ConfirmErasure, work: Work) -> None:
    """All that was asked before, in this lane, is done."""
    work.emit(PersonErased(member=command.member, at=work.now))


def _remove_answered(member: MemberId, work: Work) -> None:
    work.remove(REQUESTS, **{"asked.member": member, "answered": True})


def _ask_to_forget(issuer: Issuer, member: MemberId, handle: str | None, work: Work) -> None:
    for account_id in sorted({issue.account_id for issue in issuer.issues}):
        work.emit(ForgetIssues(member=member, account_id=account_id, handle=handle))
