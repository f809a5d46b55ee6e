"""What soak_proxy.py talks to: answers fast, and misbehaves in named ways."""
import os
import sys

from mcp_server import Server, tool

NAMES = ("echo", "forbidden", "twice", "stray", "silent", "asks", "reports", "noisy")


class Soak(Server):
    version = str(os.getpid())   # who kills this server has to know it
    eras = ("legacy",)
    tools = [tool(name, "Gives back its input") for name in NAMES]

    def __init__(self):
        super().__init__()
        self.asked = {}

    def handle(self, request):
        if request.get("id") in self.asked and "method" not in request:
            return super().call_tool(self.asked.pop(request["id"]))
        return super().handle(request)

    def call_tool(self, request):
        name = request["params"]["name"]
        if name == "silent":
            return
        if name == "asks":
            number = request["id"]   # the same id on purpose: each side has its own
            self.asked[number] = request
            return self.send({"jsonrpc": "2.0", "id": number, "method": "roots/list"})
        if name == "stray":
            self.send({"jsonrpc": "2.0", "id": f"stray-{request['id']}", "result": {}})
        if name == "reports":
            for step in range(3):
                self.send({"jsonrpc": "2.0", "method": "notifications/progress",
                           "params": {"progressToken": request["id"], "progress": step}})
        if name == "noisy":
            self.write(b"a line of noise\n{\"level\":30}\n\n")
        super().call_tool(request)
        if name == "twice":
            super().call_tool(request)


soak = Soak()
try:
    soak.run()
except BrokenPipeError:
    sys.exit(1)
