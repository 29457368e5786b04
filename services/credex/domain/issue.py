"""What goes out of one account, one at a time: offers, and the upgrade that the core charges as an offer.

The core has no idempotency (contract 2.8). So before each create what is pending is noted, and while one is under
way no other begins: if its answer is lost, what is new at the core can only be it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import BaseModel, computed_field

from services.credex.domain.request import Asked, IntentReused, answers_of
from shared.contracts.base import Command
from shared.contracts.credex import MakeOffer, UpgradeTier
from shared.kernel.credit import Credit
from shared.kernel.ids import MemberId

State = Literal["waiting", "noting", "creating", "uncertain", "made", "refused", "failed", "review"]
UNDER_WAY = frozenset({"noting", "creating", "uncertain"})
OVER = frozenset({"made", "refused", "failed", "review"})

REMEMBERED = timedelta(days=8)
"""How long an intent that is over is kept for a second tap, as long as an inbox."""
QUEUE_PATIENCE = timedelta(minutes=10)
"""How long an intent waits behind others before it ends as not made: nobody is to be surprised hours later."""
UPGRADE_HOLDS = timedelta(days=300)
"""How long a paid upgrade keeps another from being charged: the price is that of a year (contract 1.7)."""


class Issue(BaseModel):
    """One intent to give something out of the account."""

    intent: str
    asked: Asked
    amount: Credit
    asked_at: datetime
    state: State = "waiting"
    noted_ids: list[str] = []
    """Everything that was pending before, whoever made it."""
    noted_at: datetime | None = None
    """The core's own time then."""
    account_name: str | None = None
    uncertain_since: datetime | None = None
    absent_since: datetime | None = None
    """When the core was first seen to have nothing of it."""
    credex_id: str | None = None
    ended_at: datetime | None = None
    told_it_waits: bool = False
    """Whether the person was told that it waits behind one whose outcome is not known."""
    forgotten: bool = False
    """Whether who gave was erased while it was under way."""
    receiver_forgotten: bool = False
    """Whether who is given to was erased before it was over."""

    @property
    def member(self) -> MemberId:
        return self.asked.member

    @property
    def command(self) -> Command:
        return self.asked.command

    @property
    def offer(self) -> MakeOffer | None:
        """The command, if it is an offer and no upgrade."""
        command = self.asked.command
        return command if isinstance(command, MakeOffer) else None

    @property
    def account_id(self) -> str:
        """The account that it goes out of."""
        match self.command:
            case MakeOffer(issuer_account_id=account_id) | UpgradeTier(account_id=account_id):
                return account_id
        raise TypeError(f"{self.asked.name} gives nothing out of an account")

    @property
    def begins_by(self) -> datetime:
        """What has not begun then is not made any more."""
        return self.asked_at + QUEUE_PATIENCE

    @property
    def counterparty(self) -> str | None:
        return self.offer.receiver_name if self.offer else None

    @property
    def secured(self) -> bool:
        return self.offer.secured if self.offer else True

    @property
    def due_date(self) -> date | None:
        return self.offer.due_date if self.offer else None

    def end(self, state: State, now: datetime) -> None:
        """It is over."""
        self.state, self.ended_at = state, now

    def lose_receiver(self) -> None:
        """Take off for whom it was. The intent stays known, so that a second tap still makes nothing."""
        self.asked = self.asked.model_copy(
            update={"data": self.asked.data | {"receiver_name": "", "receiver_handle": ""}}
        )


class Issuer(BaseModel):
    """One document per account, under its id."""

    issues: list[Issue] = []
    """In the order of asking."""

    @computed_field  # type: ignore[prop-decorator]  # mypy#1362: decorators on top of a property
    @property
    def members(self) -> list[MemberId]:
        """Who gave, for the index."""
        return sorted({issue.member for issue in self.issues})

    @computed_field  # type: ignore[prop-decorator]  # mypy#1362: decorators on top of a property
    @property
    def receivers(self) -> list[str]:
        """The handles that were given to, for the index."""
        return sorted({issue.offer.receiver_handle for issue in self.issues if issue.offer})

    def forget(self, member: MemberId) -> None:
        """Take a person off. An upgrade that holds stays, without their phone: it must not be charged again.

        What is under way keeps the phone until its outcome is known: it may have given something away already.
        """
        for issue in self.issues:
            issue.forgotten = issue.forgotten or issue.member == member
        self.tidy()

    def forget_receiver(self, handle: str) -> None:
        """Take off whom the handle means; of what is not over, once it is: by the name its outcome is found out."""
        for issue in self.issues:
            if issue.offer and issue.offer.receiver_handle == handle:
                issue.receiver_forgotten = True
        self.tidy()

    def tidy(self) -> None:
        """Drop what a forgotten person had asked for, and who was given to, as far as it is not under way."""
        self.issues = [
            issue
            for issue in self.issues
            if not issue.forgotten or issue.state in UNDER_WAY or isinstance(issue.command, UpgradeTier)
        ]
        for issue in self.issues:
            if issue.forgotten and issue.state not in UNDER_WAY:
                issue.asked = issue.asked.model_copy(update={"phone": ""})
            if issue.receiver_forgotten and issue.state in OVER:
                issue.lose_receiver()

    def find(self, member: MemberId, intent: str) -> Issue | None:
        """The issue of an intent."""
        return next((known for known in self.issues if (known.member, known.intent) == (member, intent)), None)

    def take(self, asked: Asked, amount: Credit, now: datetime) -> bool:
        """Queue an intent; False when it is known. Raises IntentReused."""
        intent = answers_of(asked.command)
        known = self.find(asked.member, intent)
        if known is not None:
            if known.asked.data != asked.data:
                raise IntentReused
            return False
        self.issues = [known for known in self.issues if not _is_forgotten(known, now)]
        self.issues.append(Issue(intent=intent, asked=asked, amount=amount, asked_at=now))
        return True

    def next_to_begin(self) -> Issue | None:
        """The oldest that waits, unless one is under way."""
        if any(issue.state in UNDER_WAY for issue in self.issues):
            return None
        return next((issue for issue in self.issues if issue.state == "waiting"), None)

    def end_late(self, now: datetime) -> list[Issue]:
        """End what has waited for too long; what ended so."""
        late = [issue for issue in self.issues if issue.state == "waiting" and issue.begins_by <= now]
        for issue in late:
            issue.end("failed", now)
        return late

    def behind_the_unknown(self) -> list[Issue]:
        """What waits for one whose outcome is not known, and was not told so; from now on it is."""
        if all(issue.state != "uncertain" for issue in self.issues):
            return []
        behind = [issue for issue in self.issues if issue.state == "waiting" and not issue.told_it_waits]
        for issue in behind:
            issue.told_it_waits = True
        return behind

    def known_ids(self) -> set[str]:
        """The credexes that are accounted for: they are nobody else's lost answer."""
        return {issue.credex_id for issue in self.issues if issue.credex_id}

    def upgrade_in_the_way(self, now: datetime) -> Literal["already_upgraded", "upgrade_in_hand"] | None:
        """Why another upgrade must not be charged, if so."""
        for issue in self.issues:
            if not isinstance(issue.command, UpgradeTier):
                continue
            if issue.state not in OVER or issue.state == "review":
                return "upgrade_in_hand"
            if issue.state == "made" and issue.ended_at and now - issue.ended_at < UPGRADE_HOLDS:
                return "already_upgraded"
        return None


def _is_forgotten(issue: Issue, now: datetime) -> bool:
    keep = UPGRADE_HOLDS if isinstance(issue.command, UpgradeTier) else REMEMBERED
    return issue.ended_at is not None and now - issue.ended_at > keep
