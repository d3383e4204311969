"""The yardstick for letters: aiosmtplib sends finished letters over one connection, nothing is remembered.

Reads {"folder"} as a line of JSON and sends every letter of the folder.
"""

from __future__ import annotations

import asyncio
import json
import sys
from email import message_from_bytes
from pathlib import Path

from aiosmtplib import SMTP


async def main(host: str, port: int) -> None:
    while line := sys.stdin.readline():
        letters = [path.read_bytes() for path in sorted(Path(json.loads(line)["folder"]).glob("*.eml"))]
        addressed = [(str(message_from_bytes(letter)["To"]), letter) for letter in letters]
        print(json.dumps({"read": len(letters)}), flush=True)
        async with SMTP(hostname=host, port=port, start_tls=False) as client:
            for to, letter in addressed:
                await client.sendmail("anketa@example.org", [to], letter)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
