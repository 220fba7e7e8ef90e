"""Disputes: https://docs.stripe.com/api/disputes."""

from sandbox.stripe.billing.disputes import answer_dispute, close_dispute
from sandbox.stripe.params import Spec, boolean, filled, hash_of, metadata, text
from sandbox.stripe.resources.operation import CREATED, Operation, listing, merge_metadata, retrieval
from sandbox.stripe.shapes.disputes import EVIDENCE
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work

UPDATE: Spec = {
    "evidence": hash_of(dict.fromkeys(EVIDENCE, text)),
    "metadata": metadata,
    "submit": boolean,
}


def update(work: Work, params: Obj, id: str) -> Obj:
    """Answer with evidence, which is sent to the bank unless `submit` is false."""
    dispute = work.get("dispute", id)
    merge_metadata(dispute, params)
    if not params:
        return work.save(dispute, event="charge.dispute.updated")
    return answer_dispute(work, dispute, params.get("evidence") or {}, submit=params.get("submit", True))


def close(work: Work, params: Obj, id: str) -> Obj:
    """Accept that the money is lost."""
    return close_dispute(work, work.get("dispute", id), outcome="lost")


PATH = "/v1/disputes"
OPERATIONS = (
    listing(PATH, "dispute", {**CREATED, "charge": filled, "payment_intent": filled}),
    retrieval(f"{PATH}/{{dispute}}", "dispute"),
    Operation("POST", f"{PATH}/{{dispute}}", update, UPDATE),
    Operation("POST", f"{PATH}/{{dispute}}/close", close),
)
