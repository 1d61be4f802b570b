"""Write what readers are told of a version, from what it changed; nothing in it is written by hand but the why."""

from collections.abc import Iterable, Iterator, Mapping

from flagstaff.menus.model import Figure, LineageEdge, MenuVersion, Option, ReleaseLine, ReleaseNote

READERS_AT_LEAST = 5
"""Fewer reactions than this are not told: they would say too much of too few."""


def write_note(
    before: MenuVersion,
    after: MenuVersion,
    edges: Iterable[LineageEdge],
    *,
    whys: Mapping[str, str] | None = None,
    figures: tuple[Figure, ...] = (),
) -> ReleaseNote:
    """Return the note of `after`: exactly the options that differ from `before`. `whys`: by option key."""
    mine = [edge for edge in edges if edge.version == after.number]
    lines = sorted(
        _lines(before, after, mine, whys or {}), key=lambda line: (line.kind, _ORDER.index(line.change))
    )
    return ReleaseNote(lines=tuple(lines), figures=figures)


def note_of(version: MenuVersion, before: MenuVersion | None, lineage: Iterable[LineageEdge]) -> ReleaseNote:
    """Return the note a version was published with, or write it for one that came from files or from history."""
    if version.release_note is not None:
        return version.release_note
    figures: tuple[Figure, ...] = ()
    if version.evidence is not None:
        labels = version.option_by_key
        figures = tuple(
            Figure(says=labels[version.evidence.became[theme]].label, value=f"{share:.2f} %")
            for theme, share in version.evidence.shares_pct.items()
            if version.evidence.became.get(theme) in labels
        )
    return write_note(before, version, lineage, figures=figures) if before else ReleaseNote(lines=())


_ORDER = ("added", "restored", "merged", "removed", "reworded")


def _lines(
    before: MenuVersion, after: MenuVersion, edges: list[LineageEdge], whys: Mapping[str, str]
) -> Iterator[ReleaseLine]:
    old, new = before.option_by_key, after.option_by_key
    goes = {edge.from_option: edge for edge in edges if edge.edge in ("merge", "remove")}
    again = {edge.to_option for edge in edges if edge.edge == "restore"}
    for key in (key for key in old if key not in new):
        edge = goes.get(key)
        merged = edge is not None and edge.edge == "merge"
        into = new.get(edge.to_option) if edge else None
        yield _line("merged" if merged else "removed", old[key], whys, into=into.label if into else "")
    for key in (key for key in new if key not in old):
        yield _line("restored" if key in again else "added", new[key], whys)
    for key in (key for key in new if key in old):
        if (old[key].label, old[key].help) != (new[key].label, new[key].help):
            yield _line("reworded", old[key], whys, into=new[key].label)


def _line(change: str, option: Option, whys: Mapping[str, str], into: str = "") -> ReleaseLine:
    return ReleaseLine(
        change=change,  # type: ignore[arg-type]  # one of _ORDER
        kind=option.subject,
        option=option.key,
        label=option.label,
        into=into,
        why=whys.get(option.key, ""),
    )
