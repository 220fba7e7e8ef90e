"""Visits to the Customer Portal: https://docs.stripe.com/api/customer_portal/sessions."""

from sandbox.stripe.errors import missing_param
from sandbox.stripe.params import Spec, boolean, filled, hash_of, one_of, url
from sandbox.stripe.resources.operation import Operation, listing, retrieval
from sandbox.stripe.shapes.customers import portal_configuration_shape, portal_session_shape
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work, new_id

OF_SUBSCRIPTION = hash_of({"subscription": filled}, needs=["subscription"])
PAGES = {"payment_method_update": "card", "subscription_cancel": "cancel", "subscription_update": "plan"}
AFTERWARDS = hash_of(
    {
        "redirect": hash_of({"return_url": url}, needs=["return_url"]),
        "type": one_of("portal_homepage", "redirect"),
    },
    needs=["type"],
)
FLOW = hash_of(
    {
        "after_completion": AFTERWARDS,
        "type": one_of(*PAGES),
        "subscription_cancel": OF_SUBSCRIPTION,
        "subscription_update": OF_SUBSCRIPTION,
    },
    needs=["type"],
)
FIELDS: Spec = {
    "configuration": filled,
    "customer": filled,
    "flow_data": FLOW,
    "locale": filled,
    "return_url": url,
}


def create(work: Work, params: Obj) -> Obj:
    """A visit, good for an hour; `flow_data` opens it on one task."""
    customer = work.refer("customer", params["customer"], param="customer")
    configuration = _configuration(work, params.get("configuration"))
    flow = params.pop("flow_data", None)
    id = new_id("bps")
    address = work.url(f"/p/session/{id}" + (_page(work, flow) if flow else ""))
    session = portal_session_shape(id, work.now, customer["id"], configuration["id"], address)
    session["flow"] = _flow_shape(flow) if flow else None
    session |= {key: params.get(key) for key in ("locale", "return_url")}
    return work.create(session, event="billing_portal.session.created")


def _configuration(work: Work, id: str | None) -> Obj:
    if id:
        return work.refer("billing_portal.configuration", id, param="configuration")
    return next(iter(work.all("billing_portal.configuration")), None) or work.create(
        portal_configuration_shape(new_id("bpc"), work.now)
    )


def _page(work: Work, flow: Obj) -> str:
    about = flow.get(flow["type"])
    if about is None:
        return f"/{PAGES[flow['type']]}"
    param = f"flow_data[{flow['type']}][subscription]"
    subscription = work.refer("subscription", about["subscription"], param=param)
    return f"/{PAGES[flow['type']]}?subscription={subscription['id']}"


def _flow_shape(flow: Obj) -> Obj:
    after = {"hosted_confirmation": None, "redirect": None, "type": "portal_homepage"}
    after |= flow.get("after_completion") or {}
    if after["type"] == "redirect" and after["redirect"] is None:
        raise missing_param("flow_data[after_completion][redirect]")
    cancel = flow.get("subscription_cancel")
    return {
        "after_completion": after,
        "subscription_cancel": cancel | {"retention": None} if cancel else None,
        "subscription_update": flow.get("subscription_update"),
        "subscription_update_confirm": None,
        "type": flow["type"],
    }


PATH = "/v1/billing_portal"
OPERATIONS = (
    Operation("POST", f"{PATH}/sessions", create, FIELDS, needs=["customer"]),
    listing(
        f"{PATH}/configurations", "billing_portal.configuration", {"active": boolean, "is_default": boolean}
    ),
    retrieval(f"{PATH}/configurations/{{configuration}}", "billing_portal.configuration"),
)
