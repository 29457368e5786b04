"""What goes out of an account: offers and the upgrade, one at a time, never twice for one intent (product 3)."""

from __future__ import annotations

from datetime import datetime

from services.credex.domain.answer import Answer, Refusal
from services.credex.domain.books import moved
from services.credex.domain.find_out import BETWEEN_LOOKS, FIRST_LOOK, GIVE_UP, is_absent_for_good, verdict
from services.credex.domain.issue import UNDER_WAY, Issue, Issuer
from services.credex.domain.issuing import (
    made,
    offer_refusal,
    review,
    uncertain,
    waited_too_long,
    waits,
    wrong_account,
)
from services.credex.domain.refusals import refused, unreachable
from services.credex.domain.request import answers_of
from services.credex.handlers.beginning import begin, learn, patience, settings_of
from services.credex.ports import CREATE, FIND, ISSUE_WAITS, NOTE, PATIENCE, IssueRequest, Rung, Waiting
from services.credex.store import ISSUERS
from shared.bus.handlers import answered, on
from shared.bus.work import Work
from shared.contracts.base import Command, Event
from shared.contracts.credex import CredexDelayed, CredexRefused, MakeOffer, UpgradeTier
from shared.contracts.credex_parts import Rule
from shared.kernel.credit import Credit
from shared.kernel.ids import MemberId
from shared.outcalls.calls import Unknown, Unreached


@on(MakeOffer)
async def make_offer(command: MakeOffer, work: Work) -> None:
    """Queue the offer behind what else goes out of the account, if it fits our own rules."""
    rule = offer_refusal(command, settings_of(work).credex_denominations)
    if rule is not None:
        work.emit(_refused(command, command.member, rule))
        return
    await _queue(command, command.member, command.issuer_account_id, command.amount, work)


@on(UpgradeTier)
async def charge_upgrade(command: UpgradeTier, work: Work) -> None:
    """Queue the upgrade, unless one was charged or is in hand."""
    await _queue(command, command.member, command.account_id, settings_of(work).credex_upgrade_price, work)


@answered(NOTE, ISSUERS)
async def noted(issuer: Issuer, request: IssueRequest, outcome: Answer | Unknown | Unreached, work: Work) -> None:
    """What is pending is known; now make the offer."""
    issue = _issue(issuer, request)
    if not isinstance(outcome, Answer) or work.now > issue.begins_by + PATIENCE:
        _fail(issue, unreachable(issue.command, issue.member, issue.intent), work)
    elif outcome.refusal is not None:
        _refuse(issue, outcome.refusal, work)
    elif (rule := wrong_account(issue, outcome, request.account_id)) is not None:
        issue.end("refused", work.now)
        work.emit(_refused(issue.command, issue.member, rule))
    else:
        account = outcome.account(request.account_id)
        issue.noted_ids = [offer.credex_id for offer in account.pending_out] if account else []
        issue.noted_at, issue.account_name = outcome.at or work.now, account.name if account else None
        issue.state = "creating"
        work.call(CREATE, request)
        await learn(outcome, issue.member, work)
    _begin_next(issuer, request.account_id, work)


@answered(CREATE, ISSUERS)
async def created(issuer: Issuer, request: IssueRequest, outcome: Answer | Unknown | Unreached, work: Work) -> None:
    """It was made, refused, certainly not made, or we have to find out."""
    issue = _issue(issuer, request)
    if isinstance(outcome, Unreached):
        _fail(issue, unreachable(issue.command, issue.member, issue.intent), work)
    elif isinstance(outcome, Unknown):
        issue.state, issue.uncertain_since = "uncertain", work.now
        work.emit(uncertain(issue))
        _look(issue, request, work.now + FIRST_LOOK, work)
    elif outcome.refusal is not None:
        _refuse(issue, outcome.refusal, work)
    else:
        await _made(issue, request.account_id, outcome, outcome.id, work)
    _begin_next(issuer, request.account_id, work)


@answered(FIND, ISSUERS)
async def found_out(issuer: Issuer, request: IssueRequest, outcome: Answer | Unknown | Unreached, work: Work) -> None:
    """What is new at the core is it, or it is not there."""
    issue = _issue(issuer, request)
    if not isinstance(outcome, Answer) or outcome.account(request.account_id) is None:
        # Also where it was refused, or tells of other accounts only: nothing can be said of this one.
        if issue.uncertain_since is None or work.now - issue.uncertain_since >= GIVE_UP:
            issue.end("review", work.now)
            work.emit(review(issue, ()))
        else:
            _look(issue, request, work.now + BETWEEN_LOOKS, work)
        _begin_next(issuer, request.account_id, work)
        return
    found = verdict(issue, request.account_id, outcome, issuer.known_ids())
    if found.result == "made":
        await _made(issue, request.account_id, outcome, next(iter(found.ids), None), work, found_later=True)
    elif found.result == "review":
        issue.end("review", work.now)
        work.emit(review(issue, found.ids))
    elif is_absent_for_good(issue, work.now):
        _fail(issue, unreachable(issue.command, issue.member, issue.intent), work)
    else:
        _look(issue, request, work.now + BETWEEN_LOOKS, work)
    _begin_next(issuer, request.account_id, work)


@answered(ISSUE_WAITS, ISSUERS)
async def issue_waits(issuer: Issuer, waiting: Waiting, outcome: Rung | Unknown | Unreached, work: Work) -> None:
    """A kind word, if the person still waits and has not been told why; later the end of waiting for others."""
    issue = issuer.find(MemberId(waiting.member), waiting.answers)
    if issue is None or issue.state not in {"waiting", *UNDER_WAY}:
        return
    if issue.state == "waiting":
        if work.now >= issue.begins_by:
            _begin_next(issuer, issue.account_id, work)
            return
        work.call(ISSUE_WAITS, waiting, due=issue.begins_by)
    if issue.state != "uncertain" and not issue.told_it_waits:
        work.emit(CredexDelayed(member=issue.member, answers=issue.intent, asked=issue.asked.name))


async def _queue(
    command: MakeOffer | UpgradeTier, member: MemberId, account_id: str, amount: Credit, work: Work
) -> None:
    asked = await begin(command, member, work)
    if asked is None:
        return
    issuer = await work.open(ISSUERS, account_id, Issuer)
    if isinstance(command, UpgradeTier) and issuer.find(member, command.intent) is None:
        rule = issuer.upgrade_in_the_way(work.now)
        if rule is not None:
            work.emit(_refused(command, member, rule))
            return
    if issuer.take(asked, amount, work.now):
        work.call(ISSUE_WAITS, Waiting(member=member, answers=command.intent), due=work.now + patience(work))
    _begin_next(issuer, account_id, work)


def _begin_next(issuer: Issuer, account_id: str, work: Work) -> None:
    """Note what is pending before the next create, if nothing else is under way; else tell who must wait for it."""
    work.emit(*map(waited_too_long, issuer.end_late(work.now)))
    issuer.tidy()
    work.emit(*map(waits, issuer.behind_the_unknown()))
    issue = issuer.next_to_begin()
    if issue is not None:
        issue.state = "noting"
        work.call(NOTE, IssueRequest(account_id=account_id, intent=issue.intent, asked=issue.asked))


def _look(issue: Issue, request: IssueRequest, at: datetime, work: Work) -> None:
    work.call(FIND, request.model_copy(update={"since": issue.noted_at}), due=at)


async def _made(
    issue: Issue,
    account_id: str,
    answer: Answer,
    credex_id: str | None,
    work: Work,
    *,
    found_later: bool = False,
) -> None:
    issue.credex_id = credex_id
    issue.end("made", work.now)
    told = made(issue, account_id, answer, found_later=found_later)
    work.emit(*told, *(one for event in told for one in moved(event)))
    await learn(answer, issue.member, work)


def _refuse(issue: Issue, refusal: Refusal, work: Work) -> None:
    issue.end("refused", work.now)
    work.emit(refused(issue.command, issue.member, issue.intent, refusal))


def _fail(issue: Issue, event: Event, work: Work) -> None:
    issue.end("failed", work.now)
    work.emit(event)


def _refused(command: Command, member: MemberId, rule: Rule) -> CredexRefused:
    return CredexRefused(member=member, answers=answers_of(command), asked=command.NAME, rule=rule)


def _issue(issuer: Issuer, request: IssueRequest) -> Issue:
    issue = issuer.find(request.asked.member, request.intent)
    if issue is None:
        raise LookupError("an answer to an intent that the account does not have")
    return issue
