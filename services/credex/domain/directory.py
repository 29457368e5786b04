"""Who is told of what happens to an offer: from dashboards seen, preferences, and offers made through us."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, computed_field

from services.credex.domain.answer import Answer
from shared.contracts.credex import AuthorisedListed, ListAuthorised, NoteAccount, NoteOffer, OfferNoticed
from shared.contracts.credex_parts import CredexAccount, KeptAccount, KeptOffer, Person
from shared.kernel.credit import Credit
from shared.kernel.ids import MemberId


class KnownMember(BaseModel):
    """One of our members, and who that is at the core."""

    member: MemberId
    phone: str | None = None
    """E.164; personal. None: WhatsApp hides it."""
    core_id: str | None = None
    alias_of: MemberId | None = None


class KnownAccount(BaseModel):
    """What was seen of an account."""

    name: str | None = None
    handle: str | None = None
    notices_to: Person | None = None
    authorised: list[Person] = []
    complete: bool = False
    """Whether the core itself told who is authorised."""

    @computed_field  # type: ignore[prop-decorator]  # mypy#1362: decorators on top of a property
    @property
    def people(self) -> list[str]:
        """The core's ids of all whom it names, for the index."""
        named = [*self.authorised, *([self.notices_to] if self.notices_to else [])]
        return sorted({person.core_id for person in named})

    def kept(self) -> KeptAccount:
        """For the person to see; who else is authorised is not theirs to be told by us."""
        told = self.notices_to.name if self.notices_to else None
        return KeptAccount(name=self.name, handle=self.handle, notices_to=told)

    def note(self, note: NoteAccount) -> None:
        """Learn what was seen."""
        self.name = note.name or self.name
        self.handle = note.handle or self.handle
        self.notices_to = note.notices_to or self.notices_to
        if note.authorised is not None:
            self.authorised, self.complete = list(note.authorised), True
        changed = {person.core_id for person in (note.added, note.removed) if person}
        self.authorised = [person for person in self.authorised if person.core_id not in changed]
        if note.added is not None:
            self.authorised.append(note.added)


class KnownOffer(BaseModel):
    """An offer that went through us on at least one side."""

    state: Literal["made", "accepted", "declined", "cancelled"] = "made"
    by: MemberId | None = None
    """Who brought it into this state."""
    told: bool = False
    """Whether the other side was told of the state."""
    issuer_account_id: str | None = None
    issuer_name: str | None = None
    issuer_member: MemberId | None = None
    receiver_account_id: str | None = None
    receiver_name: str | None = None
    receiver_handle: str | None = None
    amount: Credit | None = None
    secured: bool | None = None
    due_date: date | None = None

    def note(self, note: NoteOffer) -> None:
        """Learn what happened. That it was made may be learned last, when that answer had been lost."""
        if note.what not in {"made", self.state}:
            self.state, self.by, self.told = note.what, note.by, False
        elif self.state == "made":
            self.by = note.by
        if note.what in {"made", "cancelled"}:
            self.issuer_account_id, self.issuer_member = note.account_id, note.by
            self.issuer_name = note.issuer_name or note.account_name or self.issuer_name
        else:
            self.receiver_account_id = note.account_id
            self.receiver_name = note.account_name or self.receiver_name
        self.receiver_account_id = note.receiver_account_id or self.receiver_account_id
        self.receiver_name = note.receiver_name or self.receiver_name
        self.receiver_handle = note.receiver_handle or self.receiver_handle
        self.amount = note.amount or self.amount
        self.secured = note.secured if note.secured is not None else self.secured
        self.due_date = note.due_date or self.due_date

    def forget(self, note: NoteOffer) -> None:
        """Take off again who is noted to have done it."""
        if self.by == note.by:
            self.by = None
        if note.what in {"made", "cancelled"}:
            self.issuer_account_id = self.issuer_name = self.issuer_member = None
        else:
            self.receiver_account_id = self.receiver_name = self.receiver_handle = None

    @property
    def is_issuer_s(self) -> bool:
        """Whether the issuer brought it into its state, so that the receiver is to be told."""
        return self.state in {"made", "cancelled"}

    @property
    def other_account(self) -> str | None:
        """The account whose people are to be told."""
        return self.receiver_account_id if self.is_issuer_s else self.issuer_account_id

    def kept(self) -> KeptOffer:
        """For the person to see."""
        return KeptOffer(
            state=self.state,
            amount=self.amount,
            issuer=self.issuer_name,
            receiver=self.receiver_name or self.receiver_handle,
            secured=self.secured,
            due_date=self.due_date,
        )

    def notice(self, credex_id: str, member: MemberId) -> OfferNoticed:
        """What to tell the other side."""
        return OfferNoticed(
            member=member,
            what=self.state,
            credex_id=credex_id,
            account_id=self.other_account,
            counterparty=self.issuer_name if self.is_issuer_s else self.receiver_name,
            amount=self.amount,
            secured=self.secured,
            due_date=self.due_date,
        )


def note_of(account: CredexAccount, known: KnownAccount | None) -> NoteAccount | None:
    """What a dashboard says of an account, if that is news."""
    fresh = KnownAccount() if known is None else known.model_copy(deep=True)
    note = NoteAccount(
        account_id=account.account_id,
        name=account.name,
        handle=account.handle,
        notices_to=account.notices_to,
        authorised=account.authorised,
    )
    fresh.note(note)
    return None if fresh == known else note


def authorised(command: ListAuthorised, answers: str, answer: Answer, known: KnownAccount | None) -> AuthorisedListed:
    """Who may act for an account: as the core tells it, or else as far as we know."""
    account = answer.account(command.account_id)
    people = account.authorised if account else None
    return AuthorisedListed(
        member=command.member,
        answers=answers,
        account_id=command.account_id,
        people=people if people is not None else tuple(known.authorised if known else ()),
        complete=people is not None,
    )
