"""A policy is read as a whole: sound, it becomes versions; unsound, every problem is told with its file and line."""

import contextlib
import copy
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given, settings, strategies as st
from syrupy.assertion import SnapshotAssertion

from flagstaff.flows.read_policy import Policy, PolicyProblems, policy_files, policy_of, read_policy
from flagstaff.guidelines.model import Guidelines
from flagstaff.language.yaml import Page, Problem, Trail, read_yaml
from flagstaff.menus.model import MenuVersion
from tests.examples import examples

pytestmark = pytest.mark.once

DEFAULT = dict(policy_files())
read_once = functools.cache(read_yaml)


class Fault(NamedTuple):
    """One planted fault: in this file, the first time `before` stands there, it reads `after`."""

    file: str
    before: str
    after: str


FAULTS = {
    "a clause names an unknown ladder": Fault(
        "guidelines/clauses-community.yaml", "ladder: order", "ladder: ordr"
    ),
    "a clause names an unknown subject kind": Fault(
        "guidelines/clauses-marketplace.yaml", "scope: [job_post, profile", "scope: [job_posts, profile"
    ),
    "a clause has a severity off the scale": Fault(
        "guidelines/clauses-community.yaml", "severity: 1", "severity: 7"
    ),
    "a severity is no number": Fault("guidelines/clauses-community.yaml", "severity: 1", "severity: mild"),
    "a clause has a field that does not exist": Fault(
        "guidelines/clauses-community.yaml", "summary: Post in the", "sumary: Post in the"
    ),
    "a grave clause may be lifted by groups": Fault(
        "guidelines/clauses-community.yaml",
        "severity: 3\n    ladder: privacy",
        "severity: 3\n    groups_may_lift: true\n    ladder: privacy",
    ),
    "child-safety material would be copied": Fault(
        "guidelines/clauses-marketplace.yaml", "reference_only: everything", "reference_only: files"
    ),
    "a machine would signal where it may only assist": Fault(
        "guidelines/detectors.yaml",
        "clauses: [CG-4]\n    mode: auto_assist",
        "clauses: [CG-4]\n    mode: auto_signal",
    ),
    "a detector names an unknown clause": Fault(
        "guidelines/detectors.yaml", "clauses: [CG-2c]", "clauses: [CG-2d]"
    ),
    "a clause cites unknown terms": Fault(
        "guidelines/clauses-marketplace.yaml", "terms: [fees.unpaid]", "terms: [fees.unpayed]"
    ),
    "terms that no clause cites": Fault(
        "guidelines/terms.yaml", "      unpaid:", "      tips: Tips are yours\n      unpaid:"
    ),
    "a measure has an unknown scope": Fault(
        "guidelines/measures.yaml", "remove_from_board:\n    scope: board", "remove_from_board:\n    scope: bord"
    ),
    "a wide measure needs no second person": Fault(
        "guidelines/measures.yaml", "measures: [remove_from_community, suspend_site", "measures: [suspend_site"
    ),
    "a hold rests on too little": Fault(
        "guidelines/measures.yaml", "posterior_at_least: 0.95", "posterior_at_least: 0.80"
    ),
    "a hold lasts too long": Fault("guidelines/measures.yaml", "hours: 24", "hours: 72"),
    "a measure lasts so long that the ladder forgets": Fault(
        "guidelines/measures.yaml", "scope: community\n    days: 30", "scope: community\n    days: 300"
    ),
    "an appeal ends too soon": Fault("guidelines/measures.yaml", "months: 6", "months: 1"),
    "a verdict leads to a status that is not final": Fault(
        "guidelines/measures.yaml", "status: no_violation", "status: in_review"
    ),
    "a ladder proposes an unknown measure": Fault(
        "guidelines/ladders.yaml", "[educate, request_edit]", "[educate, request_edits]"
    ),
    "a mild clause would suspend at once": Fault(
        "guidelines/clauses-marketplace.yaml", "ladder: circumvent", "ladder: safety"
    ),
    "an author's notice uses a reporter's placeholder": Fault(
        "guidelines/notices.yaml", "About {subject}, posted", "About {number}, posted"
    ),
    "a notice is sent that has no text": Fault(
        "guidelines/notices.yaml", "question: question\n", "question: a_question\n"
    ),
    "a condition misspells a feature": Fault(
        "guidelines/groups.yaml", "when: text.lang in", "when: text.language in"
    ),
    "a condition misspells a field of an item": Fault(
        "guidelines/groups.yaml", "l.kind == 'page'", "l.kinds == 'page'"
    ),
    "a condition compares a count with a decimal": Fault(
        "guidelines/groups.yaml", "contact.count == 0\n        limit", "contact.count < 0.5\n        limit"
    ),
    "a condition is cut off": Fault(
        "guidelines/groups.yaml", "&& contact.count == 0\n        sentence", "&&\n        sentence"
    ),
    "a group lifts what no group may": Fault("guidelines/groups.yaml", "clause: CG-7", "clause: CG-8a"),
    "a reason names an unknown clause": Fault("menus/reasons.yaml", "clauses: [MT-6]", "clauses: [MT-66]"),
    "a reason is graver than its clauses": Fault(
        "menus/reasons.yaml", "clauses: [MT-6]\n    severity: 2", "clauses: [MT-6]\n    severity: 4"
    ),
    "a reason asks a prompt without words": Fault(
        "menus/reasons.yaml", "prompts: [which_app]", "prompts: [which_apps]"
    ),
    "a block is offered without muting": Fault(
        "menus/reasons.yaml", "after: [mute_user, block_user, support]", "after: [block_user, support]"
    ),
    "Other may be sent without details": Fault(
        "menus/reasons.yaml", "severity: 1\n    details: required", "severity: 1\n    details: optional"
    ),
    "a menu shows an unknown reason": Fault("menus/menus.yaml", "reason: bid_bait", "reason: bid_baits"),
    "a promised label is reworded": Fault(
        "menus/menus.yaml", "label: Client is asking for free work", "label: Client asks for free work"
    ),
    "a label ends with a full stop": Fault(
        "menus/menus.yaml", "label: Bait price", "label: Bait price here."
    ),
    "a label fills in something else": Fault("menus/menus.yaml", "label: Bait price", "label: Bait by {name}"),
    "a label stands twice": Fault("menus/menus.yaml", "label: Bait price", "label: False claims"),
    "a promised button is renamed": Fault("menus/menus.yaml", "button: Flag as inappropriate", "button: Flag it"),
    "a key stands twice": Fault(
        "menus/texts.yaml", "  no_fees:", "  no_fees: You never have to pay\n  no_fees:"
    ),
    "an alias": Fault("menus/texts.yaml", "  no_fees: You", "  no_fees: *other #"),
    "an unverified phone number": Fault(
        "menus/texts.yaml",
        "country: ES\n",
        'country: ES\n        phone: "900"\n',
    ),
    "a check that names no page it was compared with": Fault(
        "menus/texts.yaml",
        "checked: 2026-11-21\n        source: https://report.cybertip.org/faqs\n",
        "checked: 2026-11-21\n",
    ),
    "an advice card that no reason names": Fault("menus/texts.yaml", "  no_fees:", "  some_fees: Pay\n  no_fees:"),
    "a word for which the house has another": Fault(
        "menus/texts.yaml", "Not sure? Flag it.", "Not sure? Report it."
    ),
    "a merge whose sources are not retired": Fault(
        "menus/history.yaml", "private_message.spam]", "private_message.junk]"
    ),
    "a removal without a destination": Fault("menus/history.yaml", ", into: something_else}", "}"),
    "an operation names an option that was not there": Fault(
        "menus/history.yaml", "{op: add, reason: low_pay,", "{op: add, reason: bid_bait,"
    ),
    "an option was there before it was added": Fault(
        "menus/history.yaml",
        "{op: restore, reason: free_work, kinds: [job_post]}",
        "{op: restore, reason: free_work, kinds: []}",
    ),
    "a goal without a direction": Fault("menus/history.yaml", "direction: down", "direction: sideways"),
    "a share is changed": Fault("menus/history.yaml", "free_work: 17.40", "free_work: 17.04"),
    "a section that does not exist": Fault("menus/texts.yaml", "\ntips:", "\ntipps:"),
    "a translation misspells an option": Fault(
        "menus/es/menus.yaml",
        "  review:\n    button: Reportar reseña\n    options:\n      fake_review:",
        "  review:\n    button: Reportar reseña\n    options:\n      fake_reviews:",
    ),
    "a translated label has lost the platform's name": Fault(
        "menus/es/menus.yaml", "label: Quiere hablar primero fuera de {platform}", "label: Quiere hablar fuera"
    ),
    "a translated label is too long": Fault(
        "menus/es/menus.yaml", "label: Precio de gancho", f"label: Precio de gancho{' muy largo' * 8}"
    ),
    "two translated options read the same": Fault(
        "menus/es/menus.yaml", "label: Precio de gancho", "label: Afirmaciones falsas"
    ),
    "a translated option has no help": Fault(
        "menus/es/menus.yaml",
        "      bid_bait:\n        label: Precio de gancho\n        help: Una cifra cualquiera para llamar la atención.",
        "      bid_bait:\n        label: Precio de gancho",
    ),
    "a tip is not translated": Fault("menus/es/texts.yaml", "tips:\n  be_specific:", "tips:\n  be_exact:"),
    "a tip was copied over": Fault(
        "menus/es/texts.yaml",
        "  be_specific: Di qué, dónde y cuándo. Una frase exacta ayuda más que una historia larga.",
        "  be_specific: Say what, where and when. One exact sentence helps more than a long story.",
    ),
    "a translated pick has too few answers": Fault(
        "menus/es/texts.yaml", "en un archivo o imagen, en una llamada]", "en un archivo o imagen]"
    ),
    "a translation says what only rules say": Fault(
        "menus/es/texts.yaml", "ask: ¿Cuánto, si lo dijo?", "ask: ¿Cuánto, si lo dijo?\n    answer: text"
    ),
    "a translated text is a number": Fault(
        "menus/es/texts.yaml", "  hide_item:\n    text: Ocultar", "  hide_item:\n    text: 5 #"
    ),
    "a translated notice has lost a placeholder": Fault(
        "guidelines/es/notices.yaml", "Síguelo o retíralo: {status_link}", "Síguelo o retíralo."
    ),
    "a translated notice fills in what the original does not": Fault(
        "guidelines/es/notices.yaml", "Sobre {subject}, con fecha", "Sobre {number}, con fecha"
    ),
    "a translated clause is empty": Fault(
        "guidelines/es/clauses-marketplace.yaml", "title: Sin trabajo gratis", 'title: " "'
    ),
    "a clause is not translated": Fault(
        "guidelines/es/clauses-marketplace.yaml", "  MT-1:\n    title:", "  MT-1:\n    titel:"
    ),
    "a whole section is not translated": Fault("guidelines/es/notices.yaml", "screens:", "scenes:"),
    "a retired option is not translated": Fault(
        "menus/es/history.yaml", "retired:\n  private_message.suspicious_link:", "retired:\n  private_message.odd_link:"
    ),
    "a version has no translated note": Fault(
        "menus/es/history.yaml", "  1:\n    note: antes de reunir opciones", "  1:\n    before: {}"
    ),
    "a translation does not say how an option read before": Fault(
        "menus/es/history.yaml", "    before:\n      something_else:", "    before:\n      something_odd:"
    ),
    "a translated file that is no YAML": Fault("menus/es/texts.yaml", "pick: [en el texto,", "pick: {en el texto,"),
    "a file that is no YAML": Fault("guidelines/severity.yaml", "low: {level: 1,", "low: {level: 1]"),
}  # fmt: skip


def planted(fault: Fault) -> Iterator[Page]:
    """Read the default policy with one fault in it; files without the fault are read once for all tests."""
    assert fault.before in DEFAULT[fault.file], "the table is out of date"
    for name, text in DEFAULT.items():
        if name == fault.file:
            yield read_yaml(name, text.replace(fault.before, fault.after, 1))
        else:
            yield read_once(name, text)


@functools.cache
def problems_of(fault: Fault) -> tuple[Problem, ...]:
    """Return what the check says about the default policy with one fault in it."""
    with pytest.raises(PolicyProblems) as refused:
        policy_of(planted(fault))
    return refused.value.problems


def lines_of(fault: Fault) -> set[int]:
    """Return the lines that the fault touches, counted from 1."""
    start = DEFAULT[fault.file].index(fault.before)
    first = DEFAULT[fault.file].count("\n", 0, start) + 1
    return set(range(first, first + max(fault.before.count("\n"), fault.after.count("\n")) + 1))


@pytest.fixture(scope="module")
def policy() -> Policy:
    """Give the default policy."""
    return read_policy()


def test_the_default_policy_is_sound(policy: Policy) -> None:
    assert [version.number for version in policy.menu_versions] == [1, 2, 3]
    assert [sum(len(menu.options) for menu in version.menus) for version in policy.menu_versions] == [
        122,
        118,
        141,
    ]
    assert len(policy.guidelines.clauses) == 67
    assert len(policy.menu_versions[-1].reasons) == 52


def test_a_version_survives_being_stored(policy: Policy) -> None:
    for version in policy.menu_versions:
        assert msgspec.json.decode(msgspec.json.encode(version), type=MenuVersion) == version
    stored = msgspec.json.encode(policy.guidelines)
    assert msgspec.json.decode(stored, type=Guidelines) == policy.guidelines


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_named_with_its_file_and_line(name: str) -> None:
    fault = FAULTS[name]
    found = problems_of(fault)
    assert {problem.line for problem in found if problem.file == fault.file} & lines_of(fault), found
    assert all(problem.what and problem.mend for problem in found)


def test_each_fault_is_told_in_these_words(snapshot: SnapshotAssertion) -> None:
    told = {name: [str(problem) for problem in problems_of(fault)] for name, fault in FAULTS.items()}
    assert told == snapshot


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    names = [
        "a clause names an unknown ladder",
        "a promised label is reworded",
        "a condition is cut off",
        "a share is changed",
    ]
    changed = dict(DEFAULT)
    for name in names:
        fault = FAULTS[name]
        changed[fault.file] = changed[fault.file].replace(fault.before, fault.after, 1)
    for file, text in changed.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(PolicyProblems) as refused:
        read_policy(tmp_path)
    told = {(problem.file, problem.line) for problem in refused.value.problems}
    assert all(told & {(FAULTS[name].file, line) for line in lines_of(FAULTS[name])} for name in names)
    listed = refused.value.problem()["problems"]
    assert isinstance(listed, list)
    assert len(listed) == len(refused.value.problems) >= len(names)


def test_an_empty_folder_is_told_section_by_section(tmp_path: Path) -> None:
    with pytest.raises(PolicyProblems) as refused:
        read_policy(tmp_path)
    assert "the section `clauses` is missing" in {problem.what for problem in refused.value.problems}
    assert {problem.line for problem in refused.value.problems} == {0}


NAMES_SOMETHING = re.compile(
    r"^ +(?:- )?(?:ladder|reason|clause|advice|redirect|bucket|status|notice|into|kind|detect|mode|answer): ([\w-]+)$",
    re.MULTILINE,
)
FIELD = re.compile(
    r"^    (title|summary|kind|scope|mode|sees|says|undo|notice|severity|details|after|ask|family|to): .",
    re.MULTILINE,
)


def spots(pattern: re.Pattern[str], group: int) -> list[tuple[str, int, int]]:
    """List every place in the default policy where a pattern stands: file, start, end."""
    return [
        (file, found.start(group), found.end(group))
        for file, text in DEFAULT.items()
        for found in pattern.finditer(text)
    ]


def told_on_its_line(file: str, start: int, end: int, instead: str) -> None:
    """Change one place and require a problem on that very line."""
    text = DEFAULT[file]
    line = text.count("\n", 0, start) + 1
    pages = [
        read_yaml(file, text[:start] + instead + text[end:]) if name == file else read_once(name, of)
        for name, of in DEFAULT.items()
    ]
    with pytest.raises(PolicyProblems) as refused:
        policy_of(pages)
    assert (file, line) in {(problem.file, problem.line) for problem in refused.value.problems}


@settings(max_examples=examples(25))
@given(st.sampled_from(spots(NAMES_SOMETHING, 1)))
def test_any_name_of_something_that_does_not_exist_is_told_on_its_line(spot: tuple[str, int, int]) -> None:
    told_on_its_line(*spot, "no_such_thing")


@settings(max_examples=examples(25))
@given(st.sampled_from(spots(FIELD, 1)))
def test_any_misspelt_field_is_told_on_its_line(spot: tuple[str, int, int]) -> None:
    told_on_its_line(*spot, "mispelt")


@settings(max_examples=examples(25))
@given(st.sampled_from(spots(FIELD, 1)))
def test_any_key_that_stands_twice_is_told_on_its_line(spot: tuple[str, int, int]) -> None:
    file, start, end = spot
    again = DEFAULT[file][start:end]
    text = DEFAULT[file]
    doubled = text[:start] + f"{again}: once\n    {again}" + text[end:]
    with pytest.raises(PolicyProblems) as refused:
        policy_of(
            read_yaml(name, doubled) if name == file else read_once(name, of) for name, of in DEFAULT.items()
        )
    line = text.count("\n", 0, start) + 2
    assert (file, line) in {(problem.file, problem.line) for problem in refused.value.problems}


PAGES = tuple(read_once(name, text) for name, text in DEFAULT.items())
PLACES = [(number, at) for number, page in enumerate(PAGES) for at in page.spots]
ANYTHING: st.SearchStrategy[object] = st.sampled_from(
    [None, "x", "", "{x}", [], {}, 7, -1, True, 1.5, [None], {"x": None}]
)


@given(st.sampled_from(PLACES), ANYTHING)
def test_whatever_stands_anywhere_is_either_sound_or_told(place: tuple[int, Trail], instead: object) -> None:
    number, at = place
    changed = copy.deepcopy(PAGES[number].value)
    inside: Any = changed
    for part in at[:-1]:
        inside = inside[part]
    inside[at[-1]] = instead
    pages = [page._replace(value=changed) if page is PAGES[number] else page for page in PAGES]
    with contextlib.suppress(PolicyProblems):
        policy_of(pages)
