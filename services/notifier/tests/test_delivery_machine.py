"""Whatever WhatsApp says of a message, in whatever order: it is never said again once it arrived, nor told back."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.notifier.domain.delivery import MOST_LOST, Delivery, Evidence
from services.notifier.domain.refusals import _RULES, UNTIL_TOO_LATE, rule_of
from shared.contracts.notifier import PlainText, Template, TemplateFallback
from shared.kernel.clock import VirtualClock

START = VirtualClock().now()
CODES = st.sampled_from([*_RULES, 999999])
WORDS = st.sampled_from(["sent", "delivered", "read", "played", "failed", "warning", "seen"])


class DeliveryMachine(RuleBasedStateMachine):
    """Plays handler and WhatsApp: sends get wamids, statuses come of any of them, answers get lost."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.sends = 0
        self.arrived = False
        self.best = 0
        self.delivery = Delivery(
            reference="E-1",
            number="100",
            content=PlainText(body="hello"),
            purpose="notice",
            template=TemplateFallback(name="notice", parameters=("a", "b")),
            asked_at=START,
            valid_until=START + timedelta(hours=24),
        )

    @rule(seconds=st.integers(0, 20_000))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.delivery.state == "queued")
    @rule()
    def send(self) -> None:
        assert not self.arrived, "what arrived is said again"
        self.delivery.state = "sending"
        self.sends += 1

    @precondition(lambda self: self.delivery.state == "sending")
    @rule()
    def take(self) -> None:
        self.delivery.message_id = f"wamid.{self.sends}"
        self.delivery.move("accepted")

    @precondition(lambda self: self.delivery.state == "sending")
    @rule(code=CODES, retry_after=st.none() | st.floats(0, 1000))
    def refuse(self, code: int, retry_after: float | None) -> None:
        self._fail_or_wait(code, retry_after)

    @precondition(lambda self: self.delivery.state == "sending")
    @rule()
    def lose(self) -> None:
        if self.delivery.move("uncertain"):
            self.delivery.lost += 1

    @precondition(lambda self: self.delivery.state == "uncertain")
    @rule()
    def hear_nothing(self) -> None:
        if not self.delivery.again_after_silence(self.now):
            self.delivery.move("failed")

    @precondition(lambda self: self.sends > 0)
    @rule(word=WORDS, of=st.integers(1, 50), code=CODES)
    def status(self, word: str, of: int, code: int) -> None:
        id = f"wamid.{1 + of % self.sends}"
        if id not in self.delivery.failed_ids:
            self.delivery.message_id = id
        told = Evidence(status=word, at=self.now, code=code if word == "failed" else None, message_id=id)
        before = self.delivery.state
        moved = self.delivery.note(told)
        self.arrived |= word in {"delivered", "read", "played"}
        assert told in self.delivery.evidence, "all evidence is kept"
        if moved == "failed":
            assert before not in {"delivered", "read"}
            self._fail_or_wait(code, None)

    def _fail_or_wait(self, code: int, retry_after: float | None) -> None:
        was_template = isinstance(self.delivery.content, Template)
        if not self.delivery.again_after(code, retry_after, self.now):
            self.delivery.state = "sending" if self.delivery.state == "queued" else self.delivery.state
            self.delivery.move("failed")
            return
        assert self.delivery.not_before is not None
        turned = isinstance(self.delivery.content, Template) and not was_template
        assert turned == (code == 131047 and not was_template)
        assert turned or rule_of(code).tries != 0
        if retry_after is not None and not turned:
            assert self.delivery.not_before >= self.now + timedelta(seconds=retry_after)
        if rule_of(code).tries != UNTIL_TOO_LATE and not turned:
            assert self.delivery.refusals[code] <= rule_of(code).tries

    @invariant()
    def what_arrived_stays_arrived(self) -> None:
        rank = {"delivered": 1, "read": 2}.get(self.delivery.state, 0)
        assert rank >= self.best
        self.best = rank

    @invariant()
    def nothing_is_tried_for_ever(self) -> None:
        assert self.delivery.lost <= MOST_LOST
        assert self.delivery.not_before is None or self.delivery.not_before < self.delivery.valid_until


TestDelivery = DeliveryMachine.TestCase
TestDelivery.settings = settings(max_examples=200, stateful_step_count=30)
