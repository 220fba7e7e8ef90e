"""Webhook endpoints: https://docs.stripe.com/api/webhook_endpoints."""

from sandbox.stripe import deliveries
from sandbox.stripe.errors import invalid
from sandbox.stripe.params import Spec, boolean, filled, list_of, metadata, text, url
from sandbox.stripe.resources.operation import Operation, listing, merge_metadata, retrieval, tombstone
from sandbox.stripe.shapes import API_VERSION
from sandbox.stripe.shapes.events import webhook_endpoint_shape
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work, new_id, token

FIELDS: Spec = {"description": text, "enabled_events": list_of(filled), "metadata": metadata, "url": url}


def create(work: Work, params: Obj) -> Obj:
    """A new endpoint; this answer alone holds its secret."""
    version = params.pop("api_version", None)
    if version not in (None, API_VERSION):
        raise invalid(f"Invalid API version: this server speaks {API_VERSION} only.", param="api_version")
    endpoint = webhook_endpoint_shape(new_id("we"), work.now, params["url"], params["enabled_events"])
    merge_metadata(endpoint, params)
    endpoint |= params | {"api_version": version}
    secret = f"whsec_{token(32)}"
    return work.create(endpoint, hidden={"secret": secret}) | {"secret": secret}


def update(work: Work, params: Obj, id: str) -> Obj:
    """Change what was sent; a disabled endpoint gets nothing, not even retries."""
    endpoint = work.get("webhook_endpoint", id)
    if "disabled" in params:
        endpoint["status"] = "disabled" if params.pop("disabled") else "enabled"
    if endpoint["status"] == "disabled":
        deliveries.drop(work.store, id)
    merge_metadata(endpoint, params)
    return work.save(endpoint | params)


def delete(work: Work, params: Obj, id: str) -> Obj:
    """Delete an endpoint with what is on its way to it."""
    deliveries.drop(work.store, id)
    return tombstone(work, work.get("webhook_endpoint", id))


OPERATIONS = (
    Operation(
        "POST",
        "/v1/webhook_endpoints",
        create,
        {**FIELDS, "api_version": filled},
        needs=["url", "enabled_events"],
    ),
    listing("/v1/webhook_endpoints", "webhook_endpoint", {}),
    retrieval("/v1/webhook_endpoints/{endpoint}", "webhook_endpoint"),
    Operation("POST", "/v1/webhook_endpoints/{endpoint}", update, {**FIELDS, "disabled": boolean}),
    Operation("DELETE", "/v1/webhook_endpoints/{endpoint}", delete),
)
