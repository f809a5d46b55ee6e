"""A next page after each page."""
from mcp_server import Server, tool


class Endless(Server):
    count = 0

    def list_tools(self, request):
        self.count += 1
        self.result(request, {"tools": [tool(f"t{self.count}")], "nextCursor": str(self.count)})


Endless().run()
