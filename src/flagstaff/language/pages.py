"""Join files that together say one thing, and find the line of whatever is wrong in them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from flagstaff.language.forms import closest
from flagstaff.language.yaml import Finding, Page, Problem, Spot, Trail, spot_of


class Joined(NamedTuple):
    """The sections of all files, where each part stands, and what is wrong with the files as such."""

    sections: Mapping[str, object]
    spots: Mapping[Trail, Spot]
    problems: tuple[Problem, ...]
    unreadable: bool
    """Whether a file could not be read at all: then what is missing elsewhere may stand in it."""


def join_pages(pages: Sequence[Page], known: frozenset[str]) -> Joined:
    """Join the sections of all files; a section may be split over files, but no key may stand twice."""
    sections: dict[str, object] = {}
    spots: dict[Trail, Spot] = {}
    problems: list[Problem] = []
    for page in pages:
        problems += page.problems
        if isinstance(page.value, dict):
            for section, value in page.value.items():
                problems += _add(sections, spots, page, section, value, known)
        elif page.value is not None:
            problems.append(
                Problem(page.file, 1, "a policy file is a mapping of sections", "Begin with `section:`.")
            )
        spots |= {at: spot for at, spot in page.spots.items() if at not in spots}
    unreadable = any(page.value is None and page.problems for page in pages)
    return Joined(sections, spots, tuple(problems), unreadable)


def located(finding: Finding, spots: Mapping[Trail, Spot], otherwise: str) -> Problem:
    """Return the finding with its file and line; of what stands nowhere the file is called `otherwise`."""
    spot = spot_of(spots, finding.at) or Spot(otherwise, 0)
    return Problem(spot.file, spot.line, finding.what, finding.mend)


def _add(
    sections: dict[str, object],
    spots: Mapping[Trail, Spot],
    page: Page,
    section: str,
    value: object,
    known: frozenset[str],
) -> Iterator[Problem]:
    line = page.spots[(section,)].line
    if section not in known:
        yield Problem(page.file, line, f"unknown section `{section}`", closest(section, known))
        return
    if section not in sections:
        sections[section] = value
        return
    before = sections[section]
    if not isinstance(before, dict) or not isinstance(value, dict):
        first = spots[(section,)].file
        yield Problem(
            page.file, line, f"the section `{section}` stands in {first} already", "Keep one of the two."
        )
        return
    for key in value.keys() & before.keys():
        first_spot, here = spots[section, key], page.spots[section, key].line
        what = f"`{section}.{key}` stands in {first_spot.file}:{first_spot.line} already"
        yield Problem(page.file, here, what, "Keep one of the two.")
    sections[section] = {**before, **{key: item for key, item in value.items() if key not in before}}
