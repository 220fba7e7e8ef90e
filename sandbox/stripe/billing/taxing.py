"""A small table of tax rates by the customer's country, in place of Stripe Tax (docs.stripe.com/tax).

The rates are the standard ones, for tests: nobody should reckon real taxes with them.
"""

import re
from dataclasses import dataclass

from sandbox.stripe.money import share
from sandbox.stripe.store import Obj

HOME = "DE"
"""Where the seller is: a business there is taxed, one elsewhere in the EU accounts for the tax itself."""
RATES: dict[str, tuple[str, float]] = {
    "AT": ("VAT", 20),
    "AU": ("GST", 10),
    "BE": ("VAT", 21),
    "CA": ("GST", 5),
    "CH": ("VAT", 8.1),
    "CZ": ("VAT", 21),
    "DE": ("VAT", 19),
    "DK": ("VAT", 25),
    "ES": ("VAT", 21),
    "FI": ("VAT", 25.5),
    "FR": ("VAT", 20),
    "GB": ("VAT", 20),
    "IE": ("VAT", 23),
    "IT": ("VAT", 22),
    "JP": ("JCT", 10),
    "NL": ("VAT", 21),
    "NO": ("VAT", 25),
    "NZ": ("GST", 15),
    "PL": ("VAT", 23),
    "PT": ("VAT", 23),
    "SE": ("VAT", 25),
}
"""Name and percentage. Nobody is registered in other countries, the US too: no tax there."""
EU = frozenset(("AT", "BE", "CZ", "DE", "DK", "ES", "FI", "FR", "IE", "IT", "NL", "PL", "PT", "SE"))
NONTAXABLE = "txcd_00000000"
"""Stripe's tax code of products nobody taxes."""
FORMATS: dict[str, tuple[str, str]] = {
    "au_abn": ("AU", r"\d{11}"),
    "ca_gst_hst": ("CA", r"\d{9}RT\d{4}"),
    "ch_vat": ("CH", r"CHE-\d{3}\.\d{3}\.\d{3} (MWST|TVA|IVA)"),
    "gb_vat": ("GB", r"(GB|XI)(\d{9}|\d{12})"),
    "jp_trn": ("JP", r"T\d{13}"),
    "no_vat": ("NO", r"\d{9}MVA"),
    "nz_gst": ("NZ", r"\d{8,9}"),
    "us_ein": ("US", r"\d{2}-\d{7}"),
}
"""Country and form of the tax ids of one country."""
EU_VAT: dict[str, str] = {
    "AT": r"ATU\d{8}",
    "BE": r"BE[01]\d{9}",
    "CZ": r"CZ\d{8,10}",
    "DE": r"DE\d{9}",
    "DK": r"DK\d{8}",
    "ES": r"ES[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"FI\d{8}",
    "FR": r"FR[A-Z0-9]{2}\d{9}",
    "IE": r"IE\d[A-Z0-9]\d{5}[A-Z]{1,2}",
    "IT": r"IT\d{11}",
    "NL": r"NL\d{9}B\d{2}",
    "PL": r"PL\d{10}",
    "PT": r"PT\d{9}",
    "SE": r"SE\d{12}",
}
TYPES = ("eu_vat", *FORMATS)


@dataclass(frozen=True)
class Taxpayer:
    """What decides about tax. `country` is None where nobody said; `tax_ids` are types and values."""

    country: str | None
    tax_exempt: str = "none"
    tax_ids: tuple[tuple[str, str], ...] = ()


def taxpayer_of(customer: Obj, tax_ids: list[Obj]) -> Taxpayer:
    """What is known of a customer."""
    country = (customer["address"] or {}).get("country")
    return Taxpayer(country, customer["tax_exempt"], tuple((each["type"], each["value"]) for each in tax_ids))


def tax_id_country(type: str, value: str) -> str | None:
    """The country of a tax id, None for one that is not of its type's form."""
    if type == "eu_vat":
        return next((country for country, form in EU_VAT.items() if re.fullmatch(form, value)), None)
    country, form = FORMATS[type]
    return country if re.fullmatch(form, value) else None


def tax_id_type(country: str) -> str | None:
    """The type of the tax ids of a country, None where this server knows none."""
    if country in EU:
        return "eu_vat"
    return next((type for type, (of, _) in FORMATS.items() if of == country), None)


def is_reverse_charge(taxpayer: Taxpayer) -> bool:
    """Whether a business in another EU country pays the tax itself (Directive 2006/112/EC, art. 196)."""
    if taxpayer.tax_exempt == "reverse":
        return True
    abroad = taxpayer.country in EU and taxpayer.country != HOME
    return abroad and any(type == "eu_vat" and value[:2] != HOME for type, value in taxpayer.tax_ids)


def is_inclusive(price: Obj, currency: str) -> bool:
    """Whether a price contains the tax. Where it does not say, it does except in USD and CAD.

    That is Stripe's default too (docs.stripe.com/tax/products-prices-tax-codes-tax-behavior).
    """
    if price["tax_behavior"] == "unspecified":
        return currency not in ("usd", "cad")
    return bool(price["tax_behavior"] == "inclusive")


def tax_on(taxpayer: Taxpayer, amount: int, *, inclusive: bool, tax_code: str | None) -> Obj | None:
    """The tax on an amount, as lines show it; None where there is no rate for the country."""
    rate = RATES.get(taxpayer.country or "")
    if rate is None:
        return None
    reason = _reason(taxpayer, tax_code)
    percent = rate[1] if reason == "standard_rated" else 0
    thousandths = round(percent * 1000)
    tax = share(amount, thousandths, 100_000 + (thousandths if inclusive else 0))
    return {
        "amount": tax,
        "tax_behavior": "inclusive" if inclusive else "exclusive",
        "tax_rate_details": {"tax_rate": rate_id(taxpayer.country or "", percent, inclusive=inclusive)},
        "taxability_reason": reason,
        "taxable_amount": amount - tax if inclusive else amount,
        "type": "tax_rate_details",
    }


def _reason(taxpayer: Taxpayer, tax_code: str | None) -> str:
    if taxpayer.tax_exempt == "exempt":
        return "customer_exempt"
    if is_reverse_charge(taxpayer):
        return "reverse_charge"
    return "product_exempt" if tax_code == NONTAXABLE else "standard_rated"


def rate_id(country: str, percent: float, *, inclusive: bool) -> str:
    """The id of a rate of the table, for instance `txr_de_19_inclusive`."""
    number = f"{percent:g}".replace(".", "p")
    return f"txr_{country.lower()}_{number}_{'inclusive' if inclusive else 'exclusive'}"


def without_tax(amount: int, taxes: list[Obj]) -> int:
    """An amount less the taxes it contains."""
    return amount - sum(int(tax["amount"]) for tax in taxes if tax["tax_behavior"] == "inclusive")


def summed(taxes: list[Obj]) -> list[Obj]:
    """The taxes of all lines, one for each rate and reason."""
    totals: dict[tuple[str, str], Obj] = {}
    for tax in taxes:
        key = (tax["tax_rate_details"]["tax_rate"], tax["taxability_reason"])
        known = totals.setdefault(key, tax | {"amount": 0, "taxable_amount": 0})
        for amount in ("amount", "taxable_amount"):
            known[amount] += tax[amount]
    return list(totals.values())
