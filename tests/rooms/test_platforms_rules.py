"""What a host may declare of itself, and where events may go."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st

from flagstaff.platforms import rules
from flagstaff.platforms.model import Feed, Host, LinkName, LiveSecret, Purpose, SealedSecret
from flagstaff.vocabulary.references import Platform

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
GOOD = Host(key=Platform("shop"), name="Shop", made_at=NOW)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"zone": "Europe/Lisbon", "languages": ("en", "pt-BR")},
        {"origins": ("https://shop.example", "http://localhost:3000", "http://127.0.0.1:8080")},
        {"links": {LinkName.APPEAL: "https://shop.example/appeal?n={number}&c={code}"}},
        {"links": {LinkName.RULES: "https://shop.example/rules#{clause}"}, "offers": ("mute_user",)},
        {"links": {LinkName.SUGGEST: "https://shop.example/suggest"}},
    ],
)
def test_a_host_that_declares_itself_well_is_taken(change: dict[str, Any]) -> None:
    rules.check_host(msgspec.structs.replace(GOOD, **change))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"key": "Shop"}, "key"),
        ({"key": "s"}, "key"),
        ({"key": "1shop"}, "key"),
        ({"name": "  "}, "name"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"languages": ()}, "languages"),
        ({"languages": ("english!",)}, "languages"),
        ({"offers": ("Mute user",)}, "offers"),
        ({"origins": ("https://shop.example/",)}, "origins"),
        ({"origins": ("http://shop.example",)}, "origins"),
        ({"origins": ("https://*.shop.example",)}, "origins"),
        ({"origins": ("https://a@shop.example",)}, "origins"),
        ({"origins": ("null",)}, "origins"),
        ({"links": {LinkName.MY_FLAGS: "javascript:alert(1)"}}, "links.my_flags"),
        ({"links": {LinkName.MY_FLAGS: "https://{number}.example/"}}, "links.my_flags"),
        ({"links": {LinkName.MY_FLAGS: "https://shop.example/{person}"}}, "links.my_flags"),
        ({"links": {LinkName.APPEAL: "https://shop.example/{number.__class__}"}}, "links.appeal"),
        ({"links": {LinkName.RULES: "https://shop.example/{"}}, "links.rules"),
        ({"links": {LinkName.PRIVATE_FORM: "https://shop.example/{}"}}, "links.private_form"),
    ],
)
def test_what_a_host_cannot_declare_is_refused_at_its_field(change: dict[str, Any], where: str) -> None:
    with pytest.raises(rules.BadPlatform) as refused:
        rules.check_host(msgspec.structs.replace(GOOD, **change))
    assert refused.value.where == where
    assert refused.value.mend


def test_a_link_is_filled_with_numbers() -> None:
    filled = rules.fill_link("https://shop.example/a/{number}?c={code}", {"number": "N-1", "code": "x"})
    assert filled == "https://shop.example/a/N-1?c=x"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://shop.example/",
        "shop.example/hook",
        "https://",
        "https://user:pass@shop.example/",
        "https://shop.example/#part",
        "http://shop.example/hook",
        "https://shop.example:port/",
        "https://[::1/",
        "https://shop.example/" + "x" * 2000,
    ],
)
def test_an_address_that_is_no_plain_https_one_is_refused(url: str) -> None:
    with pytest.raises(rules.BadWebhook):
        rules.read_webhook(url, ())


@pytest.mark.parametrize("allowed", ["127.0.0.1", "127.0.0.1:9000"])
def test_what_the_operator_lists_may_be_plain_and_private(allowed: str) -> None:
    target = rules.read_webhook("http://127.0.0.1:9000/hook", (allowed,))
    rules.check_addresses(target, ["127.0.0.1"])
    with pytest.raises(rules.BadWebhook):
        rules.read_webhook("http://127.0.0.2:9000/hook", (allowed,))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::",
        "2002:a00:1::", "2001:db8::1", "fec0::1", "nonsense", "",
    ],
)  # fmt: skip
def test_events_never_go_into_a_private_network_however_it_is_written(address: str) -> None:
    assert not rules.may_send_to(address, listed=False)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::808:808"]
)
def test_events_go_to_the_open_internet(address: str) -> None:
    assert rules.may_send_to(address, listed=False)


def test_one_private_address_among_several_refuses_the_name() -> None:
    target = rules.read_webhook("https://shop.example/hook", ())
    rules.check_addresses(target, ["93.184.216.34"])
    for addresses in ([], ["93.184.216.34", "10.0.0.1"]):
        with pytest.raises(rules.BadWebhook):
            rules.check_addresses(target, addresses)


@given(st.ip_addresses(v=4))
def test_an_address_inside_ipv6_is_judged_like_the_bare_one(address: object) -> None:
    bare = bool(rules.may_send_to(str(address), listed=False))
    assert bool(rules.may_send_to(f"::ffff:{address}", listed=False)) == bare


@given(st.integers(0, 5))
def test_two_secrets_are_live_after_any_rotation(live: int) -> None:
    secrets = [
        SealedSecret(GOOD.key, f"k{at}", Purpose.TOKEN, b"", NOW + timedelta(days=at)) for at in range(live)
    ]
    gone = rules.to_retire(list(reversed(secrets)))
    assert len(secrets) - len(gone) + 1 == min(live + 1, rules.LIVE_SECRETS)
    assert all(old.made_at < kept.made_at for old in gone for kept in secrets if kept not in gone)


def test_an_opened_secret_does_not_show_itself() -> None:
    assert "hush" not in repr(LiveSecret(GOOD.key, "k", "hush"))


def test_each_feed_is_signed_by_secrets_of_its_own() -> None:
    assert {feed.purpose for feed in Feed} == {Purpose.MEASURES, Purpose.REPORTER_NOTICES}
