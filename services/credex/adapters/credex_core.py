"""Our commands as credex-core's endpoints (contract 3)."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from datetime import datetime
from typing import Any

from services.credex.adapters.core import Core
from services.credex.adapters.reply import Refused
from services.credex.adapters.wire import Envelope, NotAnEnvelope
from services.credex.domain.answer import Answer, LedgerPage
from services.credex.domain.request import Asked
from services.credex.ports import IssueRequest
from shared.contracts.base import Command
from shared.contracts.credex import (
    AcceptOffers,
    AnswerOffer,
    AuthoriseMember,
    DirectNotices,
    FindAccount,
    FindMember,
    JoinCredex,
    MakeOffer,
    OpenAccount,
    ReadBalances,
    ReadCredex,
    ReadLedger,
    RemoveMember,
    UpgradeTier,
)
from shared.contracts.credex_parts import LedgerEntry
from shared.outcalls.calls import Unclear

PAGE_ROWS = 20
MOST_PAGES = 5
"""How much of a ledger is read to find what was accepted since a certain time."""


class CredexCore:
    """The port's calls, one method each. A refusal is an answer; errors are those of `Core`."""

    def __init__(self, core: Core, *, account_type: str) -> None:
        self._core = core
        self._account_type = account_type

    async def read(self, asked: Asked) -> Answer:
        """Look something up."""
        return await _settled(self._read(asked, asked.command))

    async def act(self, asked: Asked) -> Answer:
        """Change something."""
        return await _settled(self._act(asked, asked.command))

    async def look(self, asked: Asked) -> Answer:
        """What shows whether a change was done: the credex, or the dashboard and for several offers the ledger."""
        return await _settled(self._look(asked, asked.command))

    async def note(self, request: IssueRequest) -> Answer:
        """The member's accounts, by a login."""
        return await _settled(self._dashboard(request.asked, offers_needed=True))

    async def create(self, request: IssueRequest) -> Answer:
        """Make an offer, or charge the upgrade."""
        return await _settled(self._create(request.asked))

    async def find(self, request: IssueRequest) -> Answer:
        """The member's accounts and what was accepted since `request.since`."""
        return await _settled(self._find(request))

    async def _read(self, asked: Asked, command: Command) -> Answer:
        match command:
            case FindAccount():
                found = await self._core.signed(asked, "getAccountByHandle", {"accountHandle": command.handle})
                return found.found("accountID", "accountName", "accountHandle")
            case FindMember():
                found = await self._core.signed(asked, "getMemberByHandle", {"memberHandle": command.handle})
                return found.found("memberID", "memberName", "memberHandle")
            case ReadLedger():
                return await self._ledger(asked, command.account_id, command.start_row, command.rows)
            case ReadCredex():
                return await self._credex(asked, command.credex_id, command.account_id)
            case ReadBalances():
                return (await self._core.signed(asked, "getBalances", {"accountID": command.account_id})).balances()
        return await self._dashboard(asked)

    async def _act(self, asked: Asked, command: Command) -> Answer:
        if isinstance(command, JoinCredex):
            joined = await self._core.join(
                asked,
                firstname=command.first_name,
                lastname=command.last_name,
                defaultDenom=command.default_denomination,
            )
            return joined.answer(accounts_needed=True)
        path, body = self._change(command)
        envelope = await self._core.signed(asked, path, body)
        if isinstance(command, AcceptOffers):
            return envelope.bulk()
        if isinstance(command, OpenAccount) and not envelope.id:
            raise Unclear("an account without an id")
        accepted = isinstance(command, AnswerOffer) and command.action == "accept"
        return envelope.answer(accounts_needed=False, amount=envelope.amount() if accepted else None)

    async def _look(self, asked: Asked, command: Command) -> Answer:
        if isinstance(command, AnswerOffer):
            return await self._credex(asked, command.credex_id, command.account_id)
        answer = await self._dashboard(asked, offers_needed=isinstance(command, AcceptOffers))
        if isinstance(command, AcceptOffers):
            entries = await self._ledger_since(asked, command.account_id, None, background=False)
            return answer.model_copy(update={"ledger": entries})
        return answer

    async def _create(self, asked: Asked) -> Answer:
        path, body = _creation(asked.command)
        envelope = await self._core.signed(asked, path, body)
        if not envelope.id:
            raise Unclear("a credex without an id")
        return envelope.answer(accounts_needed=False)

    async def _find(self, request: IssueRequest) -> Answer:
        login = await self._core.login(request.asked, background=True)
        answer = login.answer(accounts_needed=True, offers_needed=True)
        page = await self._ledger_since(request.asked, request.account_id, request.since, background=True)
        return answer.model_copy(update={"ledger": page})

    def _change(self, command: Command) -> tuple[str, Mapping[str, Any]]:
        match command:
            case AnswerOffer():
                return f"{command.action}Credex", {"credexID": command.credex_id}
            case AcceptOffers():
                return "acceptCredexBulk", {"credexIDs": list(command.credex_ids)}
            case OpenAccount():
                return "createAccount", {
                    "accountType": self._account_type,
                    "accountName": command.account_name,
                    "accountHandle": command.handle,
                    "defaultDenom": command.default_denomination,
                }
            case AuthoriseMember():
                return "authorizeForAccount", {
                    "accountID": command.account_id,
                    "memberHandleToBeAuthorized": command.handle,
                }
            case RemoveMember():
                return "unauthorizeForAccount", {
                    "accountID": command.account_id,
                    "memberIDtoBeUnauthorized": command.person.core_id,
                }
            case DirectNotices():
                return "updateSendOffersTo", {
                    "accountID": command.account_id,
                    "memberIDtoSendOffers": command.person.core_id,
                }
        raise TypeError(f"{command.NAME} changes nothing at the core")

    async def _dashboard(self, asked: Asked, *, offers_needed: bool = False) -> Answer:
        return (await self._core.login(asked)).answer(accounts_needed=True, offers_needed=offers_needed)

    async def _credex(self, asked: Asked, credex_id: str, account_id: str) -> Answer:
        shown = await self._core.signed(asked, "getCredex", {"credexID": credex_id, "accountID": account_id})
        return shown.credex()

    async def _ledger(
        self, asked: Asked, account_id: str, start: int, rows: int, *, background: bool = False
    ) -> Answer:
        body = {"accountID": account_id, "startRow": start, "numRows": rows}
        envelope: Envelope = await self._core.signed(asked, "getLedger", body, background=background)
        return envelope.ledger(start)

    async def _ledger_since(
        self, asked: Asked, account_id: str, since: datetime | None, *, background: bool
    ) -> LedgerPage:
        """Newest first, back to an entry that is older, as far as the pages go."""
        entries: list[LedgerEntry] = []
        for _ in range(MOST_PAGES):
            answer = await self._ledger(asked, account_id, len(entries), PAGE_ROWS, background=background)
            page = answer.ledger
            if page is None or not page.entries:
                break
            entries.extend(page.entries)
            last = page.entries[-1]
            if not page.has_more or (since is not None and last.at is not None and last.at < since):
                break
        return LedgerPage(entries=tuple(entries), has_more=False)


async def _settled(made: Awaitable[Answer]) -> Answer:
    """The answer, or the refusal as one."""
    try:
        return await made
    except Refused as refused:
        return Answer(refusal=refused.refusal)
    except NotAnEnvelope as error:
        raise Unclear(str(error)) from error


def _creation(command: Command) -> tuple[str, Mapping[str, Any]]:
    if isinstance(command, UpgradeTier):
        return "hustler10k", {"personalAccountID": command.account_id}
    if not isinstance(command, MakeOffer):
        raise TypeError(f"{command.NAME} makes no credex")
    body = {
        "issuerAccountID": command.issuer_account_id,
        "receiverAccountID": command.receiver_account_id,
        "Denomination": command.amount.denomination,
        "InitialAmount": f"{command.amount.amount:f}",
        "credexType": "PURCHASE",
        "OFFERSorREQUESTS": "OFFERS",
        "securedCredex": command.secured,
    }
    if command.due_date is not None:
        body["dueDate"] = command.due_date.isoformat()
    return "createCredex", body
