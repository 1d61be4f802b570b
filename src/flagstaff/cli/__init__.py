"""The command `flagstaff`: run the house, add platforms and people, check and publish policy, look after keys.

What a command needs is imported when it runs, so that `flagstaff --help` answers at once.
"""

import os
import sys
from pathlib import Path

import click
import msgspec

from flagstaff.cli.deep_dive import deep_dive
from flagstaff.cli.handing_out import keys_give
from flagstaff.cli.importing import import_
from flagstaff.cli.platforms import platform
from flagstaff.cli.running import database, demo, doctor, serve
from flagstaff.cli.upkeep import first_admin, keys, person, policy
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.kernel.log import start_log
from flagstaff.kernel.settings import load


@click.group()
@click.option("--config", type=click.Path(path_type=Path), help="A TOML file with settings.")
@click.option("--home", type=click.Path(path_type=Path), help="Where this installation lives.")
@click.pass_context
def commands(context: click.Context, config: Path | None, home: Path | None) -> None:
    """Flagstaff takes flags, turns them into cases, and carries decisions out."""
    settings = load(os.environ, config)
    context.obj = msgspec.structs.replace(settings, home=home) if home else settings
    start_log(settings.log_level)


for _command in (
    serve,
    database,
    demo,
    doctor,
    platform,
    policy,
    keys,
    person,
    first_admin,
    import_,
    deep_dive,
):
    commands.add_command(_command)
keys.add_command(keys_give)


def main() -> None:
    """Run the command; an error of ours is one line that says what, where and what to do."""
    try:
        commands(standalone_mode=False, prog_name="flagstaff")
    except FlagstaffError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
