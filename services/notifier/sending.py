"""How a message goes out: what is asked of WhatsApp next, and what becomes of a message that was refused or lost.

Beside handlers, which only load and hand over.
"""

from __future__ import annotations

from datetime import timedelta

from services.notifier.domain.delivery import Delivery, Evidence, waiting_time
from services.notifier.domain.mailbox import Mailbox
from services.notifier.domain.refusals import rule_of
from services.notifier.ports import (
    FETCH,
    FORGET,
    MIND,
    RECONCILE,
    SEND,
    UPLOAD,
    Farewell,
    Reconciliation,
    SendRequest,
    Trouble,
    UploadRequest,
)
from services.notifier.settings import NotifierSettings
from services.notifier.store import FILINGS
from shared.bus.work import Work
from shared.contracts.notifier import (
    MessageFailed,
    PersonErased,
    Picture,
    Template,
)
from shared.kernel.ids import MemberId

WINDOW_CLOSED = 131047
"""WhatsApp's code for "more than 24 hours since the person wrote"; we say it before WhatsApp does."""


class Sending:
    """The messages of one member, in one unit of work."""

    def __init__(self, member: MemberId, mailbox: Mailbox, work: Work) -> None:
        self._member = member
        self._mailbox = mailbox
        self._work = work

    def go_on(self, number: str) -> None:
        """Ask for the send of the next message that may go over a number; those that may not, fail."""
        now = self._work.now
        self._make_way(number)
        while (delivery := self._mailbox.next_to_send(number)) is not None:
            if now >= delivery.valid_until:
                self.fail(delivery, None)
            elif (line := self._mailbox.lines.get(number)) is None or not line.leads_somewhere:
                self.fail(delivery, None)  # nobody knows where to
            elif self._mailbox.may_go(delivery, now):
                delivery.state = "sending"
                self._ask(delivery)
            elif not delivery.become_template():
                self.fail(delivery, WINDOW_CLOSED)

    def send(self, delivery: Delivery, media_id: str | None = None) -> None:
        """Ask WhatsApp to take the message, now or when it may be tried again."""
        request = SendRequest(
            reference=delivery.reference,
            member=self._member,
            address=self._mailbox.lines[delivery.number].address,
            content=delivery.body,
            answers=delivery.answers,
            purpose=delivery.purpose,
            valid_until=delivery.valid_until,
            media_id=media_id,
        )
        due = max(self._work.now, delivery.not_before or self._work.now)
        self._work.call(SEND, request, due=due, traceparent=delivery.traceparent)

    def accept(self, delivery: Delivery, message_id: str) -> None:
        """WhatsApp took the message; its statuses may have come before."""
        delivery.message_id = message_id
        delivery.move("accepted")
        for evidence in self._mailbox.strays_of(message_id):
            self.apply(delivery, evidence)

    def refuse(self, delivery: Delivery, code: int, retry_after: float | None) -> None:
        """WhatsApp refused it: again in another form or later, or never."""
        self._mailbox.note_code(delivery.number, code, self._work.now)
        if not delivery.again_after(code, retry_after, self._work.now):
            self.fail(delivery, code)

    def lose(self, delivery: Delivery) -> None:
        """The answer was lost: let statuses tell, before anything is said again (contract 0, rule 9)."""
        if not delivery.move("uncertain"):
            return  # a status has told already that it arrived
        delivery.lost += 1
        settings: NotifierSettings = self._work.settings
        wait = waiting_time(delivery.lost, timedelta(seconds=settings.reconcile_seconds))
        request = Reconciliation(reference=delivery.reference, lost=delivery.lost)
        self._work.call(RECONCILE, request, due=self._work.now + wait)

    def fail(self, delivery: Delivery, code: int | None) -> None:
        """The message will not arrive."""
        if delivery.move("failed"):
            self._tell_failure(delivery, code)

    def apply(self, delivery: Delivery, evidence: Evidence) -> None:
        """Take what a status says; a failure that may be got over is."""
        state = delivery.note(evidence)
        if state in {"accepted", "delivered", "read"}:
            # It arrived after all, perhaps while it waited to be sent again.
            self._drop_sends(delivery)
        elif state == "failed":
            self._failed_later(delivery, evidence.code)

    def forget_soon(self) -> None:
        """The person is to be forgotten: give what is under way, such as the word that they are, its time."""
        self._work.drop_calls(FORGET)
        settings: NotifierSettings = self._work.settings
        self._work.call(FORGET, Farewell(), due=self._work.now + timedelta(seconds=settings.farewell_seconds))

    def forget(self) -> None:
        """Keep no address and no text; later again while a call is under way, since its answer would be kept."""
        for call in (SEND, UPLOAD, RECONCILE, MIND, FETCH):
            self._work.drop_calls(call)
        self._work.remove(FILINGS, member=self._member)
        for field, empty in Mailbox():
            setattr(self._mailbox, field, empty)
        if any(call.state == "calling" for call in self._work.held[1].outcalls):
            self.forget_soon()
        else:
            self._work.emit(PersonErased(member=self._member, at=self._work.now))

    def _make_way(self, number: str) -> None:
        """Let those that go first pass a message that only waits: what it waits for may be its own, as templates do."""
        held_up_by = self._mailbox.held_up_by(number)
        if held_up_by is None:
            return
        waiting = [
            call.due_at
            for call in self._work.held[1].outcalls
            if call.state == "due"
            and call.name in (SEND.name, UPLOAD.name)
            and call.request["reference"] == held_up_by.reference
        ]
        if waiting:
            self._drop_sends(held_up_by)
            held_up_by.step_back(max(waiting))

    def _drop_sends(self, delivery: Delivery) -> None:
        self._work.drop_calls(SEND, reference=delivery.reference)
        self._work.drop_calls(UPLOAD, reference=delivery.reference)

    def _failed_later(self, delivery: Delivery, code: int | None) -> None:
        if code is None or not delivery.again_after(code, None, self._work.now):
            self._tell_failure(delivery, code)
        elif rule_of(code).scope != "message" or rule_of(code).is_told_at_once:
            self._mind(delivery, code, failed=False)

    def _ask(self, delivery: Delivery) -> None:
        file = delivery.file
        if file is None:
            self.send(delivery)
            return
        delivery.uploads += 1
        request = UploadRequest(
            reference=delivery.reference,
            number=delivery.number,
            file=file,
            picture=isinstance(delivery.content, Picture),
            fresh=delivery.uploads > 1,
        )
        self._work.call(UPLOAD, request, traceparent=delivery.traceparent)

    def _tell_failure(self, delivery: Delivery, code: int | None) -> None:
        watched = delivery.watched or delivery.purpose == "report"
        self._work.emit(
            MessageFailed(
                member=self._member,
                reference=delivery.reference,
                code=code,
                at=self._work.now,
                purpose=delivery.purpose,
                watched=watched,
            )
        )
        self._mind(delivery, code, failed=True)

    def _mind(self, delivery: Delivery, code: int | None, *, failed: bool) -> None:
        trouble = Trouble(
            number=delivery.number,
            reference=delivery.reference,
            code=code,
            watched=delivery.watched or delivery.purpose == "report",
            purpose=delivery.purpose,
            template=delivery.content.name if isinstance(delivery.content, Template) else None,
            failed=failed,
        )
        self._work.call(MIND, trouble)
