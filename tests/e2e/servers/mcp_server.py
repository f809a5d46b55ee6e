"""A small MCP server over stdio for tests, in both eras. Misbehaving servers override parts of it.

Python standard library only. A server of this folder is a program: `python3 servers/NAME.py`.
"""
import json
import sys

MODERN = "2026-07-28"
LEGACY = "2025-11-25"
META = "io.modelcontextprotocol/"


def tool(name, description="", **more):
    return {"name": name, "description": description, "inputSchema": {"type": "object"}, **more}


class Server:
    """Answers requests line by line. `eras` says which it speaks."""

    name = "fixture"
    version = "1.0.0"
    eras = ("modern", "legacy")
    instructions = None
    tools = [tool("echo", "Gives back its input")]
    legacy_tools = None      # None: as `tools`
    prompts = None           # None: the capability is not announced
    resources = None
    templates = None

    def __init__(self):
        self.out = sys.stdout.buffer
        self.modern = None   # the era of the request that is being answered

    # ---- output ----

    def write(self, raw):
        self.out.write(raw)
        self.out.flush()

    def send(self, message):
        self.write(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n")

    def result(self, request, result):
        if self.modern:
            result = {"resultType": "complete", **result,
                      "_meta": {META + "serverInfo": {"name": self.name, "version": self.version}}}
        self.send({"jsonrpc": "2.0", "id": request["id"], "result": result})

    def error(self, request, code, message, **more):
        self.send({"jsonrpc": "2.0", "id": request["id"], "error": {"code": code, "message": message, **more}})

    # ---- requests ----

    def capabilities(self):
        found = {}
        for key, value in (("tools", self.tools), ("prompts", self.prompts), ("resources", self.resources)):
            if value is not None:
                found[key] = {}
        return found

    def discover(self, request):
        self.result(request, {"supportedVersions": [MODERN], "capabilities": self.capabilities(),
                              **({"instructions": self.instructions} if self.instructions else {})})

    def initialize(self, request):
        self.result(request, {"protocolVersion": LEGACY, "capabilities": self.capabilities(),
                              "serverInfo": {"name": self.name, "version": self.version},
                              **({"instructions": self.instructions} if self.instructions else {})})

    def list_tools(self, request):
        tools = self.tools if self.modern or self.legacy_tools is None else self.legacy_tools
        self.result(request, {"tools": tools})

    def call_tool(self, request):
        text = json.dumps(request["params"].get("arguments", {}), ensure_ascii=False)
        self.result(request, {"content": [{"type": "text", "text": text}]})

    def handle(self, request):
        method = request.get("method")
        if method is None or "id" not in request:
            return
        meta = request.get("params", {}).get("_meta", {})
        self.modern = META + "protocolVersion" in meta
        era = "modern" if self.modern else "legacy"
        if era not in self.eras:
            if self.modern:
                return self.error(request, -32601, "Method not found")
            return self.error(request, -32022, "Unsupported protocol version", data={"supported": [MODERN]})
        if self.modern and META + "clientCapabilities" not in meta:
            return self.error(request, -32602, "clientCapabilities are missing")
        if method == "server/discover":
            return self.discover(request)
        if method == "initialize":
            return self.initialize(request)
        if method == "tools/list":
            return self.list_tools(request)
        if method == "tools/call":
            return self.call_tool(request)
        if method == "prompts/list" and self.prompts is not None:
            return self.result(request, {"prompts": self.prompts})
        if method == "resources/list" and self.resources is not None:
            return self.result(request, {"resources": self.resources})
        if method == "resources/templates/list" and self.templates is not None:
            return self.result(request, {"resourceTemplates": self.templates})
        return self.error(request, -32601, "Method not found")

    def at_end(self):
        """The client has closed our input."""

    def run(self):
        for line in sys.stdin.buffer:
            self.handle(json.loads(line))
        self.at_end()
