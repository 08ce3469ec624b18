"""`python -m liner_async.testing`: the child of `FakeLinerProcess`, not meant for people."""

import asyncio
import sys

from liner_async.testing.child import serve_child

if __name__ == "__main__":  # pragma: no branch - run, never imported
    asyncio.run(
        serve_child(sys.stdin.readline(), parent=sys.stdin.fileno(), out=sys.stdout),
    )
