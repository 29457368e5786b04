"""Requests that need no more than an answer: looking things up, and changes that the core does only once by nature."""

from __future__ import annotations

from typing import assert_never

from services.credex.domain.answer import NOT_A_MEMBER, OUTSIDE_THE_RULES, Answer, Refusal
from services.credex.domain.books import moved
from services.credex.domain.directory import authorised
from services.credex.domain.look import seen
from services.credex.domain.notes import notes_of
from services.credex.domain.outcomes import told
from services.credex.domain.refusals import refused, still_refused, unreachable
from services.credex.domain.request import FIRST_LOOK, GIVE_UP, LAST_LOOK, LOOK_AGAIN, MOST_TRIES, Asked, Request
from services.credex.domain.several import are_left, is_complete, results
from services.credex.handlers.beginning import begin, learn, patience
from services.credex.ports import ACT, LOOK, READ, REQUEST_WAITS, Rung, Waiting
from services.credex.store import ACCOUNTS, REQUESTS
from shared.bus.handlers import answered, on
from shared.bus.work import Work
from shared.contracts.base import Command, Event
from shared.contracts.credex import (
    AcceptOffers,
    AnswerOffer,
    AuthoriseMember,
    CredexDelayed,
    DirectNotices,
    FindAccount,
    FindMember,
    ForgetRequests,
    JoinCredex,
    ListAuthorised,
    OfferGone,
    OpenAccount,
    OpenDashboard,
    OutcomeUncertain,
    OutcomeUnderReview,
    ReadBalances,
    ReadCredex,
    ReadLedger,
    RemoveMember,
)
from shared.kernel.ids import MemberId, derive_id
from shared.outcalls.calls import Call, Unknown, Unreached

LOOKED_FOR = frozenset({"ACCEPT_FAILED", "BULK_ACCEPT_FAILED", "CANCEL_FAILED", "NOT_FOUND"})
"""Refusals of AnswerOffer and AcceptOffers that have many causes, told apart by text only (contract 3.7, 3.10)."""


@on(OpenDashboard)
async def open_dashboard(command: OpenDashboard, work: Work) -> None:
    """Show all accounts, fresh from the core."""
    await _read(command, command.member, work)


@on(FindAccount)
async def find_account(command: FindAccount, work: Work) -> None:
    """Whose account is it?"""
    await _read(command, command.member, work)


@on(FindMember)
async def find_member(command: FindMember, work: Work) -> None:
    """Who is it?"""
    await _read(command, command.member, work)


@on(ReadLedger)
async def read_ledger(command: ReadLedger, work: Work) -> None:
    """A page of history."""
    await _read(command, command.member, work)


@on(ReadCredex)
async def read_credex(command: ReadCredex, work: Work) -> None:
    """One credex."""
    await _read(command, command.member, work)


@on(ReadBalances)
async def read_balances(command: ReadBalances, work: Work) -> None:
    """The balances of one account."""
    await _read(command, command.member, work)


@on(ListAuthorised)
async def list_authorised(command: ListAuthorised, work: Work) -> None:
    """Who may act for an account: from the dashboard, or else from what went through us."""
    await _read(command, command.member, work)


@on(JoinCredex)
async def join(command: JoinCredex, work: Work) -> None:
    """Make the person a member."""
    await _act(command, command.member, command.intent, work)


@on(AnswerOffer)
async def answer_offer(command: AnswerOffer, work: Work) -> None:
    """Accept, decline or cancel."""
    await _act(command, command.member, command.intent, work)


@on(AcceptOffers)
async def accept_offers(command: AcceptOffers, work: Work) -> None:
    """Accept several at once."""
    await _act(command, command.member, command.intent, work)


@on(OpenAccount)
async def open_account(command: OpenAccount, work: Work) -> None:
    """Open a business account."""
    await _act(command, command.member, command.intent, work)


@on(AuthoriseMember)
async def authorise_member(command: AuthoriseMember, work: Work) -> None:
    """Let somebody act for an account."""
    await _act(command, command.member, command.intent, work)


@on(RemoveMember)
async def remove_member(command: RemoveMember, work: Work) -> None:
    """Let somebody no longer act for an account."""
    await _act(command, command.member, command.intent, work)


@on(DirectNotices)
async def direct_notices(command: DirectNotices, work: Work) -> None:
    """Send an account's notices to somebody else."""
    await _act(command, command.member, command.intent, work)


@answered(READ, REQUESTS)
async def read(request: Request, asked: Asked, outcome: Answer | Unknown | Unreached, work: Work) -> None:
    """Tell what was found."""
    if not isinstance(outcome, Answer):
        await _end(request, work, unreachable(request.command, request.member, request.answers))
        return
    await _tell(request, outcome, work)


@answered(ACT, REQUESTS)
async def acted(request: Request, asked: Asked, outcome: Answer | Unknown | Unreached, work: Work) -> None:
    """Tell what was done; find out where that is not clear."""
    command = request.command
    match outcome:
        case Unreached():
            await _end(request, work, unreachable(command, request.member, request.answers))
        case Unknown():
            request.uncertain, request.uncertain_since = True, request.uncertain_since or work.now
            pause = FIRST_LOOK if request.tries < MOST_TRIES else LAST_LOOK
            work.call(LOOK, request.asked, due=work.now + pause)
        case Answer() if isinstance(command, AcceptOffers) and outcome.refusal is None:
            request.accepted = [*request.accepted, *outcome.accepted]
            if is_complete(command, outcome):
                await _tell_of_each(request, command, outcome, work)
            else:
                work.call(LOOK, request.asked)
        case Answer() if _needs_look(request, outcome):
            work.call(LOOK, request.asked)
        case Answer():
            await _tell(request, outcome, work)
        case _:
            assert_never(outcome)


@answered(LOOK, REQUESTS)
async def looked(request: Request, asked: Asked, outcome: Answer | Unknown | Unreached, work: Work) -> None:
    """Tell what the look shows; what is seen not to be done is asked again, a few times."""
    command = request.command
    if not isinstance(outcome, Answer):
        await _look_again(request, work)
        return
    uncertain, request.uncertain = request.uncertain, False
    if outcome.refusal is not None and not _is_an_answer(command, outcome.refusal):
        await _tell(request, outcome, work)
        return
    if isinstance(command, AcceptOffers):
        if uncertain and are_left(command, outcome) and _may_try_again(request):
            work.call(ACT, request.asked)
        else:
            await _tell_of_each(request, command, outcome, work)
        return
    look = seen(command, outcome)
    if look.verdict == "done":
        await _tell(request, outcome, work, already=not request.ever_uncertain)
    elif look.verdict == "gone" and isinstance(command, AnswerOffer):
        about = {"member": request.member, "answers": request.answers, "action": command.action}
        await _end(request, work, OfferGone(**about, credex_id=command.credex_id, state=look.state))
    elif not uncertain:
        await _end(request, work, still_refused(command, request.member, request.answers))
    elif _may_try_again(request):
        work.call(ACT, request.asked)
    else:
        await _end(request, work, unreachable(command, request.member, request.answers))


@answered(REQUEST_WAITS, REQUESTS)
async def request_waits(request: Request, waiting: Waiting, outcome: Rung | Unknown | Unreached, work: Work) -> None:
    """A kind word, if the person still waits."""
    if not request.answered:
        work.emit(CredexDelayed(member=request.member, answers=request.answers, asked=request.asked.name))


async def _read(command: Command, member: MemberId, work: Work) -> None:
    await _ask(READ, command, member, work.message_id, work)


async def _act(command: Command, member: MemberId, intent: str, work: Work) -> None:
    """One document per intent: a second tap finds it begun."""
    await _ask(ACT, command, member, derive_id("R", member, intent), work)


async def _ask(call: Call[Asked, Answer], command: Command, member: MemberId, id: str, work: Work) -> None:
    asked = await begin(command, member, work)
    if asked is None:
        return
    request = await work.open(REQUESTS, id, lambda: Request(asked=asked))
    request.must_be(asked)
    if request.begun:
        return
    request.begun, request.tries = True, 1
    work.call(call, asked)
    waiting = Waiting(member=member, answers=request.answers)
    work.call(REQUEST_WAITS, waiting, due=work.now + patience(work))


async def _tell(request: Request, answer: Answer, work: Work, *, already: bool = False) -> None:
    """Say what the answer means, and learn from it."""
    command = request.command
    if answer.refusal is not None:
        await _end(request, work, refused(command, request.member, request.answers, answer.refusal))
        return
    event: Event
    if isinstance(command, ListAuthorised):
        event = authorised(command, request.answers, answer, await work.read(ACCOUNTS, command.account_id))
    else:
        event = told(command, request.answers, answer, already=already)
    await _end(request, work, event)
    work.emit(*notes_of(event, answer))
    await learn(answer, request.member, work)


async def _tell_of_each(request: Request, command: AcceptOffers, answer: Answer, work: Work) -> None:
    event = results(request, command, answer)
    await _end(request, work, event)
    work.emit(*notes_of(event, answer))
    await learn(answer, request.member, work)


async def _end(request: Request, work: Work, event: Event) -> None:
    request.answered = True
    work.emit(event, *moved(event))
    if await work.is_erased(request.member):
        work.emit(ForgetRequests(member=request.member))


async def _look_again(request: Request, work: Work) -> None:
    """The core could not be looked at. What may have been done is not given up; a refusal changed nothing."""
    about = {"member": request.member, "answers": request.answers, "asked": request.asked.name}
    if request.uncertain_since is None:
        await _end(request, work, unreachable(request.command, request.member, request.answers))
    elif work.now - request.uncertain_since >= GIVE_UP:
        await _end(request, work, OutcomeUnderReview(**about))
    else:
        if not request.told_uncertain:
            request.told_uncertain = True
            work.emit(OutcomeUncertain(**about))
        work.call(LOOK, request.asked, due=work.now + LOOK_AGAIN)


def _may_try_again(request: Request) -> bool:
    """Count one more try, if there is one left."""
    if request.tries >= MOST_TRIES:
        return False
    request.tries += 1
    return True


def _is_an_answer(command: Command, refusal: Refusal) -> bool:
    """Whether a refused look tells what it was made for: the credex is not there, the phone is nobody's."""
    if refusal.code == NOT_A_MEMBER:
        return isinstance(command, JoinCredex)
    return isinstance(command, AnswerOffer) and refusal.status == 404 and refusal.code != OUTSIDE_THE_RULES


def _needs_look(request: Request, answer: Answer) -> bool:
    """Whether the refusal alone does not tell what is the case."""
    if answer.refusal is None or answer.refusal.code == NOT_A_MEMBER:
        return False
    match request.command:
        case AnswerOffer() | AcceptOffers():
            return answer.refusal.code in LOOKED_FOR
        case JoinCredex():
            return answer.refusal.status == 409  # a member already: log in (contract 5.6)
        case OpenAccount():
            return answer.refusal.code == "DUPLICATE_HANDLE" and request.ever_uncertain
    return False
