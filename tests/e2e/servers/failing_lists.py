"""Errors, wrong shapes and an unfinished result instead of lists."""
from mcp_server import Server


class Failing(Server):
    eras = ("modern",)
    prompts = []
    resources = []

    def list_tools(self, request):
        self.error(request, -32603, "boom\x1b[31m")

    def handle(self, request):
        self.modern = True
        if request.get("method") == "prompts/list":
            return self.result(request, {"prompts": {"not": "an array"}})
        if request.get("method") == "resources/list":
            return self.send({"jsonrpc": "2.0", "id": request["id"], "result": {"resultType": "input_required"}})
        return super().handle(request)


Failing().run()
