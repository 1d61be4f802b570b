"""Settings are read strictly, an unknown one is refused with a hint, and no secret is ever shown."""

import re
from pathlib import Path

import msgspec
import pytest

from flagstaff.kernel.settings import BadSettings, Secret, Settings, load


def test_without_anything_set_the_defaults_hold(tmp_path: Path) -> None:
    settings = load({"PATH": "/bin", "FLAGSTAFF_HOME": str(tmp_path)})
    assert settings == Settings(home=tmp_path)
    assert settings.keys_folder == tmp_path / "keys"
    assert settings.database_folder == tmp_path / "database"
    assert settings.keys_folder not in settings.database_folder.parents
    assert settings.address == "http://127.0.0.1:8000"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "flagstaff.toml"
    file.write_text('port = 9000\nhost = "0.0.0.0"\nworker = false\nwebhook_allow = ["127.0.0.1"]\n')
    settings = load({"FLAGSTAFF_CONFIG": str(file), "FLAGSTAFF_PORT": "9001"})
    assert (settings.port, settings.host, settings.worker) == (9001, "0.0.0.0", False)
    assert settings.webhook_allow == ("127.0.0.1",)
    assert load({}, file).port == 9000


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("FLAGSTAFF_PORT", "9000", "port", 9000),
        ("FLAGSTAFF_WORKER", "false", "worker", False),
        ("FLAGSTAFF_WORKER", "1", "worker", True),
        (
            "FLAGSTAFF_WEBHOOK_ALLOW",
            "127.0.0.1, shop.internal,",
            "webhook_allow",
            ("127.0.0.1", "shop.internal"),
        ),
        ("FLAGSTAFF_KEYS", "/safe/keys", "keys", Path("/safe/keys")),
        ("FLAGSTAFF_KEYS", "", "keys", None),
        ("FLAGSTAFF_DATABASE_URL", "postgresql://a:b@c/d", "database_url", Secret("postgresql://a:b@c/d")),
    ],
)
def test_texts_of_the_environment_become_values(variable: str, text: str, name: str, value: object) -> None:
    assert getattr(load({variable: text}), name) == value


@pytest.mark.parametrize(
    ("env", "said", "mend"),
    [
        ({"FLAGSTAFF_PROT": "1"}, "no setting 'prot'", "did you mean 'port'?"),
        ({"FLAGSTAFF_QUITE_OTHER_THING": "1"}, "no setting", "docs/reference/settings.md"),
        ({"FLAGSTAFF_PORT": "high"}, "'port' does not fit", "docs/reference/settings.md"),
        ({"FLAGSTAFF_PORT": "70000"}, "'port' does not fit", "docs/reference/settings.md"),
        ({"FLAGSTAFF_POOL_SIZE": "0"}, "'pool_size' does not fit", "docs/reference/settings.md"),
        ({"FLAGSTAFF_WORKER": "perhaps"}, "'worker' does not fit", "docs/reference/settings.md"),
    ],
)
def test_what_does_not_fit_is_refused_with_place_and_mend(env: dict[str, str], said: str, mend: str) -> None:
    with pytest.raises(BadSettings, match=re.escape(said)) as refused:
        load(env)
    assert refused.value.where == next(iter(env))
    assert mend in refused.value.mend


@pytest.mark.parametrize("text", ["port = ", "port = true", "prot = 1", "[port]"])
def test_a_file_out_of_order_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "flagstaff.toml"
    file.write_text(text)
    with pytest.raises(BadSettings) as refused:
        load({}, file)
    assert refused.value.where == str(file)


def test_a_missing_file_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as refused:
        load({"FLAGSTAFF_CONFIG": str(tmp_path / "none.toml")})
    assert "none.toml" in refused.value.where


def test_variables_of_the_tests_are_not_settings() -> None:
    assert load({"FLAGSTAFF_TEST_POSTGRES": "15"}) == Settings()


def test_no_secret_is_shown_by_repr_text_format_or_error(tmp_path: Path) -> None:
    settings = load({"FLAGSTAFF_DATABASE_URL": "postgresql://a:hunter2@c/d"})
    shown = f"{settings} {settings!r} {settings.database_url} {settings.database_url!r}"
    assert "hunter2" not in shown
    assert "Secret(…)" in shown
    file = tmp_path / "flagstaff.toml"
    file.write_text('database_url = ["hunter2"]')
    with pytest.raises(BadSettings) as refused:
        load({}, file)
    assert "hunter2" not in str(refused.value)


def test_every_setting_has_an_entry_in_the_reference() -> None:
    page = Path(__file__).parents[2].joinpath("docs", "reference", "settings.md").read_text(encoding="utf-8")
    described = re.findall(r"^## `(\w+)`", page, re.MULTILINE)
    assert described == [field.name for field in msgspec.structs.fields(Settings)]


def test_every_setting_is_read_by_the_house() -> None:
    source = Path(__file__).parents[2] / "src" / "flagstaff"
    own = (source / "kernel" / "settings.py").read_text(encoding="utf-8")
    used = "\n".join(path.read_text(encoding="utf-8") for path in source.rglob("*.py"))
    names = [field.name for field in msgspec.structs.fields(Settings)]
    assert [
        name for name in names if not re.search(rf"settings\.{name}\b", used) and f"self.{name}" not in own
    ] == []
