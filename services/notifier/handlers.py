"""What notifier does on each message and answer."""

from __future__ import annotations

from typing import assert_never

from services.notifier.domain.delivery import LONGEST_LIFE, Delivery, Evidence
from services.notifier.domain.mailbox import Mailbox, Stray
from services.notifier.ports import (
    FETCH,
    FORGET,
    HEED,
    MARK_READ,
    MIND,
    RECONCILE,
    SEND,
    UPLOAD,
    AccountTrouble,
    Done,
    Farewell,
    MediaAnswer,
    MediaRequest,
    ReadMark,
    Reconciliation,
    SendAnswer,
    SendRequest,
    Trouble,
    UploadAnswer,
    UploadRequest,
)
from services.notifier.sending import Sending
from services.notifier.store import ACCOUNTS, FILINGS, MAILBOXES, READ_MARKS, Account, Filing, Marked
from shared.bus.handlers import answered, on
from shared.bus.work import Work
from shared.contracts.conversation import ErasureRequested
from shared.contracts.gateway import (
    AccountNoticed,
    DeliveryStatusChanged,
    IdentityChanged,
    MarketingPreferenceChanged,
)
from shared.contracts.notifier import (
    FetchMedia,
    FileDeliveries,
    MarkRead,
    MediaFetched,
    MediaUnavailable,
    NoteLateStatus,
    OpenWindow,
    SendMessage,
)
from shared.kernel.ids import MemberId
from shared.outcalls.calls import Unknown, Unreached


@on(SendMessage)
async def send(command: SendMessage, work: Work) -> None:
    """Queue the message; it goes out when those before it have gone."""
    mailbox = await work.open(MAILBOXES, command.member, Mailbox)
    if command.address is not None and command.answers_at is not None:
        mailbox.heard_from(command.address, command.answers_at)
    elif command.address is not None:
        mailbox.know(command.address)
    number = command.address.phone_number_id if command.address else mailbox.latest_number()
    leaving = mailbox.take(
        Delivery(
            reference=work.message_id,
            number=number or "",
            answers=command.answers,
            content=command.content,
            purpose=command.purpose,
            watched=command.watched,
            template=command.template,
            asked_at=work.now,
            traceparent=work.traceparent,
            valid_until=command.valid_until or work.now + LONGEST_LIFE,
        )
    )
    if leaving:
        filed = tuple(delivery.model_dump(mode="json") for delivery in leaving)
        work.emit(FileDeliveries(member=command.member, deliveries=filed))
    Sending(command.member, mailbox, work).go_on(number or "")


@on(FileDeliveries)
async def file(command: FileDeliveries, work: Work) -> None:
    """Keep what is known of them, for statuses that come late."""
    deliveries = [Delivery.model_validate(delivery) for delivery in command.deliveries]
    references = [delivery.reference for delivery in deliveries]
    filing = Filing(id=work.message_id, member=command.member, references=references, deliveries=deliveries)
    await work.open(FILINGS, filing.id, lambda: filing)


@answered(SEND, MAILBOXES)
async def sent(mailbox: Mailbox, request: SendRequest, outcome: SendAnswer | Unknown | Unreached, work: Work) -> None:
    """Note what became of the send, and go on with the next message."""
    delivery = mailbox.find(request.reference)
    if delivery is None:
        return
    sending = Sending(_member_of(work), mailbox, work)
    match outcome:
        case Unknown():
            sending.lose(delivery)
        case Unreached():
            sending.fail(delivery, None)
        case SendAnswer(message_id=str() as message_id):
            sending.accept(delivery, message_id)
        case SendAnswer(code=int() as code):
            if delivery.state == "sending":
                sending.refuse(delivery, code, outcome.retry_after)
        case SendAnswer():
            sending.fail(delivery, None)
        case _:
            assert_never(outcome)
    sending.go_on(delivery.number)


@answered(UPLOAD, MAILBOXES)
async def uploaded(
    mailbox: Mailbox, request: UploadRequest, outcome: UploadAnswer | Unknown | Unreached, work: Work
) -> None:
    """The file is at WhatsApp: send the message that it belongs to; without the file there is nothing to send."""
    delivery = mailbox.find(request.reference)
    if delivery is None or delivery.state != "sending":
        return
    sending = Sending(_member_of(work), mailbox, work)
    if isinstance(outcome, UploadAnswer) and outcome.media_id is not None:
        sending.send(delivery, outcome.media_id)
        return
    sending.fail(delivery, None)
    sending.go_on(delivery.number)


@answered(RECONCILE, MAILBOXES)
async def reconcile(mailbox: Mailbox, request: Reconciliation, outcome: Done | Unknown | Unreached, work: Work) -> None:
    """No status told of the uncertain send: WhatsApp did not take it. Send it again, a few times at most."""
    delivery = mailbox.find(request.reference)
    if delivery is None or (delivery.state, delivery.lost) != ("uncertain", request.lost):
        return
    sending = Sending(_member_of(work), mailbox, work)
    if not delivery.again_after_silence(work.now):
        sending.fail(delivery, None)
    sending.go_on(delivery.number)


@on(DeliveryStatusChanged)
async def note_status(event: DeliveryStatusChanged, work: Work) -> None:
    """Move the delivery forward; a status of a message that we don't know yet waits."""
    mailbox = await work.open(MAILBOXES, event.member, Mailbox)
    code = event.problems[0].code if event.problems else None
    evidence = Evidence(status=event.status, at=event.at, code=code, message_id=event.message_id)
    for problem in event.problems:
        mailbox.note_code(event.phone_number_id, problem.code, event.at)
    delivery = mailbox.find(event.reference, event.message_id)
    if delivery is None:
        reference = event.reference or ""
        filings = await work.find(FILINGS, {"references": reference}, limit=1) if reference else []
        if filings:
            late = evidence.model_dump(mode="json")
            work.emit(NoteLateStatus(member=event.member, filing=filings[0].id, reference=reference, evidence=late))
        else:
            mailbox.remember_stray(Stray(message_id=event.message_id, evidence=evidence))
        return
    if event.message_id not in delivery.failed_ids:
        delivery.message_id = event.message_id
    sending = Sending(event.member, mailbox, work)
    sending.apply(delivery, evidence)
    sending.go_on(delivery.number)


@on(NoteLateStatus)
async def note_late_status(command: NoteLateStatus, work: Work) -> None:
    """Keep the evidence; there is nothing to do about it any more."""
    filing = await work.load(FILINGS, command.filing)
    evidence = Evidence.model_validate(command.evidence)
    for delivery in filing.deliveries:
        if delivery.reference == command.reference:
            delivery.note(evidence)


@on(OpenWindow)
async def open_window(command: OpenWindow, work: Work) -> None:
    """The 24-hour window opens again, and the address is the one to answer to."""
    mailbox = await work.open(MAILBOXES, command.member, Mailbox)
    mailbox.heard_from(command.address, command.at)


@on(IdentityChanged)
async def note_identity(event: IdentityChanged, work: Work) -> None:
    """Reach the member at the new address."""
    mailbox = await work.open(MAILBOXES, event.member, Mailbox)
    mailbox.heard_from(event.address, None)


@on(MarketingPreferenceChanged)
async def note_marketing(event: MarketingPreferenceChanged, work: Work) -> None:
    """Keep whether the person wants marketing by this number."""
    mailbox = await work.open(MAILBOXES, event.member, Mailbox)
    mailbox.know(event.address)
    mailbox.lines[event.address.phone_number_id].note_marketing(stopped=event.stopped, at=event.at)


@on(MarkRead)
async def mark_read(command: MarkRead, work: Work) -> None:
    """Show the person at once that they were heard."""
    mark = ReadMark(number=command.phone_number_id, message_id=command.message_id, typing=command.typing)
    await work.open(READ_MARKS, work.message_id, Marked)
    work.call(MARK_READ, mark)


@answered(MARK_READ, READ_MARKS)
async def marked(mark: Marked, request: ReadMark, outcome: Done | Unknown | Unreached, work: Work) -> None:
    """Shown or not, nothing hangs on it."""


@answered(MIND, MAILBOXES)
async def minded(mailbox: Mailbox, request: Trouble, outcome: Done | Unknown | Unreached, work: Work) -> None:
    """Who must know knows."""


@on(AccountNoticed)
async def note_account(event: AccountNoticed, work: Work) -> None:
    """The operator hears of it, and whoever it concerns waits: a pause may be told outside of any message."""
    account = await work.open(ACCOUNTS, event.account, Account)
    account.noticed_at = event.at
    told = (event.details or {}).get("event")
    trouble = AccountTrouble(
        account=event.account,
        field=event.field,
        event=told if isinstance(told, str) else None,
        codes=event.error_codes,
    )
    work.call(HEED, trouble)


@answered(HEED, ACCOUNTS)
async def heeded(account: Account, request: AccountTrouble, outcome: Done | Unknown | Unreached, work: Work) -> None:
    """Who must know knows."""


@on(FetchMedia)
async def fetch_media(command: FetchMedia, work: Work) -> None:
    """Get the bytes and keep them for a while."""
    await work.open(MAILBOXES, command.member, Mailbox)
    request = MediaRequest(
        number=command.phone_number_id,
        media_id=command.media_id,
        sha256=command.sha256,
        filename=command.filename,
    )
    work.call(FETCH, request)


@answered(FETCH, MAILBOXES)
async def fetched(
    mailbox: Mailbox, request: MediaRequest, outcome: MediaAnswer | Unknown | Unreached, work: Work
) -> None:
    """Say where the bytes are, or that there are none."""
    member = _member_of(work)
    if isinstance(outcome, MediaAnswer) and outcome.file is not None:
        work.emit(MediaFetched(member=member, media_id=request.media_id, file=outcome.file))
        return
    reason = outcome.problem if isinstance(outcome, MediaAnswer) and outcome.problem else "gone"
    work.emit(MediaUnavailable(member=member, media_id=request.media_id, reason=reason))


def _member_of(work: Work) -> MemberId:
    """The member whose mailbox this is: the id of the document."""
    return MemberId(work.held[1].id)


@on(ErasureRequested)
async def forget(event: ErasureRequested, work: Work) -> None:
    """Nothing more is said to the person than what is under way."""
    mailbox = await work.open(MAILBOXES, event.member, Mailbox)
    Sending(event.member, mailbox, work).forget_soon()


@answered(FORGET, MAILBOXES)
async def forgotten(mailbox: Mailbox, request: Farewell, outcome: Done | Unknown | Unreached, work: Work) -> None:
    """Empty the mailbox."""
    Sending(_member_of(work), mailbox, work).forget()
