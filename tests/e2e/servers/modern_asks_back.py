"""Sends a request in the modern era, which no server may; an answer to it would break the rules as well."""
import sys

from mcp_server import Server, tool


class ModernAsksBack(Server):
    eras = ("modern",)

    def list_tools(self, request):
        self.send({"jsonrpc": "2.0", "id": 1, "method": "sampling/createMessage", "params": {}})
        self.result(request, {"tools": [tool("first")]})

    def handle(self, request):
        if "method" not in request:
            sys.exit("a modern client answered a request")
        super().handle(request)


ModernAsksBack().run()
