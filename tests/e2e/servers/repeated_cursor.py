"""The same cursor again and again."""
from mcp_server import Server, tool


class Repeated(Server):
    def list_tools(self, request):
        self.result(request, {"tools": [tool("t")], "nextCursor": "again"})


Repeated().run()
