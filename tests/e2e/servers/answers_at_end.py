"""Keeps its answers to calls until its input has ended, then gives them all and exits with argv[1]."""
import sys

from mcp_server import Server


class Late(Server):
    waiting = []

    def call_tool(self, request):
        self.waiting.append(request)

    def at_end(self):
        for request in self.waiting:
            super().call_tool(request)


Late().run()
sys.exit(int(sys.argv[1]))
