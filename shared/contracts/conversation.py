"""What the conversation says beyond its commands to the others."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from shared.contracts.base import Command, Event
from shared.kernel.ids import MemberId
from shared.kernel.languages import Language


class StaffCommandUsed(Event, name="conversation.staff_command_used", version=1, key="member"):
    """A `/command` was typed: for the audit trail. `allowed` is false when the person is no staff."""

    member: MemberId
    command: str
    allowed: bool
    at: datetime
    about: str | None = None
    """The id that the command names, such as a payment's."""


class RegistrationCompleted(Event, name="conversation.registration_completed", version=1, key="member"):
    """A person registered, or changed what they had registered: this is the whole of it, in place of any before."""

    member: MemberId
    full_name: str
    email: str | None
    province: str
    """By its name, such as `Manicaland`."""
    place: str
    """Congregation or town, as chosen or typed."""
    skills: tuple[str, ...]
    """Known ones by their English names, others as typed."""
    consent_at: datetime
    consent_wording: int
    """Version of the text that was agreed to."""
    by: Literal["chat", "form"]


class RememberRegistration(Command, name="conversation.remember_registration", version=1, key="member"):
    """Keep a registration in the person's profile; the conversation asks it of itself."""

    member: MemberId
    full_name: str
    email: str | None
    province: str
    place: str
    skills: tuple[str, ...]
    consent_wording: int
    by: Literal["chat", "form"]
    answers: dict[str, str]
    """Answers by the keys of the chat's questions, as they were typed."""


class RememberDonor(Command, name="conversation.remember_donor", version=1, key="member"):
    """Keep the details of a confirmed gift for the next one; the conversation asks it of itself."""

    member: MemberId
    name: str
    answers: dict[str, str]
    """Answers by the keys of their questions, as they were typed."""


class ChooseLanguage(Command, name="conversation.choose_language", version=1, key="member"):
    """Speak this language with the person from now on; the conversation asks it of itself."""

    member: MemberId
    language: Language


class RememberStaff(Command, name="conversation.remember_staff", version=1, key="member"):
    """This member writes from that staff phone: who is to be told when something waits for approval."""

    member: MemberId
    phone: str


class FinanceHeard(Event, name="conversation.finance_heard", version=1, key="member"):
    """Somebody of finance wrote from this number: whom scheduled reports and sign-in codes go to."""

    member: MemberId
    phone: str
    at: datetime


class ProposePurpose(Command, name="conversation.propose_purpose", version=1, key="member"):
    """A donor wants to give to something of their own: staff approve it first, where the settings say so."""

    member: MemberId
    purpose: str


class DecidePurpose(Command, name="conversation.decide_purpose", version=1, key="by"):
    """Staff approve or reject a proposed purpose, by its id (`U-…`)."""

    purpose_id: str
    by: MemberId
    approve: bool
    reason: str | None = None


class PurposeDecided(Event, name="conversation.purpose_decided", version=1, key="member"):
    """A proposed purpose was approved or rejected."""

    purpose_id: str
    member: MemberId
    purpose: str
    by: MemberId
    approved: bool
    reason: str | None = None
    at: datetime


class RememberPurpose(Command, name="conversation.remember_purpose", version=1, key="member"):
    """The person may give to this from now on; the conversation asks it of itself."""

    member: MemberId
    purpose: str


class ExportMyData(Command, name="conversation.export_my_data", version=1, key="member"):
    """Send the person what is stored about them; the conversation asks it of itself."""

    member: MemberId


class ForgetMe(Command, name="conversation.forget_me", version=1, key="member"):
    """The person wants to be forgotten, and has said so twice; the conversation asks it of itself."""

    member: MemberId


class ForgetAlias(Command, name="conversation.forget_alias", version=1, key="member"):
    """Whoever was forgotten is this person, too: two identities were found to be one. Asked by the gateway."""

    member: MemberId


class ErasureRequested(Event, name="conversation.erasure_requested", version=1, key="member"):
    """Forget this person: whoever hears it erases name, phone, texts and what else tells who it was, and answers.

    Amounts, dates, methods, purposes and receipt numbers stay. It is said only while no payment of theirs is open.
    """

    OF_ERASURE: ClassVar[bool] = True

    member: MemberId
    at: datetime


class ChooseAccount(Command, name="conversation.choose_account", version=1, key="member"):
    """Act from this credex account from now on; the conversation asks it of itself."""

    member: MemberId
    account_id: str
