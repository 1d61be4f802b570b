"""Read a folder of policy files into guidelines and every menu version, or say everything that is wrong with it.

Reading and checking are pure; publishing (numbers, a second person, the database) is another story.
"""

from collections.abc import Iterable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

import msgspec

from flagstaff.guidelines.check import LANGUAGE, check_guidelines
from flagstaff.guidelines.files import (
    SECTIONS as GUIDELINE_SECTIONS,
    TRANSLATED_SECTIONS as GUIDELINES_TRANSLATED,
    read_guidelines,
)
from flagstaff.guidelines.model import Guidelines
from flagstaff.kernel.errors import Refusal
from flagstaff.language.pages import Joined, join_pages, located
from flagstaff.language.wording import check_wording
from flagstaff.language.yaml import Finding, Page, Problem, Trail, read_yaml
from flagstaff.menus.check import check_history, check_menus
from flagstaff.menus.files import (
    SECTIONS as MENU_SECTIONS,
    TRANSLATED_SECTIONS as MENUS_TRANSLATED,
    read_menus,
)
from flagstaff.menus.model import (
    KnownClause,
    KnownGuidelines,
    KnownKind,
    LineageEdge,
    MenuHistory,
    MenuVersion,
)
from flagstaff.menus.rules import every_version, lineage_of

ROOMS = ("guidelines", "menus")
TRANSLATED = GUIDELINES_TRANSLATED | MENUS_TRANSLATED
FILLED_IN_ON_SCREEN = frozenset({"sentence", "platform"})
COMMUNITY_PLACES = frozenset({"community", "part", "board", "group"})


class PolicyProblems(Refusal):
    """The policy has problems; `problems` lists all of them, each with file, line, what and how to mend it."""

    slug = "policy-problems"
    status = 422
    title = "The policy has problems"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Say how many there are, and carry them."""
        listed = [{"file": p.file, "line": p.line, "what": p.what, "mend": p.mend} for p in problems]
        super().__init__(
            f"{len(problems)} problem(s)",
            where=problems[0].file,
            mend="Mend each; the list is complete.",
            problems=listed,
        )
        self.problems = problems


class Policy(NamedTuple):
    """A sound policy: one version of the guidelines, all versions of the menus (oldest first), and their lineage."""

    guidelines: Guidelines
    menu_versions: tuple[MenuVersion, ...]
    lineage: tuple[LineageEdge, ...]
    history: MenuHistory


def read_policy(folder: Path | None = None) -> Policy:
    """Read the policy in `folder` (subfolders `guidelines` and `menus`), or the default one.

    Raises PolicyProblems with every problem found, and nothing else.
    """
    return policy_of(read_yaml(name, text) for name, text in policy_files(folder))


def policy_of(pages: Iterable[Page]) -> Policy:
    """Return the policy that these files say; raise PolicyProblems with every problem found."""
    own, translated = _apart(pages)
    whole = join_pages(own, GUIDELINE_SECTIONS | MENU_SECTIONS)
    spoken = {language: join_pages(said, TRANSLATED) for language, said in sorted(translated.items())}
    languages = {language: joined.sections for language, joined in spoken.items()}
    guidelines, wrong = read_guidelines(whole.sections, languages)
    history, also_wrong = read_menus(whole.sections, known_guidelines(guidelines), languages)
    misfits = [*wrong, *also_wrong]
    if whole.unreadable:
        misfits = [misfit for misfit in misfits if len(misfit.at) > 1 or misfit.at[0] in whole.sections]
    findings = [*misfits, *_contents(guidelines, history, whole, misfits)]
    unread = {language for language, joined in spoken.items() if joined.unreadable}
    problems = [
        *whole.problems,
        *(problem for joined in spoken.values() for problem in joined.problems),
        *_strange_languages(spoken, guidelines.locale),
        *(_located(finding, whole, spoken) for finding in findings if not _unreadable(finding, unread)),
    ]
    if problems:
        raise PolicyProblems(tuple(sorted(set(problems), key=lambda p: (p.file, p.line, p.what))))
    return Policy(guidelines, every_version(history), lineage_of(history), history)


def known_guidelines(guidelines: Guidelines) -> KnownGuidelines:
    """Say of the guidelines what the menus need to know."""
    return KnownGuidelines(
        version=guidelines.version,
        clauses=tuple(
            KnownClause(
                key=clause.key, title=clause.title, severity=clause.severity or 0, kinds=clause.scope,
                decidable=clause.decidable, reference_only=clause.reference_only == "everything",
                unflaggable=clause.unflaggable,
            )
            for clause in guidelines.clauses
        ),
        kinds=tuple(
            KnownKind(key=kind.key, in_community=bool(COMMUNITY_PLACES & set(kind.lives_in)), has_menu=kind.menu)
            for kind in guidelines.subject_kinds
        ),
        severities=tuple(severity.level for severity in guidelines.severities),
        hold_severity=guidelines.hold.requires.severity_at_least,
    )  # fmt: skip


def policy_files(folder: Path | None = None) -> Iterable[tuple[str, str]]:
    """Yield the name (with its room) and text of each policy file, in the order of their names.

    A folder inside a room is named for a language and holds a translation.
    """
    for room in ROOMS:
        where: Traversable = folder / room if folder else files(f"flagstaff.{room}") / "default"
        yield from _files(where, room, deeper=True)


def _files(where: Traversable, name: str, *, deeper: bool) -> Iterable[tuple[str, str]]:
    found = sorted(where.iterdir(), key=lambda file: file.name) if where.is_dir() else []
    for file in found:
        if file.name.endswith((".yaml", ".yml")) and file.is_file():
            yield f"{name}/{file.name}", file.read_bytes().decode("utf-8", "replace")
        elif deeper and file.is_dir() and not file.name.startswith((".", "_")):
            yield from _files(file, f"{name}/{file.name}", deeper=False)


def _contents(
    guidelines: Guidelines, history: MenuHistory, whole: Joined, misfits: list[Finding]
) -> Iterable[Finding]:  # fmt: skip
    """Yield what is wrong with the contents, except where a misfit has already been told."""
    if whole.unreadable or any(len(misfit.at) == 1 for misfit in misfits):
        return  # a whole section is missing: everything that names it would be told again
    known = known_guidelines(guidelines)
    findings = [
        *check_guidelines(guidelines),
        *check_menus(history.newest, known),
        *check_history(history, known),
    ]
    told = {finding.at for finding in findings}
    texts = {section: value for section, value in whole.sections.items() if section != "menu_promises"}
    fillable = {name for names in guidelines.placeholders.values() for name in names} | FILLED_IN_ON_SCREEN
    wording = check_wording(texts, history.promises.replaced_words, fillable)
    for finding in (*findings, *(finding for finding in wording if finding.at not in told)):
        # What a translation lacks because its original could not be read is told there.
        at = finding.at[2:] if finding.at[0] == "translations" else finding.at
        if not any(_same_thing(at, misfit.at) for misfit in misfits):
            yield finding


def _apart(pages: Iterable[Page]) -> tuple[list[Page], dict[str, list[Page]]]:
    """Part the files in the policy's own language from those in folders of further languages."""
    own: list[Page] = []
    translated: dict[str, list[Page]] = {}
    for page in pages:
        folders = page.file.split("/")[1:-1]
        (translated.setdefault(folders[0], []) if folders else own).append(page)
    return own, translated


def _strange_languages(languages: Iterable[str], locale: str) -> Iterable[Problem]:
    for language in languages:
        if not LANGUAGE.fullmatch(language):
            yield Problem(language, 0, f"`{language}` is no language", "Name the folder as in es or pt-BR.")
        elif language == locale:
            yield Problem(language, 0, f"`{language}` is the policy's own language", "Remove this folder.")


def _unreadable(finding: Finding, unread: set[str]) -> bool:
    """Tell whether a finding may come from a translator's file that could not be read at all."""
    return finding.at[0] == "translations" and finding.at[1] in unread


def _same_thing(one: Trail, other: Trail) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _located(finding: Finding, whole: Joined, spoken: Mapping[str, Joined]) -> Problem:
    at = finding.at
    if at[0] == "cues" and at not in whole.spots and len(at) > 1 and at[1] in spoken:
        at = ("translations", *at[1:2], "cues", *at[2:])
    if at[0] == "translations":
        room = "guidelines" if len(at) > 2 and at[2] in GUIDELINES_TRANSLATED else "menus"
        inside = msgspec.structs.replace(finding, at=at[2:])
        return located(inside, spoken[str(at[1])].spots, f"{room}/{at[1]}")
    otherwise = "guidelines" if at[0] in GUIDELINE_SECTIONS else "menus"
    return located(finding, whole.spots, otherwise)
