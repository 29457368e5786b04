"""The event that tells of an answer, by the command that it answers."""

from __future__ import annotations

from services.credex.domain.answer import Answer, LedgerPage
from shared.contracts.base import Command, Event
from shared.contracts.credex import (
    AccountFound,
    AccountOpened,
    AnswerOffer,
    AuthoriseMember,
    BalancesShown,
    CredexJoined,
    CredexShown,
    DashboardShown,
    DirectNotices,
    FindAccount,
    FindMember,
    JoinCredex,
    LedgerShown,
    MemberAuthorised,
    MemberFound,
    MemberRemoved,
    NoticesDirected,
    OfferAccepted,
    OfferCancelled,
    OfferDeclined,
    OpenAccount,
    OpenDashboard,
    ReadBalances,
    ReadCredex,
    ReadLedger,
    RemoveMember,
)
from shared.contracts.credex_parts import Action, Person, Standing


class Unfit(LookupError):
    """The answer lacks what the command asked for."""


def told(command: Command, answers: str, answer: Answer, *, already: bool = False) -> Event:  # noqa: PLR0911 one line per command reads best
    """The event of a success. `already`: it had been done before. Raises Unfit."""
    about = {"member": getattr(command, "member"), "answers": answers}  # noqa: B009 commands share no base that has it
    match command:
        case OpenDashboard():
            return DashboardShown(**about, standing=_standing(answer), accounts=answer.accounts)
        case JoinCredex():
            return CredexJoined(**about, standing=_standing(answer), accounts=answer.accounts, already=already)
        case FindAccount() if answer.found:
            found = answer.found
            return AccountFound(**about, account_id=found.id, name=found.name, handle=found.handle)
        case FindMember() if answer.found:
            person = Person(core_id=answer.found.id, name=answer.found.name)
            return MemberFound(**about, person=person, handle=answer.found.handle)
        case ReadLedger() if answer.ledger:
            page = wanted_rows(answer.ledger, command.rows)
            return LedgerShown(
                **about,
                account_id=command.account_id,
                start_row=command.start_row,
                entries=page.entries,
                has_more=page.has_more,
            )
        case ReadCredex() if answer.credex:
            return CredexShown(**about, credex_id=command.credex_id, **answer.credex.model_dump())
        case ReadBalances() if answer.balances:
            return BalancesShown(**about, account_id=command.account_id, balances=answer.balances)
        case AnswerOffer():
            return _offer_answered(command, answers, answer, already=already)
        case OpenAccount():
            return _account_opened(command, answers, answer)
        case AuthoriseMember():
            return MemberAuthorised(**about, account_id=command.account_id, person=command.person)
        case RemoveMember():
            return MemberRemoved(**about, account_id=command.account_id, person=command.person)
        case DirectNotices():
            return NoticesDirected(**about, account_id=command.account_id, person=command.person)
    raise Unfit(command.NAME)


def wanted_rows(page: LedgerPage, rows: int) -> LedgerPage:
    """The page cut to what was asked for: some builds ignore the number (contract 3.12)."""
    if len(page.entries) <= rows:
        return page
    return LedgerPage(entries=page.entries[:rows], has_more=True)


def _standing(answer: Answer) -> Standing:
    if answer.standing is None:
        raise Unfit("no member")
    return answer.standing


def _offer_answered(command: AnswerOffer, answers: str, answer: Answer, *, already: bool) -> Event:
    events: dict[Action, type[OfferAccepted | OfferDeclined | OfferCancelled]] = {
        "accept": OfferAccepted,
        "decline": OfferDeclined,
        "cancel": OfferCancelled,
    }
    amount = {}
    if command.action == "accept":
        amount = {"amount": answer.amount or (abs(answer.credex.amount) if answer.credex else None)}
    return events[command.action](
        member=command.member,
        answers=answers,
        credex_id=command.credex_id,
        account_id=command.account_id,
        already=already,
        standing=answer.standing,
        accounts=answer.accounts,
        **amount,
    )


def _account_opened(command: OpenAccount, answers: str, answer: Answer) -> AccountOpened:
    account = next((known for known in answer.accounts if known.handle == command.handle.strip().lower()), None)
    id = account.account_id if account else answer.id
    if id is None:
        raise Unfit("no account")
    return AccountOpened(
        member=command.member,
        answers=answers,
        account_id=id,
        name=account.name if account else command.account_name,
        handle=account.handle if account else command.handle,
        accounts=answer.accounts,
    )
