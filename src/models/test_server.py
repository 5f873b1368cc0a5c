"""The misbehaving file server of https_get_test and pull_test.

usage: test_server.py FOLDER [CERTIFICATE KEY]
Prints its port, then one line per request ("GET /path RANGE") until its standard input ends.
/files/NAME        the file, with ranges
/cut/NAME          the first request of a NAME breaks after half of what is left
/norange/NAME      the file, but never a range
/chunked/NAME      the file in chunks without a length
/wrong/NAME        as many bytes, but others
/long/NAME         one byte more
/stall/NAME        half of the file, then silence
/redirect/REST     302 to /REST
/loop              302 to itself
/plain/REST        302 to http://127.0.0.1:PORT/REST
"""
import http.server
import os
import ssl
import sys
import threading

cut = set()
gone = threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        print("GET", self.path, self.headers.get("Range", "-"), flush=True)
        self.close_connection = True
        _, mode, *rest = self.path.split("/")
        if mode in ("redirect", "loop", "plain"):
            target = {"redirect": "/", "loop": "/loop", "plain": f"http://127.0.0.1:{port}/"}[mode]
            self.send_response(302)
            self.send_header("Location", target + "/".join(rest))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        path = os.path.join(sys.argv[1], *rest)
        if not os.path.isfile(path):
            self.send_error(404)
            return
        with open(path, "rb") as file:
            content = file.read()
        if mode == "wrong":
            content = bytes(byte ^ 1 for byte in content)
        if mode == "long":
            content += b"!"
        start = 0
        if "Range" in self.headers and mode != "norange":
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        body = content[start:]
        if mode == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for at in range(0, len(body), 1000):
                piece = body[at : at + 1000]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")
            return
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if mode == "stall" or (mode == "cut" and self.path not in cut):
            cut.add(self.path)
            body = body[: len(body) // 2]
        self.wfile.write(body)
        self.wfile.flush()
        if mode == "stall":
            gone.wait()

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True)
port = server.server_address[1]
print(port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
gone.set()
