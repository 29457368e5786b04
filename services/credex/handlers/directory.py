"""Who is who at the core, and who is told of an offer. The core itself tells nobody (contract 4)."""

from __future__ import annotations

from services.credex.domain.directory import KnownAccount, KnownMember, KnownOffer
from services.credex.store import ACCOUNTS, MEMBERS, OFFERS
from shared.bus.handlers import on
from shared.bus.work import Work
from shared.contracts.credex import NoteAccount, NoteMember, NoteOffer
from shared.contracts.gateway import IdentityChanged, MemberMet
from shared.kernel.ids import MemberId
from shared.kernel.phone import NotAPhone, parse_phone


@on(MemberMet)
async def note_newcomer(event: MemberMet, work: Work) -> None:
    """The phone that the member is known by at the core, if they are."""
    known = await work.open(MEMBERS, event.member, lambda: KnownMember(member=event.member))
    known.phone = known.phone or event.address.phone


@on(IdentityChanged)
async def note_identity(event: IdentityChanged, work: Work) -> None:
    """Another phone of the member, or who they are an alias of."""
    known = await work.open(MEMBERS, event.member, lambda: KnownMember(member=event.member))
    known.alias_of = event.alias_of
    if event.alias_of is not None:
        known.phone = known.core_id = None  # whoever is looked for by these is the older member
    elif event.address.phone is not None:
        known.phone = event.address.phone


@on(NoteMember)
async def note_member(command: NoteMember, work: Work) -> None:
    """Who the member is at the core, and by which phone."""
    known = await work.open(MEMBERS, command.member, lambda: KnownMember(member=command.member))
    known.core_id = command.core_id or known.core_id
    known.phone = command.phone or known.phone


@on(NoteAccount)
async def note_account(command: NoteAccount, work: Work) -> None:
    """What was seen of an account."""
    (await work.open(ACCOUNTS, command.account_id, KnownAccount)).note(command)


@on(NoteOffer)
async def note_offer(command: NoteOffer, work: Work) -> None:
    """Remember the offer, and tell the other side once; also of what somebody did who was erased since."""
    offer = await work.open(OFFERS, command.credex_id, KnownOffer)
    offer.note(command)
    member = None if offer.told else await _who_is_told(offer, work)
    if member is not None:
        offer.told = True
        if member != offer.by:
            work.emit(offer.notice(command.credex_id, member))
    if await work.is_erased(command.by):
        offer.forget(command)


async def _who_is_told(offer: KnownOffer, work: Work) -> MemberId | None:
    """The account's preference; if the account was never seen, its owner by a handle that is a phone, or the maker."""
    account = await work.read(ACCOUNTS, offer.other_account) if offer.other_account else None
    if account is not None and account.notices_to is not None:
        return _first(await work.find(MEMBERS, {"core_id": account.notices_to.core_id}, limit=1))
    if not offer.is_issuer_s:
        return offer.issuer_member
    phone = _phone_in(offer.receiver_handle)
    return _first(await work.find(MEMBERS, {"phone": phone}, limit=1)) if phone else None


def _phone_in(handle: str | None) -> str | None:
    """A handle that was never changed is the phone in full (contract 1.9)."""
    if handle is None or not handle.startswith("263"):
        return None
    try:
        return parse_phone(handle)
    except NotAPhone:
        return None


def _first(found: list[KnownMember]) -> MemberId | None:
    return found[0].member if found else None
