"""Writes a megabyte (or argv[1] lines of 100 bytes) to standard error before each answer: more than a pipe holds."""
import sys

from mcp_server import Server


LINES = int(sys.argv[1]) if len(sys.argv) > 1 else 10000


class Loud(Server):
    def handle(self, request):
        sys.stderr.write(("e" * 99 + "\n") * LINES)
        super().handle(request)


Loud().run()
