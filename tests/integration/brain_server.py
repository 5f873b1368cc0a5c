"""A language model's server that behaves as badly as it is told to."""
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class BrainServer:
    """Serves /v1/chat/completions; `mode` may be changed at any time.

    good, hang (no answer), drip (a word every 100 ms without end), flood (words without
    end or pause), cut (dies in mid-stream),
    garbage (200 with no event stream), nonsense (an event stream of broken JSON), or a status.
    """

    def __init__(self, mode="good"):
        self.mode = mode
        self.requests = []  # bodies
        self.disconnected = threading.Event()
        self.disconnected_at = None
        self._over = threading.Event()
        brain = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                brain.requests.append(json.loads(body))
                self.close_connection = True
                try:
                    brain._answer(self, brain.mode)
                except OSError:
                    brain.disconnected_at = time.monotonic()
                    brain.disconnected.set()

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler, mode):
        if isinstance(mode, int):
            body = json.dumps({"error": {"message": f"told to answer {mode}", "code": "x"}}).encode()
            handler.send_response(mode)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
            return
        if mode == "hang":
            handler.connection.settimeout(0.1)
            while not self._over.is_set():
                try:
                    if handler.connection.recv(1) == b"":
                        raise ConnectionResetError
                except TimeoutError:
                    pass
            return
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        if mode == "cut":
            handler.send_header("Transfer-Encoding", "chunked")
        handler.send_header("Connection", "close")
        handler.end_headers()
        if mode == "cut":
            event = self._event("The sky ")
            handler.wfile.write(b"%x\r\n" % len(event) + event + b"\r\n" + b"fff\r\ndata: {")
            handler.wfile.flush()
            time.sleep(0.2)  # the words arrive before the end
        elif mode == "garbage":
            handler.wfile.write(bytes(range(256)) * 16)
        elif mode == "nonsense":
            handler.wfile.write(b"data: {\"choices\": [\n\ndata: 7\n\n")
        elif mode == "flood":
            while not self._over.is_set():
                self._word(handler, "So it goes on. ")
        elif mode == "drip":
            while not self._over.is_set():
                self._word(handler, "word ")
                time.sleep(0.1)
        else:
            for word in ("The ", "sky ", "is ", "blue."):
                self._word(handler, word)
            handler.wfile.write(b"data: [DONE]\n\n")

    @staticmethod
    def _event(word):
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
                 "choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]}
        return f"data: {json.dumps(chunk)}\n\n".encode()

    def _word(self, handler, word):
        handler.wfile.write(self._event(word))
        handler.wfile.flush()
