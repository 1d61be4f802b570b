"""Say the menus in another language: the same options, every text exchanged, or the same words where there are none."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from flagstaff.language.translating import EVERY, Shape, texts_of, with_texts
from flagstaff.menus.model import Menu, MenuTexts, MenuVersion, Option, Reason
from flagstaff.menus.rules import label_in, language_of, words_in

TRANSLATED: tuple[Shape, ...] = (
    ("details_modes", EVERY),
    ("prompts", EVERY, "ask"),
    ("prompts", EVERY, "pick", EVERY),
    ("advice", EVERY),
    ("tips", EVERY),
    ("offers", EVERY, "text"),
    ("resources", EVERY, "fallback"),
    ("menus", EVERY, "button"),
    ("menus", EVERY, "community_button"),
    ("reasons", EVERY, "reporter_copy"),
)
"""Where the texts round the options stand; the options' own words are kept apart, for drafts change them."""
NOTE = "note"
"""Under this name a version that came from files has its note in a language; what a draft says of itself has none."""


def source_texts(version: MenuVersion) -> dict[str, str]:
    """Return the texts round the options that a language has to say, by where they stand."""
    data: dict[str, Any] = dict(msgspec.to_builtins(version.texts))
    data["menus"] = {
        menu.subject: {"button": menu.button, "community_button": menu.community_button}
        for menu in version.menus
    }
    data["reasons"] = {reason.key: {"reporter_copy": reason.reporter_copy} for reason in version.reasons}
    return texts_of(data, TRANSLATED)


def menus_in(version: MenuVersion, wanted: str) -> MenuVersion:
    """Return a version as it reads in a language, in its own one where it has no words in it."""
    language = language_of(version, wanted)
    if language is None or language == version.locale:
        return version
    if language not in version.spoken:
        version.spoken[language] = _said(version, language)
    return version.spoken[language]


def labels_in(versions: Iterable[MenuVersion], wanted: str, platform_name: str) -> dict[str, str]:
    """Return how each option of some versions read last, by key, in a language where a version speaks it."""
    return {
        key: label_in(option.label, platform_name)
        for version in versions
        for key, option in menus_in(version, wanted).option_by_key.items()
    }


def kept_to(version: MenuVersion, languages: Collection[str]) -> MenuVersion:
    """Return a version with those translations alone that a platform's languages ask for; hints keep all words."""
    wanted = {language_of(version, language) for language in languages}
    return msgspec.structs.replace(
        version,
        translations={
            language: words for language, words in version.translations.items() if language in wanted
        },
        words={language: texts for language, texts in version.words.items() if language in wanted},
    )


def words_kept(version: MenuVersion) -> dict[str, dict[str, str]]:
    """Return the texts of each language that still have a place in a version whose options changed."""
    known = source_texts(version)
    return {
        language: {path: text for path, text in texts.items() if path in known}
        for language, texts in version.words.items()
    }


def _said(version: MenuVersion, language: str) -> MenuVersion:
    texts = version.words.get(language, {})
    return msgspec.structs.replace(
        version,
        locale=language,
        note=texts.get(NOTE, version.note),
        menus=tuple(_menu(version, menu, language, texts) for menu in version.menus),
        reasons=tuple(_reason(reason, texts) for reason in version.reasons),
        texts=msgspec.convert(with_texts(msgspec.to_builtins(version.texts), texts), MenuTexts),
        translations={},
        words={},
    )


def _menu(version: MenuVersion, menu: Menu, language: str, texts: Mapping[str, str]) -> Menu:
    def told(option: Option) -> Option:
        words = words_in(version, option, language)
        copy = texts.get(f"reasons.{option.reason}.reporter_copy", option.reporter_copy)
        return msgspec.structs.replace(option, label=words.label, help=words.help, reporter_copy=copy)

    at = f"menus.{menu.subject}"
    return msgspec.structs.replace(
        menu,
        button=texts.get(f"{at}.button", menu.button),
        community_button=texts.get(f"{at}.community_button", menu.community_button),
        top=tuple(map(told, menu.top)),
        more=tuple(map(told, menu.more)),
        preference=tuple(map(told, menu.preference)),
        last=told(menu.last),
    )


def _reason(reason: Reason, texts: Mapping[str, str]) -> Reason:
    copy = texts.get(f"reasons.{reason.key}.reporter_copy", reason.reporter_copy)
    return msgspec.structs.replace(reason, reporter_copy=copy)
