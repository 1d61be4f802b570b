"""Hand a part that runs apart the keys and passwords that it needs, and no others."""

from pathlib import Path

import click

from flagstaff.kernel.settings import Settings


@click.command("give")
@click.argument("part", type=click.Choice(["api", "console", "worker"]))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def keys_give(settings: Settings, part: str, folder: Path) -> None:
    """Write into FOLDER the keys and database passwords that PART needs to run apart, and no others."""
    from flagstaff.app import OPENS, ROLES, Part
    from flagstaff.store.passwords import give_passwords
    from flagstaff.vault.keys import give

    chosen = Part(part)
    names = give(settings.keys_folder, folder, private=chosen in OPENS)
    give_passwords(settings.keys_folder, folder, ROLES[chosen])
    click.echo(f"{folder}: {', '.join(names)}, and the passwords of {', '.join(sorted(ROLES[chosen]))}")
