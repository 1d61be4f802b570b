"""Keys lie in files that only their owner reads; renewing loses nothing; nothing is made in place of what is lost."""

import stat
import threading
from pathlib import Path

import pytest

from flagstaff.vault.keys import Keys, KeysBroken, KeysMissing, KeysReadable, renew
from flagstaff.vault.sealing import CannotOpen

PLACE = {"platform": "shop", "table": "vault.words", "row": "r", "field": "details"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Keys.load_or_make(tmp_path / "keys")
    return tmp_path / "keys"


def test_first_keys_are_made_once_and_found_again(folder: Path) -> None:
    first, second = Keys.load_or_make(folder), Keys.load_or_make(folder)
    assert first.key_id == second.key_id
    assert second.opener().open(first.sealer().batch().seal(b"x", **PLACE), **PLACE) == b"x"
    assert second.service().open(first.service().seal(b"y", **PLACE), **PLACE) == b"y"


def test_every_file_is_readable_by_its_owner_only(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = [path for path in folder.iterdir() if path.name != ".lock"]
    assert len(files) == 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
@pytest.mark.parametrize("name", ["house.pub", "hash.key", "service.key", "house-*.key"])
def test_a_key_that_others_may_read_or_change_is_refused_with_the_command_that_mends_it(
    folder: Path, name: str, mode: int
) -> None:
    path = next(folder.glob(name))
    path.chmod(mode)
    with pytest.raises(KeysReadable) as caught:
        Keys.load(folder)
    assert caught.value.mend == f"run: chmod 600 {path}"


def test_a_folder_that_others_may_write_to_is_refused(folder: Path) -> None:
    folder.chmod(0o770)
    with pytest.raises(KeysReadable, match="put files into"):
        Keys.load(folder)


@pytest.mark.parametrize("name", ["house.pub", "hash.key", "service.key", "house-*.key"])
def test_a_lost_key_is_named_and_never_replaced_by_a_new_one(folder: Path, name: str) -> None:
    path = next(folder.glob(name))
    path.unlink()
    with pytest.raises(KeysMissing, match=path.name):
        Keys.load_or_make(folder)
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"AAAA\n", b"\xff\xfe", b"not base64 at all"])
def test_a_damaged_key_is_refused(folder: Path, content: bytes) -> None:
    (folder / "hash.key").write_bytes(content)
    with pytest.raises(KeysBroken):
        Keys.load(folder)


def test_a_private_half_under_a_wrong_name_is_refused(folder: Path) -> None:
    path = next(folder.glob("house-*.key"))
    path.rename(folder / "house-0123456789abcdef.key")
    with pytest.raises(KeysBroken, match="does not belong"):
        Keys.load(folder)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeysMissing, match="no folder"):
        Keys.load(tmp_path / "nowhere")


class TestRenew:
    def test_new_words_go_to_the_new_pair_and_old_ones_still_open(self, folder: Path) -> None:
        before = Keys.load(folder)
        old = before.sealer().batch().seal(b"old", **PLACE)
        fresh = renew(folder)
        after = Keys.load(folder)
        assert after.key_id == fresh != before.key_id
        assert after.ids == sorted([before.key_id, fresh])
        new = after.sealer().batch().seal(b"new", **PLACE)
        assert new[1:9].hex() == fresh
        assert [after.opener().open(item, **PLACE) for item in (old, new)] == [b"old", b"new"]

    def test_a_process_that_runs_on_opens_what_is_sealed_to_the_new_pair(self, folder: Path) -> None:
        running = Keys.load(folder).opener()
        renew(folder)
        assert running.open(Keys.load(folder).sealer().batch().seal(b"x", **PLACE), **PLACE) == b"x"

    def test_hashes_stay_so_that_nobody_becomes_a_stranger(self, folder: Path) -> None:
        before = Keys.load(folder).hasher().login_hash("ann")
        renew(folder)
        assert Keys.load(folder).hasher().login_hash("ann") == before

    def test_it_is_refused_where_the_present_private_half_is_lost(self, folder: Path) -> None:
        next(folder.glob("house-*.key")).unlink()
        with pytest.raises(KeysMissing):
            renew(folder)


class TestWhatAProcessHolds:
    def test_a_receiving_process_reads_no_private_half(self, folder: Path) -> None:
        intake = Keys.load(folder, private=False)
        intake.sealer()
        assert intake.ids == []
        with pytest.raises(KeysMissing):
            intake.opener()

    def test_it_needs_only_the_public_half_and_the_hash_key(self, folder: Path, tmp_path: Path) -> None:
        given = tmp_path / "given"
        given.mkdir(mode=0o700)
        for name in ("house.pub", "hash.key"):
            (given / name).write_bytes((folder / name).read_bytes())
            (given / name).chmod(0o600)
        sealed = Keys.load(given).sealer().batch().seal(b"x", **PLACE)
        with pytest.raises(KeysMissing):
            Keys.load(given).opener()
        with pytest.raises(KeysMissing):
            Keys.load(given).service()
        assert Keys.load(folder).opener().open(sealed, **PLACE) == b"x"

    def test_no_key_shows_in_a_repr(self, folder: Path) -> None:
        keys = Keys.load(folder)
        shown = repr([keys, keys.sealer(), keys.opener(), keys.service()])
        assert not any(path.read_text().strip() in shown for path in folder.glob("*.key"))


def test_processes_that_start_at_once_seal_to_one_key(tmp_path: Path) -> None:
    seen: list[str] = []
    starts = [
        threading.Thread(target=lambda: seen.append(Keys.load_or_make(tmp_path / "keys").key_id))
        for _ in range(8)
    ]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert len(seen) == 8
    assert len(set(seen)) == 1


def test_an_item_sealed_elsewhere_does_not_open_here(folder: Path, tmp_path: Path) -> None:
    other = Keys.load_or_make(tmp_path / "other")
    with pytest.raises(CannotOpen):
        Keys.load(folder).opener().open(other.sealer().batch().seal(b"x", **PLACE), **PLACE)
