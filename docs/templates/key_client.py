"""An API client for a server or a script of yours that keeps its key out of what a model sees.

The key comes from the environment variable that `merlon proxy --secret` sets, is taken out of the environment at once (child
processes do not get it), is never part of an error text or of repr(), and goes to one host only, without redirects.
"""

import os
import urllib.error
import urllib.request


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would send the key to whom the server names."""

    def redirect_request(self, *_):
        return None


class Client:
    def __init__(self, base, variable):
        if not base.startswith("https://"):
            raise ValueError("the key goes over https only")
        self._base = base.rstrip("/")
        self._key = os.environ.pop(variable, "")
        if not self._key:
            raise ValueError(f"{variable} is not set: give it with `merlon proxy --secret {variable}=file:PATH`")
        self._opener = urllib.request.build_opener(NoRedirects)

    def __repr__(self):
        return f"Client({self._base!r})"

    def get(self, path):
        if "://" in path or ".." in path or not path.startswith("/"):
            raise ValueError("a path of this API begins with / and stays there")
        request = urllib.request.Request(self._base + path, headers={"Authorization": f"Bearer {self._key}"})
        try:
            with self._opener.open(request, timeout=20) as answer:
                return answer.read(1 << 20).decode("utf-8", "replace").replace(self._key, "[key]")
        except urllib.error.HTTPError as problem:
            # Bodies of errors like to quote the request.
            raise RuntimeError(f"the API answered {problem.code}") from None
