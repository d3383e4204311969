"""The yardstick for letters: aiosmtplib sends finished letters over one connection, nothing is remembered.

Reads {"folder"} as a line of JSON and sends every letter of the folder.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from email import message_from_bytes
from pathlib import Path

from aiosmtplib import SMTP


def main(host: str, port: int) -> None:
    while line := sys.stdin.readline():
        letters = [path.read_bytes() for path in sorted(Path(json.loads(line)["folder"]).glob("*.eml"))]
        addressed = [(str(message_from_bytes(letter)["To"]), letter) for letter in letters]
        print(json.dumps({"read": len(letters)}), flush=True)
        asyncio.run(send(host, port, addressed))


async def send(host: str, port: int, addressed: Sequence[tuple[str, bytes]]) -> None:
    async with SMTP(hostname=host, port=port, start_tls=False) as client:
        for to, letter in addressed:
            await client.sendmail("anketa@example.org", [to], letter)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
