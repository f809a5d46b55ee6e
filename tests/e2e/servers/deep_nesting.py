"""An answer that is nested 100,000 deep."""
from mcp_server import Server


class Deep(Server):
    def list_tools(self, request):
        depth = 100_000
        self.write(b'{"jsonrpc":"2.0","id":%d,"result":{"tools":[{"name":"a","inputSchema":%s%s}]}}\n'
                   % (request["id"], b'{"a":' * depth + b"1", b"}" * depth))


Deep().run()
