"""The reference of the policy files names every section and field, and its examples do what it says."""

import re

import msgspec
import pytest

from flagstaff.flows.read_policy import PolicyProblems, policy_files, policy_of
from flagstaff.guidelines import files as guideline_files, model as guidelines
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.language.yaml import Page, read_yaml
from flagstaff.menus import files as menu_files, model as menus
from tests.architecture.tree import ROOT

REFERENCE = (ROOT / "docs/reference/policy.md").read_text(encoding="utf-8")
MADE_BY_US = {
    menus.Option,
    menus.Menu,
    menus.MenuVersion,
    menus.MenuHistory,
    menus.MenuTexts,
    menus.LineageEdge,
    menus.ReleaseNote,
    menus.ReleaseLine,
    menus.Figure,
    menus.HistoryWords,
}
INPUTS = {
    menus.KnownClause,
    menus.KnownKind,
    menus.KnownGuidelines,
    menus.OptionChange,
    guidelines.Guidelines,
}


def blocks(language: str) -> list[str]:
    """Return the examples in this language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", REFERENCE, re.MULTILINE | re.DOTALL)


def with_a_file(text: str) -> list[Page]:
    """Read the default policy with one more file of groups, and with its translation."""
    own = read_yaml("guidelines/our-groups.yaml", text)
    spanish = read_yaml("guidelines/es/our-groups.yaml", blocks("yaml")[1])
    return [*(read_yaml(name, of) for name, of in policy_files()), own, spanish]


def forms() -> list[type[msgspec.Struct]]:
    """List the types that a policy file is read into."""
    found = {
        of
        for room in (guidelines, menus, guideline_files, menu_files)
        for of in vars(room).values()
        if isinstance(of, type) and issubclass(of, msgspec.Struct) and of.__module__ == room.__name__
    }
    return sorted(found - MADE_BY_US - INPUTS, key=lambda form: form.__name__)


@pytest.mark.parametrize("section", sorted(guideline_files.SECTIONS | menu_files.SECTIONS))
def test_every_section_has_its_entry(section: str) -> None:
    assert re.search(rf"^(`\w+`, )?`{section}`", REFERENCE, re.MULTILINE)


@pytest.mark.parametrize("form", forms(), ids=lambda form: form.__name__)
def test_every_field_is_named(form: type[msgspec.Struct]) -> None:
    named = set(re.findall(r"`(\w+)(?:: \w+)?`", REFERENCE))
    assert set(form.__struct_fields__) - {"key", "steps"} <= named


def test_the_example_group_is_sound() -> None:
    policy = policy_of(with_a_file(blocks("yaml")[0]))
    assert "translators" in {group.key for group in policy.guidelines.groups}
    translators = guidelines_in(policy.guidelines, "es").groups[-1]
    assert translators.purpose.startswith("Hablar de traducción")


def test_a_lost_translation_is_answered_in_the_words_shown() -> None:
    own = read_yaml("guidelines/our-groups.yaml", blocks("yaml")[0])
    half = read_yaml("guidelines/es/our-groups.yaml", blocks("yaml")[3])
    with pytest.raises(PolicyProblems) as refused:
        policy_of([*(read_yaml(name, of) for name, of in policy_files()), own, half])
    assert [str(problem) for problem in refused.value.problems] == blocks("text")[1].splitlines()


def test_the_mistakes_are_answered_in_the_words_shown() -> None:
    with pytest.raises(PolicyProblems) as refused:
        policy_of(with_a_file(blocks("yaml")[2]))
    assert [str(problem) for problem in refused.value.problems] == blocks("text")[0].splitlines()


def test_the_python_example_runs() -> None:
    exec(compile(blocks("python")[0], "policy.md", "exec"), {})
