"""Reads nothing for a while, as a first `npx` does; then it is a modern server."""
import sys
import time

from mcp_server import Server


class Slow(Server):
    pass


time.sleep(float(sys.argv[1]))
Slow().run()
