"""backup.sh: a consistent copy while others write, restorable, only the newest kept."""

import os
import shutil
import sqlite3
import subprocess
import tarfile
from pathlib import Path

import psycopg
import pytest

from tests.deploy import DEPLOY
from tests.servers import postgres
from tests.servers.required import need


def back_up(target: Path, settings: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ATSAUCE_")}
    return subprocess.run(
        [DEPLOY / "backup.sh", target, settings],
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """A file of settings whose data folder holds a database in use and a secret."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "secret").write_text("tops-ecret")
    (data / "attachments").mkdir()
    (data / "attachments" / "ab12").write_bytes(b"a file")
    database = sqlite3.connect(data / "atsauce.db")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("CREATE TABLE numbers (n INTEGER)")
    database.execute("INSERT INTO numbers VALUES (1)")
    database.commit()
    database.close()
    file = tmp_path / "env"
    file.write_text(
        f'# settings\nATSAUCE_DATA="{data}"\nATSAUCE_SMTP_URL=smtp://a:$(touch {tmp_path}/run)@example.org\n'
    )
    return file


def test_sqlite_is_copied_while_a_transaction_is_open(tmp_path: Path, settings: Path) -> None:
    writer = sqlite3.connect(tmp_path / "data/atsauce.db")
    writer.execute("INSERT INTO numbers VALUES (2)")
    outcome = back_up(tmp_path / "backups", settings)
    writer.rollback()
    writer.close()
    assert outcome.returncode == 0, outcome.stderr
    (copy,) = (tmp_path / "backups").glob("atsauce-*.db")
    assert outcome.stdout.strip() == str(copy)
    with sqlite3.connect(copy) as restored:
        assert restored.execute("SELECT n FROM numbers").fetchall() == [(1,)]
    restored.close()
    assert copy.with_suffix(".secret").read_text() == "tops-ecret"
    with tarfile.open(copy.with_suffix(".files.tar")) as files:
        assert files.getnames() == ["attachments", "attachments/ab12"]
    assert copy.stat().st_mode & 0o077 == 0
    assert not (tmp_path / "run").exists(), "the settings were run instead of read"


def test_only_the_newest_are_kept(tmp_path: Path, settings: Path) -> None:
    backups = tmp_path / "backups"
    backups.mkdir()
    for day in ("01", "02", "03"):
        (backups / f"atsauce-202601{day}T000000Z.db").touch()
        (backups / f"atsauce-202601{day}T000000Z.secret").touch()
        (backups / f"atsauce-202601{day}T000000Z.files.tar").touch()
    (backups / "notes.txt").touch()
    assert back_up(backups, settings, ATSAUCE_BACKUPS="2").returncode == 0
    names = sorted(path.name for path in backups.iterdir())
    assert names[:3] == [f"atsauce-20260103T000000Z.{kind}" for kind in ("db", "files.tar", "secret")]
    assert len(names) == 7


def test_a_missing_database_is_an_error_and_leaves_no_backup(tmp_path: Path, settings: Path) -> None:
    outcome = back_up(tmp_path / "backups", settings, ATSAUCE_DATABASE_URL=f"sqlite:///{tmp_path}/absent.db")
    assert outcome.returncode != 0
    assert not list((tmp_path / "backups").glob("*.db"))


@pytest.mark.servers
def test_postgresql_is_dumped_and_restored(tmp_path: Path, settings: Path, postgres_cluster: postgres.Cluster) -> None:
    need(None if shutil.which("pg_dump") else "no pg_dump here (Debian: postgresql-client)")
    url, empty = postgres_cluster.database(), postgres_cluster.database()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE numbers AS SELECT generate_series(1, 3) AS n")
    outcome = back_up(tmp_path / "backups", settings, ATSAUCE_DATABASE_URL=url)
    assert outcome.returncode == 0, outcome.stderr
    dump = outcome.stdout.strip()
    subprocess.run(["pg_restore", "--no-owner", f"--dbname={empty}", dump], check=True, timeout=60)
    with psycopg.connect(empty) as connection:
        assert connection.execute("SELECT sum(n) FROM numbers").fetchone() == (6,)


def test_the_scripts_pass_shellcheck() -> None:
    need(None if shutil.which("shellcheck") else "no shellcheck here (Debian: shellcheck)")
    scripts = [DEPLOY / "backup.sh", DEPLOY.parent / ".ci/run"]
    checked = subprocess.run(["shellcheck", *scripts], capture_output=True, text=True, timeout=60)
    assert checked.stdout == ""
