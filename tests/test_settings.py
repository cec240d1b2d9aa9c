"""Where things are: the environment first, then .env, then the platform's own folder."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from workbench import settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an empty environment."""
    monkeypatch.chdir(tmp_path)
    for name in ("WORKBENCH_HOME", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_without_anything_it_is_the_platforms_folder_and_the_embedded_database() -> None:
    found = settings.read()
    assert found.home == Path(platformdirs.user_data_dir("workbench", appauthor=False))
    assert found.database_url is None
    assert found.catalog == found.home / "catalog"
    assert found.database == found.home / "postgres"


def test_a_dotenv_file_here_or_above_is_read(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere / ".env").write_text(f"DATABASE_URL=postgresql://u:p@h/d\nWORKBENCH_HOME={elsewhere}/lab\n")
    (elsewhere / "deep").mkdir()
    monkeypatch.chdir(elsewhere / "deep")
    assert settings.read() == settings.Settings(home=elsewhere / "lab", database_url="postgresql://u:p@h/d")


def test_the_environment_wins_over_the_file(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere / ".env").write_text("DATABASE_URL=postgresql://file/d\n")
    monkeypatch.setenv("DATABASE_URL", "postgresql://environment/d")
    assert settings.read().database_url == "postgresql://environment/d"


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    assert settings.read().database_url is None


def test_home_may_be_relative_and_begin_with_a_tilde(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", "my lab/ä")
    assert settings.read().home == elsewhere / "my lab" / "ä"
    monkeypatch.setenv("WORKBENCH_HOME", "~/lab")
    assert settings.read().home == Path("~/lab").expanduser()


def test_the_password_is_in_no_repr() -> None:
    assert "hunter2" not in repr(settings.Settings(home=Path("/x"), database_url="postgresql://u:hunter2@h/d"))
