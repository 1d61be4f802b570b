"""Every example of the documentation runs as it stands, or is listed here with the reason why it does not."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from flagstaff.api.bodies import PersonEventsBody
from flagstaff.kernel.settings import load
from flagstaff.store.database import Address
from flagstaff.store.embedded import start_embedded
from flagstaff.store.passwords import keep_passwords
from tests.architecture.tree import ROOT
from tests.clusters import owner
from tests.docs.terminal import examples_of, free_port, type_in

pytestmark = pytest.mark.once

PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
ALL = {example.name: example for page in PAGES for example in examples_of(page)}

_DEV = "makes environments and starts suites; tests/architecture/test_dev.py tries dev.py"
_PLACES = "installs into places of the machine; tried by hand for each release"
_PRINTED = "the page that `platform add` prints; tests/docs/test_people_and_platforms.py runs and compares it"
NOT_RUN = {
    "CONTRIBUTING.md sh 1": _DEV,
    "CONTRIBUTING.md sh 2": _DEV,
    "CONTRIBUTING.md sh 3": _DEV,
    "README.md sh 1": _DEV,
    "docs/tutorial/five-minute-tour.md sh 1": "the demo; tests/browser plays the tour",
    "docs/tutorial/from-other-to-option.md sh 1": "the demo; tests/browser follows the page on it",
    "docs/tutorial/from-other-to-option.md sh 2": "tests/browser runs it on the demo, as the page's last step",
    "docs/tutorial/a-thousand-comments.md sh 1": "the demo; tests/browser follows the page on the same seeding",
    "docs/tutorial/a-thousand-comments.md sh 2": "tests/browser runs it, once version 3 is published",
    "docs/how-to/install.md sh 1": _DEV,
    "docs/how-to/install.md sh 2": _PLACES,
    "docs/how-to/install.md sh 4": _PLACES,
    "docs/how-to/connect-a-platform.md sh 2": _PRINTED,
    "docs/how-to/connect-a-platform.md python 1": _PRINTED,
    "docs/reference/policy.md python 1": "tests/docs/test_policy_reference.py runs it",
    "docs/how-to/change-the-policy.md sh 3": "needs an account, which a person makes in a browser; "
    "tests/flows/test_publish_version.py proposes and publishes",
    "docs/how-to/run-a-deep-dive.md sh 1": "needs an account, which a person makes in a browser; "
    "tests/flows/test_watch_themes.py asks for the watch",
    "docs/how-to/run-a-deep-dive.md sh 2": "needs a run; tests/flows/test_dives.py checks one",
}


def of(page: str, *numbers: int, language: str = "sh") -> str:
    """Return the examples of a page in their order."""
    every = [one for one in ALL.values() if one.page == page and one.language == language]
    return "".join(one.text for one in every if not numbers or one.number in numbers)


@pytest.fixture
def base(run_folder: Path) -> Iterator[Path]:
    """Give a folder with a short name; what is in it goes at the end."""
    run_folder.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="x", dir=run_folder))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


RUN: set[str] = set()


def runs(page: str, *numbers: int, language: str = "sh") -> str:
    """Return a page's examples to run them, and remember that they are run."""
    RUN.update(
        one.name
        for one in ALL.values()
        if one.page == page and one.language == language and (not numbers or one.number in numbers)
    )
    return of(page, *numbers, language=language)


FIRST_HOUSE = runs("docs/tutorial/first-house.md")
BACK_UP = runs("docs/how-to/back-up-and-restore.md", 1)
RESTORE = runs("docs/how-to/back-up-and-restore.md", 2, 3)
ERASE = runs("docs/how-to/erase-a-person.md")
IMPORT = runs("docs/how-to/import-history.md")
RENEW = runs("docs/how-to/renew-keys.md")
ROTATE = runs("docs/how-to/rotate-secrets.md", 2)
ROTATE_ALL = runs("docs/how-to/rotate-secrets.md", 1)
POLICY = runs("docs/how-to/change-the-policy.md", 1, 2)
OWN = runs("docs/how-to/use-your-own-postgresql.md", 1)
OWN_SQL = runs("docs/how-to/use-your-own-postgresql.md", language="sql")
APART = runs("docs/how-to/run-parts-apart.md")
START = runs("docs/how-to/install.md", 3)
ADD = runs("docs/how-to/connect-a-platform.md", 1)
README = runs("README.md", 2)
RECEIVE = runs("docs/reference/webhooks.md", language="python")


def test_every_example_is_run_or_has_a_reason() -> None:
    assert not RUN & set(NOT_RUN)
    assert RUN | set(NOT_RUN) == set(ALL)


def test_a_first_house_is_started_filled_and_started_again(base: Path) -> None:
    """The tutorial from top to bottom, then what install, connect and README say; a browser's part is tested there."""
    path = re.compile(r"^export (PATH|FLAGSTAFF_HOME)=.*\n", re.MULTILINE)
    again = "stop_others\n" + START + ADD.replace("add shop", "add second")
    third = "stop_others\n" + README.replace(".venv/bin/", "").replace("add shop", "add third")
    said = type_in(path.sub("", FIRST_HOUSE) + again + third, base, {})
    assert '"number":"F-' in said
    assert '"status":"received"' in said
    assert '{"items":[],"next":"' in said
    assert said.count("is connected") == 2


def test_erasing_renewing_and_rotating(base: Path) -> None:
    added = "flagstaff platform add harborlane > /dev/null\n"
    said = type_in("flagstaff database\n" + added + ERASE + RENEW + ROTATE, base, {})
    assert "0 flags, 0 words, 0 copies" in said
    assert "Sealing to" in said
    assert "✗" not in said


def test_history_is_imported_mended_and_imported_again(base: Path) -> None:
    said = type_in("flagstaff database\n" + IMPORT, base, {})
    sums = [line.split()[1:] for line in said.splitlines() if line.startswith("all ")]
    assert sums == [["4", "3", "0", "1"], ["4", "3", "0", "1"], ["1", "1", "0", "0"], ["1", "0", "1", "0"]]
    assert "5,2,when,it lies in the future" in said
    assert "private_message.not_nice (1)" in said


def test_a_policy_is_copied_and_checked(base: Path) -> None:
    said = type_in(POLICY, base, {})
    assert said.count("Sound: guidelines 1") == 2


def test_an_erasure_outlives_a_restore(base: Path) -> None:
    """The drill: flag, back up, erase, restore into another home, replay; the words go a second time."""
    flag = FIRST_HOUSE.partition("KEY=")[2].partition("curl -H")[0]
    before = f"flagstaff serve\nflagstaff platform add shop > shop.md\nKEY={flag}"
    elsewhere = (
        "flagstaff person erase shop user-1\n"
        'tar -C "$FLAGSTAFF_HOME" -czf keys.tar.gz keys\n'  # the newest folder of keys, as the page asks
        "stop_others\nunset PGHOST PGUSER PGPASSWORD\n"
        'export FLAGSTAFF_HOME="$PWD/r"; mkdir r\n'
    )
    said = type_in(before + BACK_UP + elsewhere + RESTORE, base, {})
    assert said.count("1 flags, 0 words, 0 copies") == 2
    assert "✗" not in said


async def test_an_own_postgresql_and_parts_apart(base: Path) -> None:
    """The owner makes the roles, the log is silent, and each part runs with its own keys and no owner's login."""
    passwords = keep_passwords(base / "k")
    with start_embedded(base / "p", passwords, throwaway=True) as server:
        sockets = server.address.url.reveal().partition("?host=")[2]
        renamed = {
            "postgresql://flagstaff_owner:": "postgresql://lord:",
            "@127.0.0.1:5432/flagstaff'": f"@/mine?host={sockets}'",
            "postgresql://127.0.0.1:5432/flagstaff'": f"postgresql:///mine?host={sockets}'",
            "FLAGSTAFF_PORT=8001": f"FLAGSTAFF_PORT={(api := free_port())}",
            "FLAGSTAFF_PORT=8002": f"FLAGSTAFF_PORT={(console := free_port())}",
        }
        await _type_in_psql(server.address, OWN_SQL)
        asked = (
            "stop_others\n"
            + APART
            + f"curl http://127.0.0.1:{api}/health\ncurl http://127.0.0.1:{console}/console/sign-in\n"
            + "ls for-api\n"
        )
        said = type_in(OWN + "stop_others\n" + ROTATE_ALL + asked, base, renamed)
    assert '{"status":"ok"}' in said
    assert "and the passwords of eraser, intake" in said
    assert "✗" not in said


async def _type_in_psql(address: Address, sql: str) -> None:
    """Run the page's statements one by one, as a superuser; the names are not those of the test's own server."""
    sql = sql.replace("flagstaff_owner", "lord").replace("database flagstaff", "database mine")
    async with owner(msgspec.structs.replace(address, database="postgres")) as connection:
        for statement in filter(str.strip, sql.split(";")):
            await connection.execute(statement)


def test_a_webhook_is_received_as_the_page_says() -> None:
    scope: dict[str, object] = {}
    exec(compile(RECEIVE, "webhooks.md", "exec"), scope)  # the example, as a reader would run it
    assert callable(scope["receive"])


def test_the_settings_file_of_the_page_is_accepted(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```toml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "flagstaff.toml").write_text(text)
    settings = load({}, tmp_path / "flagstaff.toml")
    assert settings.webhook_allow == ("shop.internal",)


def test_what_a_platform_sends_to_erase_somebody_is_read() -> None:
    page = (ROOT / "docs" / "how-to" / "erase-a-person.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```json\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (event,) = msgspec.json.decode(text, type=PersonEventsBody).events
    assert event.type == "erased"
