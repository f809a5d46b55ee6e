"""A banner, colours, JSON logs, blank lines and carriage returns on standard output."""
import json

from mcp_server import Server


class Noisy(Server):
    def handle(self, request):
        self.write(b"\x1b[32mServer ready on stdio\x1b[0m\r\n\n")
        self.write(b'{"level":"info","message":"a request"}\n')
        self.write(b"{ level: 'debug' }\n[]\n42\n")
        self.send({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "x"}})
        self.send({"jsonrpc": "2.0", "id": 4711, "result": {}})
        super().handle(request)

    def send(self, message):
        self.write(json.dumps(message).encode() + b"\r\n")


Noisy().run()
