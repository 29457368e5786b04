"""Whatever is tapped, lost, accepted and looked at in whatever order: one intent is at most one credex, told truly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.credex.domain.answer import Answer, LedgerPage
from services.credex.domain.find_out import is_absent_for_good, verdict
from services.credex.domain.issue import UNDER_WAY, Issue, Issuer
from services.credex.domain.request import Asked
from shared.contracts.credex import MakeOffer
from shared.contracts.credex_parts import Balances, CredexAccount, LedgerEntry, PendingOffer
from shared.kernel.credit import Credit
from shared.kernel.ids import MemberId

ME = MemberId("M-1")
MINE = "account"
NOTHING = Credit.of("0.00", "USD")


class OneAccount(RuleBasedStateMachine):
    """An account, the core's truth about it (by intent), and what we make of it."""

    def __init__(self) -> None:
        super().__init__()
        self.issuer = Issuer()
        self.now = datetime(2026, 11, 24, 8, tzinfo=UTC)
        self.ids = count(1)
        self.pending: dict[str, str] = {}
        self.ledger: dict[str, tuple[str, datetime]] = {}
        """Intent by id; `elsewhere` for what another app made."""
        self.elsewhere = 0

    @property
    def under_way(self) -> Issue | None:
        return next((issue for issue in self.issuer.issues if issue.state in UNDER_WAY), None)

    @rule(intent=st.integers(1, 6))
    def tap(self, intent: int) -> None:
        """The same offer every time: intents alone tell them apart."""
        command = MakeOffer(
            member=ME,
            intent=str(intent),
            issuer_account_id=MINE,
            receiver_account_id="theirs",
            receiver_name="Themba",
            receiver_handle="themba",
            amount=Credit.of("1.00", "USD"),
            secured=True,
        )
        self.issuer.take(Asked.of(command, ME, "+263771111111"), command.amount, self.now)

    @precondition(lambda self: self.issuer.next_to_begin() is not None)
    @rule()
    def note(self) -> None:
        issue = self.issuer.next_to_begin()
        assert issue is not None
        self.now += timedelta(seconds=1)
        issue.state, issue.noted_ids, issue.noted_at = "creating", list(self.pending), self.now

    @precondition(lambda self: self.under_way is not None and self.under_way.state == "creating")
    @rule(arrives=st.booleans(), answered=st.booleans())
    def create(self, arrives: bool, answered: bool) -> None:
        issue = self.under_way
        assert issue is not None
        id = self.make(issue.intent) if arrives else None
        if answered and id is not None:
            issue.credex_id = id
            issue.end("made", self.now)
        else:
            issue.state = "uncertain"

    @precondition(lambda self: self.under_way is not None and self.under_way.state == "uncertain")
    @rule()
    def look(self) -> None:
        issue = self.under_way
        assert issue is not None
        found = verdict(issue, MINE, self.answer(), self.issuer.known_ids())
        if found.result == "made":
            issue.credex_id = found.ids[0]
            issue.end("made", self.now)
        elif found.result == "review":
            issue.end("review", self.now)
            assert self.elsewhere > 0
        elif is_absent_for_good(issue, self.now):
            issue.end("failed", self.now)

    @rule()
    def tire_of_waiting(self) -> None:
        self.issuer.end_late(self.now)

    @rule(seconds=st.sampled_from([1, 30, 61, 3600]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.pending)
    @rule(first=st.booleans())
    def accepted_by_the_other_side(self, first: bool) -> None:
        self.now += timedelta(seconds=1)
        id = list(self.pending)[0 if first else -1]
        self.ledger[id] = (self.pending.pop(id), self.now)

    @precondition(lambda self: self.under_way is None)
    @rule()
    def another_app_offers_the_same(self) -> None:
        """While nothing of ours is under way it is noted, and harms nobody."""
        self.make("elsewhere")

    @precondition(lambda self: self.under_way is not None and self.elsewhere < 2)
    @rule()
    def another_app_offers_the_same_meanwhile(self) -> None:
        self.elsewhere += 1
        self.make("elsewhere")

    def make(self, intent: str) -> str:
        id = f"c{next(self.ids)}"
        self.pending[id] = intent
        return id

    def answer(self) -> Answer:
        offer = {"amount": Credit.of("1.00", "USD"), "counterparty": "Themba", "secured": True}
        account = CredexAccount(
            account_id=MINE,
            name="Mine",
            handle="mine",
            type="PERSONAL",
            default_denomination="USD",
            owned=True,
            balances=Balances(secured=(), payables=NOTHING, receivables=NOTHING, net_unsecured=NOTHING, net=NOTHING),
            pending_out=tuple(PendingOffer.model_validate({**offer, "credex_id": id}) for id in self.pending),
        )
        entries = tuple(
            LedgerEntry(credex_id=id, amount=Credit.of("-1.00", "USD"), counterparty="Themba", at=at)
            for id, (_, at) in self.ledger.items()
        )
        return Answer(accounts=(account,), ledger=LedgerPage(entries=entries, has_more=False))

    @invariant()
    def one_is_under_way_at_most(self) -> None:
        assert sum(issue.state in UNDER_WAY for issue in self.issuer.issues) <= 1

    @invariant()
    def what_is_told_is_true(self) -> None:
        truth = {**self.pending, **{id: intent for id, (intent, _) in self.ledger.items()}}
        for issue in self.issuer.issues:
            mine = [id for id, intent in truth.items() if intent == issue.intent]
            if self.elsewhere == 0:
                # Where another app interferes in the same seconds, an equal offer of it may be taken for ours.
                assert issue.state != "review"
                assert (issue.state == "made") <= (mine == [issue.credex_id])
                assert (issue.state == "failed") <= (mine == [])
            assert issue.state != "failed" or not mine

    @invariant()
    def no_credex_is_two_intents(self) -> None:
        known = [issue.credex_id for issue in self.issuer.issues if issue.credex_id]
        assert len(known) == len(set(known))


OneAccount.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestOneAccount = OneAccount.TestCase
