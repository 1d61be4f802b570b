"""An address that holds what no text of ours can be is an address of nothing, whoever asks."""

import re

from tests.doors.platform import Harborlane
from tests.doors.test_author_channels import routes_of


async def test_no_address_breaks_by_a_character_that_nothing_holds(harborlane: Harborlane) -> None:
    routes = sorted(route for route in routes_of(harborlane) if "{" in route)
    assert routes
    broken = []
    for route in routes:
        method, path = route.split(" ", 1)
        for strange in ("%00", "a%00b", "%ED%A0%80", "%E2%80%8B"):
            at = re.sub(r"\{[^}]*\}", strange, path)
            for headers in (harborlane.as_server(), harborlane.as_person("ann"), {}):
                answer = await harborlane.client.request(method, at, headers=headers, json={})
                broken += [(method, at)] if answer.status_code >= 500 else []
    assert broken == []
