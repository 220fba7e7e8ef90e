"""The index in OpenSearch or Elasticsearch, which answer the few requests used here alike.

Fields hold our own words, so that all engines find the same; phrases are the engine's own, and so is the
tolerance of typing errors. What weighs is only where the words stand, never how rare they are: that would be
counted over paid text too.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import urllib3

from articles.search.documents import Document, id_bounds
from articles.search.engines import ANYWHERE, AROUND, HEADLINE, Hit, Question, SearchUnavailable
from articles.search.typed import Wanted
from articles.search.words import Words

TIMEOUT: Final = urllib3.Timeout(connect=2, read=10)
FIELDS: Final = {"headline": HEADLINE, "around": AROUND, "text": ANYWHERE}
WORDS: Final = {"type": "text", "analyzer": "whitespace", "position_increment_gap": 100}
MAPPING: Final = {
    "mappings": {
        "dynamic": "strict",
        "properties": {
            "story": {"type": "long", "index": False},
            "position": {"type": "long"},
            "facets": {"type": "keyword"},
            **dict.fromkeys(FIELDS, WORDS),
        },
    }
}


class RemoteEngine:
    """An index at `address`: https://user:password@host:9200/stories."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._index = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
        self._headers = {"Content-Type": "application/json"}
        if parts.username:
            login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers |= urllib3.make_headers(basic_auth=login)
        self._pool = urllib3.PoolManager(timeout=TIMEOUT, retries=False)

    def put(self, documents: Sequence[Document]) -> None:
        self._make_sure_of_index()
        lines = ((_action("index", each.id), _fields(each)) for each in documents)
        self._bulk(line for pair in lines for line in pair)

    def drop(self, ids: Sequence[int]) -> None:
        self._make_sure_of_index()
        self._bulk(_action("delete", id) for id in ids)

    def clear(self) -> None:
        self._ask("DELETE", "", allowed=(404,))
        self._make_sure_of_index()

    def find(self, question: Question, *, limit: int) -> list[Hit]:
        asked = {
            "query": _query(question),
            "size": limit,
            "sort": [{"_score": "desc"}, {"position": "desc"}],
            "track_scores": True,
            "track_total_hits": False,
            "_source": ["story", "position"],
        }
        answer = self._ask("POST", "/_search", asked, allowed=(404,))
        found = answer.get("hits", {}).get("hits", [])
        return [Hit(hit["_source"]["position"], hit["_source"]["story"], hit["_score"]) for hit in found]

    def _make_sure_of_index(self) -> None:
        """Create it if there is none: left to itself, the engine would guess at its fields."""
        if self._request("HEAD", "").status == 404:
            self._ask("PUT", "", MAPPING, allowed=(400,))  # 400: another worker was quicker

    def _bulk(self, lines: Iterable[dict[str, Any]]) -> None:
        body = "".join(f"{json.dumps(line)}\n" for line in lines)
        if not body:
            return
        answer = self._read(self._request("POST", "/_bulk", body), allowed=())
        for item in answer.get("items", []):
            for result in item.values():
                if "error" in result:
                    raise SearchUnavailable(f"The search engine refused a story: {result['error']}")

    def _ask(
        self, method: str, path: str, body: object = None, *, allowed: Sequence[int] = ()
    ) -> dict[str, Any]:
        sent = None if body is None else json.dumps(body)
        return self._read(self._request(method, path, sent), allowed=allowed)

    def _request(self, method: str, path: str, body: str | None = None) -> urllib3.BaseHTTPResponse:
        try:
            return self._pool.request(
                method, f"{self._index}{path}", headers=self._headers, body=body and body.encode()
            )
        except urllib3.exceptions.HTTPError as error:
            raise SearchUnavailable(f"The search engine does not answer: {error}") from error

    def _read(self, answer: urllib3.BaseHTTPResponse, *, allowed: Sequence[int]) -> dict[str, Any]:
        if answer.status >= 300 and answer.status not in allowed:
            raise SearchUnavailable(f"The search engine answered {answer.status}.")
        try:
            found = answer.json()
        except ValueError as error:
            raise SearchUnavailable("The search engine's answer makes no sense.") from error
        return found if isinstance(found, dict) else {}


def _action(name: str, id: int) -> dict[str, Any]:
    return {name: {"_id": str(id)}}


def _fields(document: Document) -> dict[str, Any]:
    top = [document.headline, *document.around]
    return {
        "story": document.story,
        "position": document.id,
        "facets": list(document.facets),
        "headline": " ".join(document.headline),
        "around": [" ".join(words) for words in top],
        "text": [" ".join(words) for words in (*top, document.text)],
    }


def _query(question: Question) -> dict[str, Any]:
    first, end = id_bounds(question.since, question.until)
    filters: list[dict[str, Any]] = [{"term": {"facets": facet}} for facet in question.facets]
    wanted = list(dict.fromkeys(question.wanted))
    return {
        "bool": {
            "filter": [*filters, {"range": {"position": {"gte": first, "lt": end}}}],
            "must": [{"dis_max": {"queries": [_wanted(each) for each in wanted]}}] if wanted else [],
        }
    }


def _wanted(wanted: Wanted) -> dict[str, Any]:
    """All terms in one field: the weight is that of the best field which holds them."""
    unwanted = [_term("text", words, is_exact=True) for words in wanted.unwanted]
    zones = [
        {
            "constant_score": {
                "filter": {"bool": {"filter": [_term(field, words) for words in wanted.terms]}},
                "boost": weight,
            }
        }
        for field, weight in FIELDS.items()
    ]
    return {"bool": {"must": [{"dis_max": {"queries": zones}}], "must_not": unwanted}}


def _term(field: str, words: Words, *, is_exact: bool = False) -> dict[str, Any]:
    text = " ".join(words)
    if len(words) > 1:
        return {"match_phrase": {field: text}}
    if is_exact:
        return {"term": {field: text}}
    return {"match": {field: {"query": text, "fuzziness": "AUTO"}}}
