"""Answers `tools/list` with a line that does not end."""
from mcp_server import Server


class HugeLine(Server):
    def list_tools(self, request):
        self.write(b'{"jsonrpc":"2.0","id":%d,"result":{"tools":[{"name":"' % request["id"])
        block = b"x" * (1 << 20)
        for _ in range(40):
            self.write(block)


try:
    HugeLine().run()
except BrokenPipeError:
    pass
