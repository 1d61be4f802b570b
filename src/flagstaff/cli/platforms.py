"""Commands about platforms."""

from typing import Final

import click
import msgspec

from flagstaff.cli.in_house import in_house
from flagstaff.flows.add_platform import AddPlatform
from flagstaff.flows.change_platform import change_platform
from flagstaff.flows.connection_page import connection_page
from flagstaff.flows.house import House
from flagstaff.flows.welcome_platform import welcome_platform
from flagstaff.kernel.settings import Settings
from flagstaff.vocabulary.effects import Effect
from flagstaff.vocabulary.references import Platform

_EFFECTS: Final = [effect.value for effect in Effect]


@click.group()
def platform() -> None:
    """Add and list the platforms that this house serves."""


@platform.command("add")
@click.argument("key")
@click.option("--name", help="As people read it; the key with a capital letter by default.")
@click.option("--zone", default="UTC", show_default=True, help="Where its days begin, such as Europe/Madrid.")
@click.option("--language", "languages", multiple=True, default=["en"], show_default=True)
@click.option(
    "--origin", "origins", multiple=True, help="Where its pages come from, such as https://shop.example."
)
@click.option("--webhook", help="Where measures and authors' notices go.")
@click.option("--reporter-webhook", help="Where reporters' notices go: another address, another secret.")
@click.option(
    "--effect",
    "effects",
    multiple=True,
    type=click.Choice(_EFFECTS),
    help="What it can carry out; all by default.",
)
@click.option(
    "--offer", "offers", multiple=True, help="What its dialog offers after sending, such as mute_user."
)
@click.option("--my-flags", help="Link to its page with somebody's own flags.")
@click.option("--appeal", help="Link to its page for appeals.")
@click.option("--suggest", help="Link to its page that leads somebody signed in to a suggestion.")
@click.pass_obj
def platform_add(settings: Settings, /, key: str, name: str | None, **declared: object) -> None:
    """Add a platform with the default policy, and print what to put into its pages."""
    links = {name: declared.pop(name) for name in ("my_flags", "appeal", "suggest")}
    wanted = msgspec.convert(
        {
            "key": key,
            "name": name or key.capitalize(),
            "links": {k: v for k, v in links.items() if v},
            **declared,
        },
        AddPlatform,
    )

    async def add(house: House) -> None:
        click.echo(connection_page(await welcome_platform(house, None, wanted)))

    in_house(settings, add)


@platform.command("change")
@click.argument("key")
@click.option("--name")
@click.option("--zone")
@click.option("--language", "languages", multiple=True)
@click.option("--origin", "origins", multiple=True)
@click.option("--effect", "effects", multiple=True, type=click.Choice(_EFFECTS))
@click.option("--offer", "offers", multiple=True)
@click.pass_obj
def platform_change(settings: Settings, /, key: str, **declared: object) -> None:
    """Change what a platform declares of itself; what is not named stays, a list is replaced whole."""
    given = {name: value for name, value in declared.items() if value}

    async def change(house: House) -> None:
        host = await change_platform(house, None, Platform(key), given)
        click.echo(f"{host.key}: {', '.join(sorted(given)) or 'nothing'} changed")

    in_house(settings, change)


@platform.command("list")
@click.pass_obj
def platform_list(settings: Settings) -> None:
    """List the platforms with their live versions."""

    async def show(house: House) -> None:
        for host in house.policy.hosts():
            menus, rules = house.policy.menus(host.key).number, house.policy.guidelines(host.key).version
            click.echo(f"{host.key}  {host.name}  menus {menus}, guidelines {rules}")

    in_house(settings, show)
