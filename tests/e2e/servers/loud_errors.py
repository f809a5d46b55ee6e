"""Writes a megabyte to standard error before each answer: more than a pipe holds."""
import sys

from mcp_server import Server


class Loud(Server):
    def handle(self, request):
        sys.stderr.write(("e" * 99 + "\n") * 10000)
        super().handle(request)


Loud().run()
