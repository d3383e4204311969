"""`python -m intake.playground`: the servers and the page alone, for whoever wants to point a service at them."""

import asyncio
import json
import signal
import sys

from intake.playground import app


async def main() -> None:
    """Write one line of JSON (the page's address and the service's settings), then serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    playground = await app.start()
    try:
        sys.stdout.write(json.dumps({"page": playground.page_url, **playground.settings()}) + "\n")
        sys.stdout.flush()
        await stop.wait()
    finally:
        await playground.close()


if __name__ == "__main__":
    asyncio.run(main())
