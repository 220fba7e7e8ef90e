"""What a key may read, and why."""

from django.http import HttpRequest
from ninja import Router

from articles.api.callers import Caller, caller_of
from articles.api.schemas import AccessLevel, Account, KeyFacts, MayRead, Right
from articles.api.shown import told
from articles.models import Ruling
from articles.paywall import decide
from subscriptions.queries import GrantFact

router = Router(tags=["Account"])

ANY_STORY = 0
"""The key of no story: what is asked is about the level alone."""


@router.get(
    "/account",
    response=Account,
    url_name="api_account",
    operation_id="get_account",
    summary="See what this key may read",
)
def account(request: HttpRequest) -> Account:
    """What the key's account may read, and why: by the same decision as for each story."""
    caller = caller_of(request)
    key, rights, ended = caller.key, caller.reader.grants, caller.reader.lapsed
    return Account(
        key=KeyFacts(name=key.name, created_at=key.created_at, last_used_at=key.last_used_at),
        may_read=[_may_read(caller, access) for access in AccessLevel],
        rights=[_right(right) for right in rights],
        ended=_right(ended) if ended else None,
        requests_per_minute=caller.allowance.limit,
    )


def _may_read(caller: Caller, access: AccessLevel) -> MayRead:
    ruling = Ruling(access.value, "")
    decision = decide(story=ANY_STORY, ruling=ruling, reader=caller.reader, at=caller.at)
    return MayRead(access=access, is_whole=decision.is_allowed, decision=told(decision))


def _right(fact: GrantFact) -> Right:
    return Right(source=fact.source, reason=fact.reason, starts_at=fact.starts_at, ends_at=fact.ends_at)
