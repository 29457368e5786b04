"""The states of a payment and the moves between them: all of them, here only (Paynow contract 5.2, 5.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from shared.kernel.errors import RuvimboError

State = Literal[
    "requested",
    "initiating",
    "uncertain",
    "awaiting_payer",
    "awaiting_approval",
    "settled",
    "cancelled",
    "failed",
    "expired",
    "disputed",
    "refunded",
    "needs_review",
    "rejected",
]

_OUTCOMES: frozenset[State] = frozenset({"settled", "cancelled", "failed", "disputed", "refunded", "needs_review"})
"""What the provider may say of a request that it has. A refund that comes first means money that came and went."""

MOVES: Mapping[State, frozenset[State]] = {
    "requested": frozenset({"initiating", "awaiting_approval"}),
    # A callback may bring the outcome before the provider's answer comes back.
    "initiating": _OUTCOMES | {"awaiting_payer", "uncertain"},
    "uncertain": _OUTCOMES | {"awaiting_payer"},
    "awaiting_payer": _OUTCOMES | {"expired"},
    # Bank and cash: no provider says anything, staff do.
    "awaiting_approval": frozenset({"settled", "rejected"}),
    # Money in is never taken back by a late "cancelled" or "sent", only by a refund or a dispute.
    "settled": frozenset({"disputed", "refunded"}),
    "disputed": frozenset({"settled", "refunded"}),
    "refunded": frozenset(),
    # Late contradictions are taken: the payer has been debited whatever we thought.
    "cancelled": frozenset({"settled", "disputed", "refunded", "needs_review"}),
    "expired": frozenset({"settled", "disputed", "refunded", "needs_review"}),
    # A request that seemed never to have arrived may turn out to wait for the payer.
    "failed": frozenset({"awaiting_payer", "settled", "cancelled", "disputed", "refunded", "needs_review"}),
    "needs_review": frozenset({"settled", "cancelled", "failed", "disputed", "refunded", "rejected"}),
    "rejected": frozenset({"settled", "disputed", "refunded", "needs_review"}),
}

OPEN: frozenset[State] = frozenset({"requested", "initiating", "uncertain", "awaiting_payer"})
"""Nobody knows the outcome yet, and we are asking."""

ANSWERED: frozenset[State] = frozenset({"settled", "cancelled", "failed", "expired", "refunded", "rejected"})
"""The provider's word, or that of staff, is known; asking again would tell a payer nothing new."""

ENDED: frozenset[State] = frozenset({"cancelled", "failed", "expired", "rejected"})
"""We told the payer that no money moved; money that comes all the same contradicts us, and staff must know."""

FOR_STAFF: frozenset[State] = frozenset({"awaiting_approval", "needs_review"})
"""Staff decide, by approval or rejection (product 4)."""


class IllegalMove(RuvimboError):
    """A move that the table does not allow: a bug of ours, never a person's doing."""

    def __init__(self, before: State, after: State) -> None:
        self.before = before
        self.after = after
        super().__init__(f"A payment that is {before} cannot become {after}.")
