"""The systemd unit: accepted by systemd, hardened, and its command starts the service."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy import DEPLOY
from tests.servers.daemon import free_port
from tests.servers.required import need

UNIT = (DEPLOY / "atsauce.service").read_text()
# The commands that this very installation offers, as the unit's /opt/atsauce/.venv does.
BIN = Path(sys.executable).parent


def section(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    current = ""
    for line in UNIT.splitlines():
        if line.startswith("["):
            current = line.strip("[]")
        elif current == name and "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


@pytest.mark.parametrize("key", ["ExecStart", "ExecStartPre"])
def test_the_commands_are_atsauce(key: str) -> None:
    (command,) = section("Service")[key]
    assert shlex.split(command)[0] == "/opt/atsauce/.venv/bin/atsauce"


def test_it_may_write_to_its_own_folder_only_and_starts_again_after_a_crash() -> None:
    service = section("Service")
    assert service["ProtectSystem"] == ["strict"]
    assert service["StateDirectory"] == ["atsauce"]
    assert service["DynamicUser"] == ["yes"]
    assert service["Restart"] == ["on-failure"]
    assert "ATSAUCE_DATA=/var/lib/atsauce" in service["Environment"][0].split()


def health_check(port: str) -> list[str]:
    """The container's HEALTHCHECK, asked of this port."""
    _, _, after = (DEPLOY / "Dockerfile").read_text().partition("HEALTHCHECK")
    _, *words = json.loads(after[after.index("[") : after.index("]") + 1])
    return [sys.executable, *(word.replace(":8080/", f":{port}/") for word in words)]


@pytest.mark.servers
def test_systemd_accepts_it(tmp_path: Path) -> None:
    need(None if shutil.which("systemd-analyze") else "no systemd-analyze here (Debian: systemd)")
    program = tmp_path / "atsauce"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "atsauce.service"
    unit.write_text(UNIT.replace("/opt/atsauce/.venv/bin/atsauce", str(program)))
    verified = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, timeout=60)
    ours = [line for line in verified.stderr.splitlines() if "atsauce.service" in line]
    assert (verified.returncode, ours) == (0, [])


def command(key: str) -> list[str]:
    """The unit's command, with this installation in the place of /opt/atsauce."""
    words = shlex.split(section("Service")[key][0])
    return [str(BIN / Path(words[0]).name), *words[1:]]


def test_the_unit_starts_the_service_and_stops_it(tmp_path: Path) -> None:
    """Telegram cannot be reached here: the service says so, tries again, and is ready all the same."""
    campaign = tmp_path / "campaign"
    subprocess.run([BIN / "atsauce", "campaign", "new", campaign], check=True, capture_output=True, timeout=60)
    settings = {
        "ATSAUCE_CAMPAIGN": str(campaign),
        "ATSAUCE_TELEGRAM_TOKEN": "1:token",
        "ATSAUCE_TELEGRAM_API_URL": f"http://127.0.0.1:{free_port()}",
        "PATH": os.environ["PATH"],
        "ATSAUCE_DATA": str(tmp_path),
        "ATSAUCE_WEB_PORT": str(free_port()),
        "ATSAUCE_MAIL_ADDRESS": "bot@example.test",
        "PYTHONUNBUFFERED": "1",
    }
    migrated = subprocess.run(
        command("ExecStartPre"), env=settings, cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert migrated.returncode == 0, migrated.stderr
    with subprocess.Popen(
        command("ExecStart"), env=settings, cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as service:
        assert service.stdout is not None
        try:
            assert any(re.search(r"\bready\b", line) for line in service.stdout)
            assert subprocess.run(health_check(settings["ATSAUCE_WEB_PORT"]), timeout=60).returncode == 0
            service.send_signal(signal.SIGTERM)
            assert service.wait(30) in (0, -signal.SIGTERM)
        finally:
            service.kill()
