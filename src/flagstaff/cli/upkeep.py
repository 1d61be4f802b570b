"""Commands that look after an installation: policy, keys, erasures, the first administrator."""

import sys
from pathlib import Path

import click
import msgspec

from flagstaff.cli.in_house import account_of, in_house
from flagstaff.flows.erase_person import ErasureDone, erase_person
from flagstaff.flows.house import House
from flagstaff.flows.invite_account import invite_first_admin
from flagstaff.flows.publish_version import ProposeVersion, propose_version
from flagstaff.flows.read_policy import PolicyProblems, read_policy
from flagstaff.flows.renew_keys import renew_keys
from flagstaff.flows.replay_erasures import replay_erasures
from flagstaff.kernel.settings import Settings
from flagstaff.vocabulary.references import PersonRef, Platform


@click.group()
def policy() -> None:
    """Check policy files."""


@policy.command("check")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def policy_check(folder: Path | None) -> None:
    """Say everything that is wrong with the policy in FOLDER (the default one without it)."""
    try:
        found = read_policy(folder)
    except PolicyProblems as problems:
        for one in problems.problems:
            click.echo(f"{one.file}:{one.line}: {one.what} → {one.mend}")
        sys.exit(1)
    newest = found.menu_versions[-1]
    options = sum(len(menu.options) for menu in newest.menus)
    click.echo(
        f"Sound: guidelines {found.guidelines.version} with {len(found.guidelines.clauses)} clauses, "
        f"menus {newest.number} with {options} options; guidelines in {', '.join(found.guidelines.languages)}, "
        f"menus in {', '.join(newest.languages)}."
    )


@policy.command("propose")
@click.argument("platform")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--what", type=click.Choice(["menus", "guidelines"]), required=True)
@click.option(
    "--as", "login", required=True, help="The login of whoever proposes it; somebody else publishes."
)
@click.option("--note", required=True, help="Why: readers of the version see it.")
@click.pass_obj
def policy_propose(settings: Settings, platform: str, folder: Path, what: str, login: str, note: str) -> None:
    """Propose the newest menus or guidelines of FOLDER for PLATFORM; a second person publishes them."""
    found = read_policy(folder)
    version = found.menu_versions[-1] if what == "menus" else found.guidelines

    async def propose(house: House) -> None:
        account = await account_of(house, login)
        await propose_version(
            house, account, ProposeVersion(Platform(platform), version, note, found.lineage)
        )
        click.echo(f"It waits for a second person: {house.settings.address}/console/publications")

    in_house(settings, propose)


@click.group()
def keys() -> None:
    """Look after the keys of the house."""


@keys.command("renew")
@click.pass_obj
def keys_renew(settings: Settings) -> None:
    """Make a new pair to seal to; what was sealed before still opens."""

    async def renew(house: House) -> None:
        click.echo(
            f"Sealing to {await renew_keys(house)} from now on. Back the keys up, apart from the database."
        )

    in_house(settings, renew)


@click.group()
def person() -> None:
    """Erase persons, and again after a restore."""


@person.command("erase")
@click.argument("platform")
@click.argument("id_", metavar="ID")
@click.pass_obj
def person_erase(settings: Settings, platform: str, id_: str) -> None:
    """Erase who the person ID of PLATFORM is and what they wrote."""

    async def erase(house: House) -> None:
        click.echo(_gone(await erase_person(house, None, PersonRef(Platform(platform), id_))))

    in_house(settings, erase)


@person.command("replay")
@click.pass_obj
def person_replay(settings: Settings) -> None:
    """Erase again, after a restore, everybody who was erased since the backup."""

    async def again(house: House) -> None:
        click.echo(_gone(await replay_erasures(house)))

    in_house(settings, again)


def _gone(done: ErasureDone) -> str:
    return ", ".join(f"{count} {name}" for name, count in msgspec.to_builtins(done).items())


@click.command("first-admin")
@click.pass_obj
def first_admin(settings: Settings) -> None:
    """Print the one-time link of the first administrator."""

    async def invite(house: House) -> None:
        click.echo((await invite_first_admin(house)).link)

    in_house(settings, invite)
