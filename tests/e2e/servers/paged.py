"""Three pages of tools."""
from mcp_server import Server, tool


class Paged(Server):
    def list_tools(self, request):
        page = int(request["params"].get("cursor", "\u00e4\"0")[2:])
        more = {"nextCursor": f"\u00e4\"{page + 1}"} if page < 2 else {}
        self.result(request, {"tools": [tool(f"t{page}")], **more})


Paged().run()
