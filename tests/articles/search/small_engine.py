"""A small search engine over HTTP: what the site asks of OpenSearch and Elasticsearch, and nothing else."""

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

LOGIN = "Basic " + b64encode(b"eir:se/cret").decode()
Source = dict[str, Any]


@dataclass
class SmallEngine:
    """One index, as it is known at `address`; `status` answers everything once it is set."""

    address: str = ""
    mapping: Source | None = None
    rows: dict[str, Source] = field(default_factory=dict)
    status: int = 0

    def answer(self, method: str, path: str, body: str) -> tuple[int, Source]:
        match method, path:
            case "HEAD", "/stories":
                return (200 if self.mapping else 404), {}
            case "PUT", "/stories":
                self.mapping = json.loads(body)["mappings"]["properties"]
                return 200, {"acknowledged": True}
            case "DELETE", "/stories":
                status = 200 if self.mapping else 404
                self.mapping, self.rows = None, {}
                return status, {}
            case "POST", "/stories/_bulk":
                return 200, {"items": self._bulk(body)}
            case "POST", "/stories/_search":
                return (200, self._search(json.loads(body))) if self.mapping else (404, {})
        return 400, {"error": f"{method} {path}"}

    def _bulk(self, body: str) -> list[Source]:
        lines = iter(body.splitlines())
        items = []
        for line in lines:
            ((action, about),) = json.loads(line).items()
            if action == "index":
                row = json.loads(next(lines))
                assert self.mapping is not None
                assert {*row} == {*self.mapping}  # the mapping is strict
                self.rows[about["_id"]] = row
                items.append({action: {"status": 201}})
            else:
                gone = self.rows.pop(about["_id"], None)
                items.append({action: {"status": 200 if gone else 404}})
        return items

    def _search(self, asked: Source) -> Source:
        assert asked["sort"] == [{"_score": "desc"}, {"position": "desc"}]
        found = [(score(row, asked["query"]), row) for row in self.rows.values()]
        best = sorted(
            ((weight, row) for weight, row in found if weight is not None),
            key=lambda each: (-each[0], -each[1]["position"]),
        )
        hits = [
            {"_score": weight, "_source": {name: row[name] for name in asked["_source"]}}
            for weight, row in best
        ]
        return {"hits": {"hits": hits[: asked["size"]]}}


def score(row: Source, query: Source) -> float | None:
    """How well a row answers a query; None if it does not."""
    ((kind, about),) = query.items()
    match kind:
        case "bool":
            must = [score(row, each) for each in about.get("must", [])]
            others = [score(row, each) for each in about.get("filter", [])]
            barred = [score(row, each) for each in about.get("must_not", [])]
            if None in must or None in others or any(each is not None for each in barred):
                return None
            return sum(filter(None, must))
        case "dis_max":
            return max(filter(None, (score(row, each) for each in about["queries"])), default=None)
        case "constant_score":
            return None if score(row, about["filter"]) is None else about["boost"]
        case "range":
            ((name, bounds),) = about.items()
            return 0.0 if bounds["gte"] <= row[name] < bounds["lt"] else None
        case "term" | "match" | "match_phrase":
            ((name, value),) = about.items()
            return 0.0 if holds(row[name], kind, value) else None
    raise AssertionError(f"A query the site does not use: {kind}")


def holds(stored: str | list[str], kind: str, value: Any) -> bool:
    texts = [stored] if isinstance(stored, str) else stored
    if kind == "match_phrase":
        return any(f" {value} " in f" {text} " for text in texts)
    words = {word for text in texts for word in text.split()}
    if kind == "term":
        return value in words
    assert value["fuzziness"] == "AUTO"
    allowed = (0, 1, 2)[(len(value["query"]) > 2) + (len(value["query"]) > 5)]
    return any(distance(word, value["query"]) <= allowed for word in words)


def distance(one: str, other: str) -> int:
    """How many letters have to change (Levenshtein)."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        above, row[0] = row[0], number
        for column, wanted in enumerate(other, 1):
            above, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, above + (letter != wanted)),
            )
    return row[-1]


@contextmanager
def running_engine() -> Iterator[SmallEngine]:
    """The engine on a free port; its address holds a login."""
    engine = SmallEngine()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            status, answer = engine.answer(self.command, self.path, body)
            if self.headers["Authorization"] != LOGIN:
                status, answer = 401, {}
            sent = json.dumps(answer).encode()
            self.send_response(engine.status or status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(sent)

        do_HEAD = do_PUT = do_POST = do_DELETE = _handle  # noqa: N815 (the names the library calls)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    engine.address = f"http://eir:se%2Fcret@127.0.0.1:{server.server_port}/stories"
    try:
        yield engine
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
