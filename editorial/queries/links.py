"""Which addresses the texts that matter now link to."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Q
from django.db.models.fields.json import KT

from editorial.addresses import address_elsewhere, linked_in
from editorial.models import Revision
from editorial.workflow import BEFORE_PUBLICATION

RECENT: Final = timedelta(days=30)


def linked_addresses(*, at: datetime) -> set[str]:
    """Addresses of other sites in the latest and the public text of stories in work or published lately."""
    newest = Q(number=F("article__version")) | Q(number=F("article__public_version"))
    timely = Q(article__state__in=BEFORE_PUBLICATION) | Q(article__published_at__gte=at - RECENT)
    texts = Revision.objects.filter(newest, timely).annotate(text=KT("content__body"))
    return {
        address
        for text in texts.values_list("text", flat=True).iterator(chunk_size=200)
        for href in linked_in(text or "")
        if (address := address_elsewhere(href))
    }
