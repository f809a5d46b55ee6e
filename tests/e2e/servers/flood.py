"""Sends notifications without end."""
from mcp_server import Server


class Flood(Server):
    def list_tools(self, request):
        message = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"data": "x" * 60000}}
        while True:
            self.send(message)


try:
    Flood().run()
except BrokenPipeError:
    pass
