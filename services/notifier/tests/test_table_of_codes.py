"""The table of the WhatsApp contract 4.2, line by line as it stands there: again or not, who waits, who is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.notifier.domain.refusals import _RULES, UNTIL_TOO_LATE, Scope, rule_of

AGAIN, NEVER = UNTIL_TOO_LATE, 0
TOLD, QUIET = True, False
HOUR = 3600

TABLE: list[tuple[tuple[int, ...], int, Scope, float, float, bool]] = [
    # codes, how often again, who waits, the first and the longest wait in seconds, whether the operator is told
    ((0, 190), AGAIN, "account", 60, 300, TOLD),
    ((3, 10, 200, 250, 299, 131005), AGAIN, "account", 60, 300, TOLD),
    ((1,), 2, "message", 5, 300, TOLD),
    ((2, 131016, 133004), AGAIN, "message", 1, 300, QUIET),
    ((4,), AGAIN, "account", 30, 300, TOLD),
    ((80007,), AGAIN, "account", 60, 300, TOLD),
    ((33,), AGAIN, "number", 600, 600, TOLD),
    ((100,), NEVER, "message", 0, 300, TOLD),
    ((368, 131031), AGAIN, "account", 600, 600, TOLD),
    ((130403,), NEVER, "message", 0, 300, QUIET),
    ((130429,), AGAIN, "number", 1, 300, QUIET),
    ((130472,), NEVER, "message", 0, 300, QUIET),
    ((130497,), NEVER, "message", 0, 300, TOLD),
    ((131000,), 5, "message", 2, 300, QUIET),
    ((131008, 131009, 132012, 132018, 135000), NEVER, "message", 0, 300, TOLD),
    ((131021,), NEVER, "message", 0, 300, TOLD),
    ((131026,), NEVER, "message", 0, 300, QUIET),
    ((131030,), NEVER, "message", 0, 300, TOLD),
    ((131037,), AGAIN, "number", 600, 600, TOLD),
    ((131042,), AGAIN, "templates", 600, 600, TOLD),
    ((131045, 133010), AGAIN, "number", 600, 600, TOLD),
    ((131047,), NEVER, "message", 0, 300, QUIET),
    ((131048,), AGAIN, "number", HOUR, HOUR, TOLD),
    ((131049,), NEVER, "message", 0, 300, QUIET),
    ((131050,), NEVER, "message", 0, 300, QUIET),
    ((131051,), NEVER, "message", 0, 300, TOLD),
    ((131052,), NEVER, "message", 0, 300, QUIET),
    ((131053,), NEVER, "message", 0, 300, TOLD),
    ((131056,), AGAIN, "pair", 1, 300, QUIET),
    ((131057, 2494100), AGAIN, "number", 60, 300, QUIET),
    ((131062,), NEVER, "message", 0, 300, QUIET),
    ((131063,), NEVER, "message", 0, 300, TOLD),
    ((131064,), AGAIN, "templates", HOUR, HOUR, TOLD),
    ((132000,), NEVER, "message", 0, 300, TOLD),
    ((132001,), NEVER, "message", 0, 300, TOLD),
    ((132005, 132007), NEVER, "message", 0, 300, TOLD),
    ((132015, 132016), NEVER, "template", HOUR, HOUR, TOLD),
    ((132068, 132069), NEVER, "message", 0, 300, TOLD),
    ((133000, 133005, 133009), AGAIN, "number", 600, 600, TOLD),
    ((133015,), AGAIN, "number", 300, 300, TOLD),
    ((133016,), AGAIN, "number", HOUR, HOUR, TOLD),
    ((134011,), NEVER, "message", 0, 300, TOLD),
    ((-1, 5, 199, 300, 132999, 999999), NEVER, "message", 0, 300, TOLD),
]
OPTS_OUT = {131050}
INSTEAD = {131047: "template", 100: "upload", 131053: "upload"}


@pytest.mark.parametrize(("codes", "tries", "scope", "first", "longest", "told"), TABLE, ids=str)
def test_a_line_of_the_table(
    codes: tuple[int, ...], tries: int, scope: Scope, first: float, longest: float, told: bool
) -> None:
    for code in codes:
        rule = rule_of(code)
        assert (rule.tries, rule.scope, rule.operator, rule.instead) == (tries, scope, told, INSTEAD.get(code))
        assert rule.stopped_marketing == (code in OPTS_OUT)
        assert (rule.wait_after(1), max(rule.most, rule.wait)) == (timedelta(seconds=first), timedelta(seconds=longest))


def test_a_pair_waits_fourfold_and_a_server_twofold() -> None:
    assert [rule_of(131056).wait_after(number).total_seconds() for number in (1, 2, 3, 4, 5, 6)] == [
        1,
        4,
        16,
        64,
        256,
        300,
    ]
    assert [rule_of(2).wait_after(number).total_seconds() for number in (1, 2, 3, 9, 10)] == [1, 2, 4, 256, 300]


def test_there_is_no_rule_beside_the_table() -> None:
    assert set(_RULES) <= {code for codes, *_ in TABLE for code in codes}
