"""Paging through lists that are too long to be counted."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """Counts no further than `bound`: to count every row would read every row.

    Who looks for more than that filters or searches; `is_cut` is for telling them.
    """

    bound = 1000

    @cached_property
    def count(self) -> int:
        return min(self._seen, self.bound)

    @property
    def is_cut(self) -> bool:
        return self._seen > self.bound

    @cached_property
    def _seen(self) -> int:
        rows: QuerySet = self.object_list  # type: ignore[type-arg, assignment]  # the admin pages querysets
        return rows.order_by().values("pk")[: self.bound + 1].count()
