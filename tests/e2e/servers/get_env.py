"""Tells its whole environment, as server-everything's get-env does; and says what it is told, where it is told to."""
import json
import os
import sys

from mcp_server import Server, tool


class GetEnv(Server):
    eras = ("legacy",)
    tools = [tool("get-env", "Returns all environment variables"), tool("say", "Says it on standard error, in an error, or in a notification")]

    def call_tool(self, request):
        name, arguments = request["params"]["name"], request["params"].get("arguments", {})
        if name == "get-env":
            return self.result(request, {"content": [{"type": "text", "text": json.dumps(dict(os.environ), indent=2)}],
                                         "structuredContent": dict(os.environ)})
        value = os.environ[arguments["variable"]]
        if arguments["where"] == "errors":
            sys.stderr.write(value[:5])
            sys.stderr.flush()
            sys.stderr.write(f"{value[5:]} was said\n")
            sys.stderr.flush()
        elif arguments["where"] == "error":
            return self.error(request, -32000, f"cannot use {value}", data={value: [value]})
        elif arguments["where"] == "notification":
            self.send({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": {"said": value}}})
        elif arguments["where"] == "raw":
            self.write(f"no message: {value}\n".encode())
        return self.result(request, {"content": []})


GetEnv().run()
