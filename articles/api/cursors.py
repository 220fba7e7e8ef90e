"""Pages of a list by cursor: where the last page ended, not how many rows came before it.

So rows that appear or go between two requests neither repeat others nor hide them. A cursor is signed: it
holds for the list it came from, and nobody can make one up.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime

from articles.api.problems import BROKEN_CURSOR, Refused

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    rows: list[Row]
    next: str | None
    """The cursor of the page after this one; None on the last."""


@dataclass(frozen=True)
class Order:
    """The order of a list: the newest first by a time, or alphabetical; then by key.

    `name` sets the cursors of one list apart from another's.
    """

    name: str
    field: str
    is_by_time: bool

    def page(self, rows: QuerySet[Row], *, cursor: str | None, limit: int) -> Page[Row]:
        """At most `limit` rows after `cursor`, in one query. Raises `Refused`: a cursor not of this list."""
        sign = "-" if self.is_by_time else ""
        ordered = rows.order_by(f"{sign}{self.field}", f"{sign}pk")
        if cursor is not None:
            ordered = ordered.filter(self._after(cursor))
        found = list(ordered[: limit + 1])
        shown = found[:limit]
        return Page(shown, self._cursor(shown[-1]) if len(found) > limit else None)

    def _after(self, cursor: str) -> Q:
        value, pk = self._read(cursor)
        way = "lt" if self.is_by_time else "gt"
        # The first condition follows from the second; an index on the field serves it.
        near = Q(**{f"{self.field}__{way}e": value})
        return near & (Q(**{f"{self.field}__{way}": value}) | Q(**{f"pk__{way}": pk}))

    def _cursor(self, row: Model) -> str:
        value = getattr(row, self.field)
        where = [value.isoformat() if self.is_by_time else value, row.pk]
        return signing.dumps(where, salt=self._salt)

    def _read(self, cursor: str) -> tuple[Any, int]:
        try:
            value, pk = signing.loads(cursor, salt=self._salt)
        except signing.BadSignature as fault:
            raise Refused(BROKEN_CURSOR, "This cursor is not one of this list's.") from fault
        return (parse_datetime(value) if self.is_by_time else value), pk

    @property
    def _salt(self) -> str:
        return f"articles.api.{self.name}"


def link_next(request: HttpRequest, response: HttpResponse, cursor: str | None) -> str | None:
    """The absolute address of the next page, also as a `Link` header (RFC 8288)."""
    if cursor is None:
        return None
    query = request.GET.copy()
    query["cursor"] = cursor
    address = f"{settings.SITE_URL}{request.path}?{query.urlencode()}"
    response["Link"] = f'<{address}>; rel="next"'
    return address
