"""The daemon as the scripts see it: started, killed, and spoken to line by line. Standard library only."""

import base64
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARY = os.environ.get("ILK_BINARY") or str(ROOT / ".build/release/ilk")


class Refused(Exception):
    """The daemon answered with an error."""

    def __init__(self, method, error):
        super().__init__(f"{method}: {error.get('message')}")
        self.code = error.get("data", {}).get("code")


class Wire:
    """One connection."""

    def __init__(self, path, timeout=60):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.socket.connect(path)
        self.received = b""
        self.last_id = 0

    def send(self, data):
        self.socket.sendall(data)

    def line(self):
        """The next line without its end; None where the daemon is gone."""
        while b"\n" not in self.received:
            try:
                data = self.socket.recv(1 << 20)
            except ConnectionResetError:
                data = b""
            if not data:
                return None
            self.received += data
        line, self.received = self.received.split(b"\n", 1)
        return line

    def request(self, method, **params):
        """Sends a request; returns its id."""
        self.last_id += 1
        self.send(json.dumps({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params}).encode() + b"\n")
        return self.last_id

    def call(self, method, **params):
        """The result of a method.

        Raises Refused for an error reply and ConnectionError where the daemon is gone.
        """
        number = self.request(method, **params)
        while True:
            line = self.line()
            if line is None:
                raise ConnectionError(f"{method}: the daemon is gone")
            reply = json.loads(line)
            if reply.get("id") == number and "method" not in reply:  # not a notification
                if "error" in reply:
                    raise Refused(method, reply["error"])
                return reply["result"]

    def close(self):
        self.socket.close()


class Daemon:
    """`ilk serve` on a folder of its own below /tmp, which goes away with it."""

    def __init__(self, *arguments, start=True):
        if not os.access(BINARY, os.X_OK):
            raise SystemExit(f"{BINARY} is not there; run: make build")
        self.folder = Path(tempfile.mkdtemp(prefix="ilk-"))
        self.data, self.path, self.log = str(self.folder / "data"), str(self.folder / "socket"), self.folder / "log"
        self.arguments = arguments
        self.process = None
        if start:
            self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, patience=30):
        """Starts it and waits until it answers; returns the seconds that took."""
        began = time.monotonic()
        environment = os.environ | {"SWIFT_BACKTRACE": "enable=no"}
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--data", self.data, "--socket", self.path, *self.arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
        while time.monotonic() - began < patience:
            if self.process.poll() is not None:
                raise SystemExit(f"ilk serve ended with {self.process.returncode}:\n{self.log_end()}")
            try:
                wire = Wire(self.path, timeout=patience)
            except OSError:
                time.sleep(0.005)
                continue
            wire.call("ping")
            wire.close()
            return time.monotonic() - began
        raise SystemExit(f"ilk serve did not answer within {patience} s:\n{self.log_end()}")

    def log_end(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])

    def wait_until_ready(self, collection, patience=120):
        """Waits until the collection is loaded; returns its description."""
        began = time.monotonic()
        wire = self.connect()
        try:
            while True:
                description = wire.call("collection.describe", collection=collection)
                state = description["state"]
                if state == "ready":
                    return description
                if state == "quarantined" or time.monotonic() - began > patience:
                    raise SystemExit(f"{collection} is {description}:\n{self.log_end()}")
                time.sleep(0.005)
        finally:
            wire.close()

    def connect(self, timeout=60):
        return Wire(self.path, timeout)

    def kill(self):
        """kill -9, and waits until it is gone."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def terminate(self, patience=20):
        """SIGTERM; returns its exit status, or None if it had to be killed."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def encoded(vector):
    """A vector as the wire takes it in few bytes: base64 of little-endian f32."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
