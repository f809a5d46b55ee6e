"""Two lists of tools in one result: most clients take the last, others the first."""
from mcp_server import Server


class Duplicate(Server):
    def list_tools(self, request):
        self.write(b'{"jsonrpc":"2.0","id":%d,"result":{"tools":[],"tools":[{"name":"hidden"}]}}\n' % request["id"])


Duplicate().run()
