"""Ends in the middle of the lists."""
import os

from mcp_server import Server


class ExitInList(Server):
    prompts = []

    def list_tools(self, request):
        self.write(b'{"jsonrpc":"2.0","id":')
        os._exit(9)


ExitInList().run()
