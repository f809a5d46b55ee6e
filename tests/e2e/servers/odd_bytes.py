"""A definition whose bytes must be kept: blanks, escapes, a repeated member, odd numbers."""
from mcp_server import Server

DEFINITION = (rb'{ "name" : "odd\u0020name", "description":"a\/b \u202e \ud800 \"q\"", "inputSchema":'
              rb'{"type":"object","maximum":1.0E+2,"x":1,"x":2,"properties":{}} }')


class Odd(Server):
    def list_tools(self, request):
        self.write(b'{"jsonrpc":"2.0","id":%d,"result":{"tools":[%s]}}\n' % (request["id"], DEFINITION))


if __name__ == "__main__":
    Odd().run()
