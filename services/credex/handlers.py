"""What credex does on each message and answer.

They stand in `handling/`, since there are three subjects: requests that need no more than an answer, what goes out of
an account, and who is told of it.
"""

from services.credex.handling.directory import note_account, note_identity, note_member, note_offer
from services.credex.handling.issuing import (
    charge_upgrade,
    created,
    found_out,
    issue_waits,
    make_offer,
    noted,
)
from services.credex.handling.requests import (
    accept_offers,
    acted,
    answer_offer,
    authorise_member,
    direct_notices,
    find_account,
    find_member,
    join,
    list_authorised,
    looked,
    open_account,
    open_dashboard,
    read,
    read_balances,
    read_credex,
    read_ledger,
    remove_member,
    request_waits,
)

__all__ = [
    "accept_offers",
    "acted",
    "answer_offer",
    "authorise_member",
    "charge_upgrade",
    "created",
    "direct_notices",
    "find_account",
    "find_member",
    "found_out",
    "issue_waits",
    "join",
    "list_authorised",
    "looked",
    "make_offer",
    "note_account",
    "note_identity",
    "note_member",
    "note_offer",
    "noted",
    "open_account",
    "open_dashboard",
    "read",
    "read_balances",
    "read_credex",
    "read_ledger",
    "remove_member",
    "request_waits",
]
