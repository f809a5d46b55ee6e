"""Each answer starts with a byte order mark."""
from mcp_server import Server


class Bom(Server):
    def write(self, raw):
        super().write(b"\xef\xbb\xbf" + raw)


Bom().run()
