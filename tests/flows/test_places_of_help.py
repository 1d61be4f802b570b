"""Where to find help is shown only where it was checked, for the reader's country first, else a plain sentence."""

import msgspec
import pytest

from flagstaff.flows.show_menu import countries_of, resources_of
from flagstaff.menus.model import Contact, MenuVersion, Resource
from tests.houses import default_policy

VERSION = default_policy().menu_versions[-1]
RESOURCES = {resource.key: resource for resource in VERSION.texts.resources}
PLAIN = "Somebody near you can help."


def with_entries(*entries: Contact) -> MenuVersion:
    """Return a version whose one resource, named by its self-harm option, has these entries."""
    resource = Resource(key="crisis", fallback=PLAIN, entries=entries)
    texts = msgspec.structs.replace(VERSION.texts, resources=(resource,))
    changed: MenuVersion = msgspec.structs.replace(VERSION, texts=texts)
    return changed


def entry(country: str, checked: str | None) -> Contact:
    source = "https://help.example/about" if checked else None
    return Contact(
        country=country, name=f"Help {country}", url="https://help.example", checked=checked, source=source
    )


@pytest.mark.parametrize(
    ("entries", "country", "shown"),
    [
        ([], "GB", PLAIN),
        ([entry("GB", None)], "GB", PLAIN),
        ([entry("*", None), entry("GB", None)], "GB", PLAIN),
        ([entry("GB", "2026-01-05")], "GB", "Help GB"),
        ([entry("GB", "2026-01-05")], "FR", PLAIN),
        ([entry("*", "2026-01-05"), entry("GB", None)], "GB", "Help *"),
        ([entry("*", "2026-01-05"), entry("GB", "2026-01-05")], "GB", "Help GB"),
    ],
)
def test_what_nobody_checked_is_never_shown(entries: list[Contact], country: str, shown: str) -> None:
    version = with_entries(*entries)
    option = version.option_by_key["private_message.self_harm_concern"]
    told = [one for one in resources_of(version, option, country) if one.key == "crisis"]
    assert [one.name or one.text for one in told] == [shown]
    assert countries_of(version) == {one.country for one in entries if one.checked}


def test_each_address_of_the_default_was_compared_with_a_page_or_is_not_shown() -> None:
    """What is not in the first list waits for whoever runs a house: nobody here could compare it with anything."""
    entries = [(resource.key, one) for resource in VERSION.texts.resources for one in resource.entries]
    shown = {(key, one.country) for key, one in entries if one.checked}
    assert shown == {
        ("crisis", "US"), ("crisis", "GB"), ("child_safety", "*"), ("child_safety", "US"), ("trafficking", "US"),
        ("trafficking", "GB"), ("harassment", "GB"), ("privacy", "GB"),
    }  # fmt: skip
    assert [one.name for _, one in entries if (one.checked is None) != (one.source is None)] == []
    assert [one.phone for _, one in entries if one.phone] == []
    assert all("no checked" in RESOURCES[key].fallback for key, _ in entries)
