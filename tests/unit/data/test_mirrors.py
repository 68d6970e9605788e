import hashlib
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from aecluster.data.mirrors import download
from aecluster.errors import DataError

CONTENT = bytes(range(256)) * 4096  # 1 MiB
SHA256 = hashlib.sha256(CONTENT).hexdigest()
PATIENCE_S = 0.6
TRIAL_RANGE = "bytes=0-1048575"


class Mirror(BaseHTTPRequestHandler):
    """Serves CONTENT, well or badly, as the path says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asked_range = self.headers.get("Range")
        requests = self.server.trials if asked_range == TRIAL_RANGE else self.server.requests
        requests.append((self.path, asked_range))
        getattr(self, f"serve_{self.path.rpartition('/')[2]}")()

    def log_message(self, *_):
        pass

    def start_of_range(self):
        return int(self.headers.get("Range", "bytes=0-")[6:].partition("-")[0])

    def head(self, length, status=None, **headers):
        start = self.start_of_range()
        self.send_response(status or (206 if start else 200))
        if start and not status:
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def serve_good(self):
        rest = CONTENT[self.start_of_range() :]
        if not rest:
            self.head(0, status=416)
            return
        self.head(len(rest))
        self.wfile.write(rest)

    def serve_without_ranges(self):
        self.head(len(CONTENT), status=200)
        self.wfile.write(CONTENT)

    def serve_missing(self):
        self.head(0, status=404)

    def serve_busy(self):
        self.head(0, status=503, Retry_After="3600")

    def serve_busy_for_a_moment(self):
        """Is busy until it has been asked to download twice."""
        if len(self.server.requests) > 1:
            self.serve_good()
        else:
            self.head(0, status=503, Retry_After="0")

    def serve_page(self):
        """Sends a page in place of the file, as the gate of a hotel does."""
        page = b"<html>Please log in</html>"
        self.head(len(page), status=200)
        self.wfile.write(page)

    def serve_endless(self):
        """Sends other bytes than the file's, and goes on beyond its end."""
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        while not self.server.stopped.is_set():
            try:
                self.wfile.write(bytes(len(CONTENT)))
            except OSError:
                return

    def serve_without_length(self):
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        self.wfile.write(CONTENT)

    def serve_cut_without_length(self):
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        self.wfile.write(CONTENT[:300_000])

    def serve_moved(self):
        self.head(0, status=302, Location="/good")

    def serve_wrong(self):
        rest = bytes(len(CONTENT))[self.start_of_range() :]
        self.head(len(rest))
        self.wfile.write(rest)

    def serve_other_part(self):
        self.send_response(206)
        self.send_header("Content-Range", f"bytes 7-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.send_header("Content-Length", str(len(CONTENT) - 7))
        self.end_headers()
        self.wfile.write(CONTENT[7:])

    def serve_cut(self):
        """Breaks off after 300 kB each time."""
        rest = CONTENT[self.start_of_range() :]
        self.head(len(rest))
        self.wfile.write(rest[:300_000])
        self.close_connection = True

    def serve_cut_without_ranges(self):
        self.head(len(CONTENT), status=200)
        self.wfile.write(CONTENT[:300_000])
        self.close_connection = True

    def serve_stalled(self):
        rest = CONTENT[self.start_of_range() :]
        self.head(len(rest))
        self.wfile.write(rest[:500_000])
        self.server.stopped.wait()

    def serve_slow(self):
        """Sends 100 kB/s: slow, but not hopeless."""
        self.drip(5_000, 0.05)

    def serve_drip(self):
        """Sends a byte now and then, never silent for long."""
        self.drip(1, 0.1)

    def drip(self, n, pause_s):
        start = self.start_of_range()
        self.head(len(CONTENT) - start)
        for position in range(start, len(CONTENT), n):
            try:
                self.wfile.write(CONTENT[position : position + n])
            except OSError:
                return
            if self.server.stopped.wait(pause_s):
                return


class Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        """Pass over clients that leave, as they shall."""


@pytest.fixture
def server():
    server = Server(("127.0.0.1", 0), Mirror)
    server.requests, server.trials = [], []
    server.stopped = threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.stopped.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def out_path(tmp_path):
    return tmp_path / "resources" / "file.tar.gz"


def address(server, name):
    return f"http://127.0.0.1:{server.server_port}/{name}"


def fetch(server, out_path, *names):
    urls = [address(server, name) for name in names]
    download(out_path, urls=urls, sha256=SHA256, n_bytes=len(CONTENT), patience_s=PATIENCE_S)


def refusal(server, out_path, *names):
    with pytest.raises(DataError) as error:
        fetch(server, out_path, *names)

    assert not out_path.exists()
    assert "\n" not in str(error.value)
    return str(error.value)


def asked(server):
    return [path.strip("/") for path, _ in server.requests]


@pytest.mark.parametrize("name", ["good", "without_ranges", "without_length", "moved", "cut"])
def test_file_arrives_whole_and_read_only(server, out_path, name):
    fetch(server, out_path, name)

    assert out_path.read_bytes() == CONTENT
    assert stat.S_IMODE(out_path.stat().st_mode) == 0o444
    assert list(out_path.parent.iterdir()) == [out_path]


def test_file_that_is_there_is_neither_fetched_nor_touched(server, out_path):
    fetch(server, out_path, "good")
    before = out_path.stat()

    fetch(server, out_path, "good")

    assert len(server.requests) == 1
    assert out_path.stat() == before


@pytest.fixture
def without_trial(monkeypatch):
    """Let the mirrors be asked in the order in which they are named."""
    monkeypatch.setattr("aecluster.data.mirrors._rate", lambda url, at_most_s: 0.0)


@pytest.mark.usefixtures("without_trial")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing", "status 404"),
        ("busy", "status 503, asked to wait for 3600 s"),
        ("page", "sends 26 bytes, expected 1,048,576"),
        ("endless", "bytes, expected 1,048,576"),
        ("cut_without_length", "broke off after 300,000 bytes"),
        ("wrong", "sent a file with another checksum"),
        ("other_part", "sent another part"),
        ("cut_without_ranges", "broke off after 300,000 bytes"),
        ("stalled", "silent for 0.6 s"),
        ("drip", "only 0.0 kB/s"),
    ],
)
def test_mirror_that_does_not_deliver_is_left_and_named(server, out_path, name, reason):
    fetch(server, out_path, name, "good")

    assert out_path.read_bytes() == CONTENT
    assert asked(server)[-1] == "good"

    out_path.unlink()
    message = refusal(server, out_path, name)

    assert reason in message


@pytest.mark.usefixtures("without_trial")
def test_next_mirror_continues_what_the_last_has_sent(server, out_path):
    fetch(server, out_path, "stalled", "good")

    assert server.requests[-1] == ("/good", "bytes=500000-")
    assert out_path.read_bytes() == CONTENT


@pytest.mark.usefixtures("without_trial")
def test_next_run_continues_what_the_last_has_left(server, out_path):
    refusal(server, out_path, "stalled", "missing")

    fetch(server, out_path, "good")

    assert server.requests[-1] == ("/good", "bytes=500000-")


def test_wrong_bytes_of_one_mirror_do_not_spoil_the_next(server, out_path):
    out_path.parent.mkdir()
    out_path.with_name(f".partial-{out_path.name}").write_bytes(b"wrong" * 1000)

    fetch(server, out_path, "good")

    assert [asked_range for _, asked_range in server.requests] == ["bytes=5000-", None]
    assert out_path.read_bytes() == CONTENT


def test_wrong_file_under_the_final_name_is_replaced(server, out_path):
    out_path.parent.mkdir()
    out_path.write_bytes(CONTENT[:700_000])
    out_path.chmod(0o444)

    fetch(server, out_path, "good")

    assert server.requests == [("/good", "bytes=700000-")]
    assert out_path.read_bytes() == CONTENT


def test_complete_partial_file_is_taken(server, out_path):
    out_path.parent.mkdir()
    out_path.with_name(f".partial-{out_path.name}").write_bytes(CONTENT)

    fetch(server, out_path, "good")

    assert out_path.read_bytes() == CONTENT


def test_fastest_mirror_is_taken(server, out_path):
    fetch(server, out_path, "slow", "missing", "drip", "good")

    assert {path for path, _ in server.trials} == {"/slow", "/missing", "/drip", "/good"}
    assert asked(server) == ["good"]


@pytest.mark.usefixtures("without_trial")
def test_mirror_that_turns_out_slow_is_left_while_others_are_untried(server, out_path):
    fetch(server, out_path, "slow", "missing", "good")

    assert asked(server) == ["slow", "missing", "good"]


@pytest.mark.usefixtures("without_trial")
def test_slow_mirror_is_better_than_none(server, out_path):
    out_path.parent.mkdir()
    out_path.with_name(f".partial-{out_path.name}").write_bytes(CONTENT[:-150_000])

    fetch(server, out_path, "slow", "missing")

    assert asked(server) == ["slow", "missing", "slow"]
    assert out_path.read_bytes() == CONTENT


def test_mirror_that_asks_for_a_short_wait_is_asked_again(server, out_path):
    fetch(server, out_path, "busy_for_a_moment")

    assert asked(server) == ["busy_for_a_moment"] * 2
    assert out_path.read_bytes() == CONTENT


def test_message_says_what_to_fetch_by_hand(server, out_path):
    message = refusal(server, out_path, "busy", "missing")

    host = f"127.0.0.1:{server.server_port}"
    assert message == (
        f"{out_path}: no mirror delivered it ({host}: status 503, asked to wait for 3600 "
        f"s; {host}: status 404); fetch http://{host}/missing by hand, check that its sha256 is "
        f"{SHA256}, and put it there or name it as dataset.path"
    )


def test_host_that_is_not_there_is_named(out_path):
    with pytest.raises(DataError, match=r"127\.0\.0\.1:9: no connection \(ConnectionError\)"):
        download(out_path, urls=["http://127.0.0.1:9/x"], sha256=SHA256, n_bytes=1)


def test_killed_download_leaves_no_final_file_and_is_continued(server, out_path):
    code = (
        "import sys; from aecluster.data.mirrors import download; "
        "download(sys.argv[1], urls=[sys.argv[2]], sha256=sys.argv[3], n_bytes=2**20)"
    )
    killed = subprocess.Popen(
        [sys.executable, "-c", code, str(out_path), address(server, "stalled"), SHA256]
    )
    partial = out_path.with_name(f".partial-{out_path.name}")
    deadline = time.monotonic() + 60
    while not (partial.exists() and partial.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()

    assert not out_path.exists()
    n_had = partial.stat().st_size

    fetch(server, out_path, "good")

    assert server.requests[-1] == ("/good", f"bytes={n_had}-")
    assert out_path.read_bytes() == CONTENT


def test_proxy_of_the_environment_is_used(server, out_path, monkeypatch):
    monkeypatch.setitem(os.environ, "http_proxy", f"http://127.0.0.1:{server.server_port}")

    download(out_path, urls=["http://mirror.invalid/good"], sha256=SHA256, n_bytes=2**20)

    assert server.requests == [("http://mirror.invalid/good", None)]
