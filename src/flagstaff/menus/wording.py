"""Say what is wrong with the words of options and with those round them, in each language they are offered in."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from flagstaff.language.translating import check_texts
from flagstaff.language.yaml import Finding, Trail
from flagstaff.menus.model import EntryWords, HistoryEntry, MenuHistory, MenuVersion, Option, Wording
from flagstaff.menus.rules import rows_of
from flagstaff.menus.translating import NOTE, source_texts

_OPENING = "¿¡«“"


def check_words(label: str, help_: str, at: Trail) -> Iterator[Finding]:
    """Yield what is wrong with the words of one option: too short, too long, begun small, ended wrongly, braces."""
    if not re.fullmatch(r".{4,69}[^.,:;\s]", label) or _begins_small(label):
        mend = "5 to 70 characters, first a capital, no punctuation at the end."
        yield Finding((*at, "label"), f"broken label `{label}`", mend)
    if not re.fullmatch(r".{4,89}[.।。]", help_) or _begins_small(help_):
        mend = "5 to 90 characters, first a capital, a full stop at the end."
        yield Finding((*at, "help"), f"broken help `{help_}`", mend)
    for field, text in (("label", label), ("help", help_)):
        if set(re.findall(r"\{.*?\}", text)) - {"{platform}"}:
            yield Finding((*at, field), "only {platform} may be filled in", "Remove the other braces.")


def check_translations(version: MenuVersion) -> Iterator[Finding]:
    """Yield what a language lacks: of options, and of the texts round them, it is offered whole, or not at all."""
    for language, words in version.translations.items():
        yield from _options(version, language, words)
    source = source_texts(version) if version.words else {}
    for language, texts in version.words.items():
        told = {path: text for path, text in texts.items() if path != NOTE}
        yield from check_texts(source, told, language)


def _options(version: MenuVersion, language: str, words: Mapping[str, Wording]) -> Iterator[Finding]:
    at: Trail = ("translations", language, "menus")
    lacking: dict[str, list[Option]] = defaultdict(list)
    for menu in version.menus:
        seen: dict[str, str] = {}
        for _, option in rows_of(menu):
            wording = words.get(option.key)
            if wording is None:
                lacking[menu.subject].append(option)
                continue
            here = (*at, menu.subject, "options", option.reason)
            yield from check_words(wording.label, wording.help, here)
            yield from _platform_kept(option, wording, here)
            if (first := seen.setdefault(wording.label, option.key)) != option.key:
                what = f"`{first}` and `{option.key}` have the same label in `{language}`: `{wording.label}`"
                yield Finding((*here, "label"), what, "Tell them apart.")
    for kind, options in lacking.items():
        names = ", ".join(f"`{option.key}`" for option in options[:4]) + (" …" if len(options) > 4 else "")
        what = f"{len(options)} option(s) of `{kind}` have no words in `{language}`: {names}"
        yield Finding((*at, kind), what, "Write them under Words, or in the file of that language.")


def check_history_words(history: MenuHistory) -> Iterator[Finding]:
    """Yield what files of a language lack of earlier versions, and words of what never was: old flags show them too."""
    for language, words in history.words.items():
        at: Trail = ("translations", language)
        for key in history.newest.translations[language]:
            if key not in history.newest.option_by_key:
                kind, _, reason = key.partition(".")
                what = f"`{key}` has words in `{language}`, but no menu has that option"
                yield Finding((*at, "menus", kind, "options", reason), what, "Remove it, or mend its key.")
        retired = {option.key: option.label for option in history.retired}
        for key in sorted(retired.keys() ^ words.retired.keys()):
            missing = key in retired
            what = f"`{key}` {'has no words' if missing else 'is not retired, yet has words'} in `{language}`"
            mend = f"Translate `{retired[key]}`: a language is offered whole." if missing else "Remove it."
            yield Finding((*at, "retired", key), what, mend)
        for key, wording in words.retired.items():
            yield from check_words(wording.label, wording.help, (*at, "retired", key))
        numbers = {entry.version for entry in history.entries}
        for number in sorted(numbers ^ words.entries.keys()):
            missing = number in numbers
            what = f"version {number} {'has no note' if missing else 'never was, yet has a note'} in `{language}`"
            yield Finding(
                (*at, "menus_history", str(number)), what, "Write its `note:`." if missing else "Remove it."
            )
        for entry in history.entries:
            if entry.version in words.entries:
                yield from _entry(
                    entry, words.entries[entry.version], (*at, "menus_history", str(entry.version))
                )


def _entry(entry: HistoryEntry, words: EntryWords, at: Trail) -> Iterator[Finding]:
    reworded = {one.reason: one for one in entry.operations if one.op == "reword" and one.reason}
    for reason in sorted(reworded.keys() ^ words.before.keys()):
        missing = reason in reworded
        what = (
            f"version {entry.version} reworded `{reason}`, and nothing says how it read before"
            if missing
            else f"version {entry.version} did not reword `{reason}`"
        )
        mend = "Write what changed under `before:`." if missing else "Remove it."
        yield Finding((*at, "before", reason), what, mend)
    for reason in reworded.keys() & words.before.keys():
        for field in ("label", "help"):
            if (getattr(reworded[reason], field) is None) != (getattr(words.before[reason], field) is None):
                what = f"`before.{reason}` and the operation do not name the same words: `{field}`"
                yield Finding(
                    (*at, "before", reason, field), what, "Write what the operation writes, no more."
                )


def _platform_kept(option: Option, wording: Wording, at: Trail) -> Iterator[Finding]:
    for field in ("label", "help"):
        if ("{platform}" in getattr(option, field)) and "{platform}" not in getattr(wording, field):
            what = f"the {field} of `{option.key}` has lost `{{platform}}`"
            yield Finding((*at, field), what, "Put it where the words need it.")


def _begins_small(text: str) -> bool:
    return text.lstrip(_OPENING)[:1].islower()
