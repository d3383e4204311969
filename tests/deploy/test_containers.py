"""Dockerfile and compose.yaml: installed from the lock files, nobody privileged, read by compose itself."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.deploy import DEPLOY, ROOT
from tests.servers.required import need

DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
COMPOSE = (DEPLOY / "compose.yaml").read_text()


def test_the_image_installs_only_what_is_locked_with_hashes() -> None:
    installs = re.findall(r"pip install ([^\n\\&]+)", DOCKERFILE)
    assert installs
    for arguments in installs:
        if "--no-index" in arguments:
            assert "--no-deps" in arguments
            continue
        assert "--require-hashes" in arguments
        (lock,) = re.findall(r"-r (\S+)", arguments)
        assert "--hash=sha256:" in (ROOT / lock).read_text()


def test_the_build_lock_holds_what_the_package_is_built_with() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements/build.txt").read_text(), re.MULTILINE))
    assert {re.split(r"[<>=!~\[; ]", requirement)[0] for requirement in build} <= locked


def test_what_the_image_copies_exists_and_passes_the_ignore_file() -> None:
    allowed = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"}
    copied = [
        source for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE) for source in line.split()
    ]
    assert {source.rstrip("/") for source in copied} == allowed
    for source in allowed:
        assert (ROOT / source).exists(), source


def test_the_image_runs_the_service_as_an_ordinary_user_and_watches_it() -> None:
    assert re.search(r"^USER atsauce$", DOCKERFILE, re.MULTILINE)
    assert json.loads(re.findall(r"^CMD (.+)$", DOCKERFILE, re.MULTILINE)[-1]) == ["atsauce", "run"]
    assert "HEALTHCHECK" in DOCKERFILE


def test_images_are_named_without_a_registry_and_secrets_come_from_outside() -> None:
    images = re.findall(r"^ *image: (.+)$", COMPOSE, re.MULTILINE) + re.findall(
        r"^FROM (\S+)", DOCKERFILE, re.MULTILINE
    )
    assert set(images) == {"atsauce", "postgres:17", "caddy:2", "python:3.11-slim"}
    assert not re.search(r"\b[\w-]+(\.[\w-]+)+/", COMPOSE.replace("/var/lib/postgresql", ""))
    for value in re.findall(r"PASSWORD: (.+)$", COMPOSE, re.MULTILINE):
        assert value.startswith("${")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder deploy/ as an operator has it after filling in .env."""
    need(None if shutil.which("docker-compose") else "no docker-compose here (Debian: docker-compose)")
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    example = (DEPLOY / "env.example").read_text()
    (tmp_path / "deploy/.env").write_text(example.replace("#POSTGRES_PASSWORD=replace-me", "POSTGRES_PASSWORD=a1b2"))
    return tmp_path / "deploy"


def compose(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["docker-compose", "-f", "compose.yaml", *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=60)


@pytest.mark.servers
def test_compose_reads_the_file(project: Path) -> None:
    services = compose(project, "config", "--services").stdout.split()
    assert set(services) == {"database", "migrate", "atsauce", "proxy"}
    assert set(compose(project, "config", "--volumes").stdout.split()) == {"database", "data", "certificates"}


@pytest.mark.servers
def test_compose_fills_in_the_settings(project: Path) -> None:
    text = compose(project, "config").stdout
    assert text.count("postgresql://atsauce:a1b2@database:5432/atsauce") == 2
    assert "ATSAUCE_STAFF: anna@example.org,juris@example.org" in text
    assert "0.0.0.0" not in re.sub(r"ATSAUCE_WEB_HOST: 0\.0\.0\.0", "", text)


@pytest.mark.servers
def test_compose_refuses_to_start_without_a_password(project: Path) -> None:
    (project / ".env").write_text("")
    outcome = compose(project, "config")
    assert outcome.returncode != 0
    assert "set POSTGRES_PASSWORD in deploy/.env" in outcome.stderr


@pytest.mark.servers
def test_caddy_accepts_its_file() -> None:
    need(None if shutil.which("caddy") else "no Caddy here (Debian: caddy)")
    command = ["caddy", "validate", "--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile"]
    settings = os.environ | {"ATSAUCE_BASE_URL": "https://atsauce.example.org"}
    checked = subprocess.run(command, env=settings, capture_output=True, text=True, timeout=60)
    assert checked.returncode == 0, checked.stderr
