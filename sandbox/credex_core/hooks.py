"""The test hooks by the contract's own names, under `/__sim/` (contract 5.4). None of them is in the real core.

GET  /__sim/state       as `/_sim/state` tells it
POST /__sim/reset       forget all, begin with the seed; `seed` is the same
POST /__sim/advance     {"seconds"}
POST /__sim/run-dco     advance to the next midnight in UTC
POST /__sim/fund        {"accountHandle", "denomination", "amount"}
POST /__sim/set-tier    {"phone", "tier"}
POST /__sim/fail-next   a fault (quirks.py); alone, `status` and `body` are answered once
"""

from __future__ import annotations

from aiohttp import web

from sandbox.credex_core.admin import Admin


def routes(admin: Admin) -> list[web.RouteDef]:
    """The contract's names for what the admin API does."""
    return [
        web.get("/__sim/state", admin.state),
        web.post("/__sim/reset", admin.reset),
        web.post("/__sim/seed", admin.reset),
        web.post("/__sim/advance", admin.advance),
        web.post("/__sim/run-dco", admin.midnight),
        web.post("/__sim/fund", admin.fund),
        web.post("/__sim/set-tier", admin.tier),
        web.post("/__sim/fail-next", admin.arm),
    ]
