"""A register by its address: streamed, limited, and every refusal in words (a server on loopback only)."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from portal.register.fetch import fetched
from portal.register.records import Refused

CONTENT = b'{"polozky": []}' * 1000


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/presun":
            self.send_response(302)
            self.send_header("Location", "/registr.json")
            self.end_headers()
            return
        if self.path == "/ven":
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()
            return
        if self.path == "/neni":
            self.send_error(404)
            return
        self.send_response(200)
        if self.path != "/bez-delky":
            cut = 10 if self.path == "/pulka" else 0
            self.send_header("Content-Length", str(len(CONTENT) + cut))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, *_: object) -> None:
        """Tests keep quiet."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()


@pytest.mark.parametrize("path", ["/registr.json", "/presun", "/bez-delky"])
def test_a_file_comes_with_its_size_and_checksum(server: str, path: str) -> None:
    with fetched(server + path) as file:
        assert file.file.read() == CONTENT
        assert (file.size, file.checksum) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


@pytest.mark.parametrize(
    ("path", "words"),
    [("/neni", "chybou 404"), ("/pulka", "zčásti"), ("/ven", "chybou 302")],
)
def test_what_cannot_be_had_is_refused(server: str, path: str, words: str) -> None:
    with pytest.raises(Refused, match=words), fetched(server + path):
        pass


@pytest.mark.parametrize("path", ["/registr.json", "/bez-delky"])
def test_a_file_too_large_is_refused(server: str, path: str) -> None:
    with pytest.raises(Refused, match=r"velk|větší"), fetched(server + path, largest=1000):
        pass


def test_a_server_that_does_not_answer_is_told() -> None:
    with pytest.raises(Refused, match="nepodařilo stáhnout"), fetched("http://127.0.0.1:1/x"):
        pass


def test_a_file_of_this_machine_has_the_same_limit(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(CONTENT)
    with fetched(str(tmp_path / "a")) as file:
        assert file.name == "a"
    with pytest.raises(Refused), fetched(str(tmp_path / "a"), largest=10):
        pass
