"""Modern, but of another revision."""
from mcp_server import Server


class TooNew(Server):
    def discover(self, request):
        self.error(request, -32022, "Unsupported protocol version", data={"supported": ["2030-01-01"]})


TooNew().run()
