"""Receives the webhooks of a server, and prints what is new in the streams.

It needs Python 3.9 or newer, and the package cryptography, because the standard library does not verify Ed25519:

    python3 examples/webhook/receiver.py http://localhost:4437/v1/stream/ 4440
"""

import base64
import json
import re
import sys
import threading
import time
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WINDOW_SECONDS = 300
BODY_BYTES_MAX = 4 << 20
SIGNATURE = re.compile(r"t=([0-9]{1,15}),kid=([^,]{1,128}),ed25519=([A-Za-z0-9_-]{86})")


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Keys:
    """The public keys of a server: requested again after five minutes, and for an unknown key, at most every ten seconds."""

    def __init__(self, root):
        self.url = root + "__ds/jwks.json"
        self.keys = {}
        self.requested_at = None
        self.lock = threading.Lock()

    def get(self, kid):
        with self.lock:
            age = float("inf") if self.requested_at is None else time.monotonic() - self.requested_at
            if age > 300 or (age > 10 and kid not in self.keys):
                self.requested_at = time.monotonic()
                try:
                    self.keys = self.request()
                except OSError as error:  # While the server does not answer, the known keys stay.
                    print(f"The keys cannot be read: {error}", file=sys.stderr)
            return self.keys.get(kid)

    def request(self):
        with urllib.request.urlopen(self.url, timeout=10) as response:
            keys = json.load(response)["keys"]
        return {
            key["kid"]: Ed25519PublicKey.from_public_bytes(decoded(key["x"]))
            for key in keys
            if key["kty"] == "OKP" and key["crv"] == "Ed25519"
        }


def is_signed(keys, header, body):
    """Whether the server of the keys has signed a body, within the last minutes."""
    match = SIGNATURE.fullmatch(header or "")
    if not match or abs(time.time() - int(match[1])) > WINDOW_SECONDS:
        return False
    key = keys.get(match[2])
    if key is None:
        return False
    try:
        key.verify(decoded(match[3]), match[1].encode() + b"." + body)
        return True
    except InvalidSignature:
        return False


def print_new(root, link):
    """What is appended while it prints may come again with the next wake."""
    offset = link["acked_offset"]
    while True:
        url = root + urllib.parse.quote(link["path"]) + "?offset=" + urllib.parse.quote(offset)
        with urllib.request.urlopen(url, timeout=30) as response:
            print(link["path"], response.read().decode(), flush=True)
            offset = response.headers["Stream-Next-Offset"]
            if response.headers["Stream-Up-To-Date"] == "true":
                return


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        if length > BODY_BYTES_MAX:
            self.answer(413)
            return
        body = self.rfile.read(length)
        if not is_signed(self.server.keys, self.headers.get("Webhook-Signature"), body):
            self.answer(401)
            return
        try:
            for link in json.loads(body)["streams"]:
                print_new(self.server.root, link)
        except OSError as error:
            print(error, file=sys.stderr)
            self.answer(500)  # The server sends the wake again.
            return
        self.answer(200, b'{"done":true}')
        self.server.received()

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, root, port, count):
        super().__init__(("127.0.0.1", port), Receiver)
        self.root = root
        self.keys = Keys(root)
        self.left = count

    def received(self):
        if self.left is not None:
            self.left -= 1
            if self.left == 0:
                threading.Thread(target=self.shutdown).start()


if len(sys.argv) < 3:
    sys.exit("usage: receiver.py URL PORT [COUNT], such as http://localhost:4437/v1/stream/ 4440")
with Server(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else None) as server:
    print(f"Receiving at http://127.0.0.1:{server.server_address[1]}/", flush=True)
    server.serve_forever()
