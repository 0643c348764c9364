"""Two functions with Python's standard library: "greet" is forwarded, "total" gets a payload because it has no http output."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = urlsplit(self.path).path
        if path.startswith("/api/greet/"):
            self.answer("text/plain; charset=utf-8", f"Hello, {unquote(path.rsplit('/', 1)[1])}!\n")
        else:
            # The host asks for "/" until the program answers; any status will do.
            self.send_error(404)

    def do_POST(self):
        payload = json.loads(self.body())
        numbers = json.loads(payload["Data"]["req"]["Body"])
        reply = {"ReturnValue": {"total": sum(numbers)}, "Logs": [f"added {len(numbers)} numbers"]}
        self.answer("application/json", json.dumps(reply))

    def body(self):
        """The host sends payloads with a length or in chunks, and http.server leaves the chunks to us."""
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"]))
        whole = b""
        while size := int(self.rfile.readline(), 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole

    def answer(self, content_type, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """The host logs requests itself."""


ThreadingHTTPServer(("127.0.0.1", int(os.environ["FUNCTIONS_CUSTOMHANDLER_PORT"])), Handler).serve_forever()
