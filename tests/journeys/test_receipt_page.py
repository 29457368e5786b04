"""A receipt that anybody may check at the gateway's address, in both ways of running the services."""

from __future__ import annotations

import re

from tests.journeys.donor import confirm_gift, introduce
from tests.journeys.system import System


def test_whoever_has_the_number_of_a_receipt_sees_that_it_is_true_and_not_whose_it_is(system: System) -> None:
    donor = system.outside.new_phone()
    introduce(donor)
    confirm_gift(donor, "20 usd", "0771111111")
    [number] = set(re.findall(r"\d{4}-\d{6}", donor.hears("Receipt")))

    page = system.outside.gateway.get(f"/verify/{number}")

    assert page.status_code == 200
    assert "This receipt is true" in page.text
    assert "USD 20.00" in page.text
    assert "Tariro" not in page.text
    page = system.outside.gateway.get("/verify/2020-999999")
    assert (page.status_code, "This receipt is not known" in page.text) == (404, True)
