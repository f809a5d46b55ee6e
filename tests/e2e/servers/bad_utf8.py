"""An answer with a byte that is no UTF-8."""
from mcp_server import Server


class BadUtf8(Server):
    def list_tools(self, request):
        self.write(b'{"jsonrpc":"2.0","id":%d,"result":{"tools":[{"name":"a\xff","inputSchema":{}}]}}\n' % request["id"])


BadUtf8().run()
