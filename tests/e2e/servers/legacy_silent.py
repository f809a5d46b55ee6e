"""Does not answer what it does not know, as some hand-written servers do; `initialize` it knows."""
from mcp_server import Server


class LegacySilent(Server):
    eras = ("legacy",)

    def error(self, request, code, message, **more):
        pass


LegacySilent().run()
