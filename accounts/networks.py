"""Network addresses, no finer than the house may keep them (rule G5)."""

from ipaddress import ip_address, ip_network


def truncate(address: str) -> str:
    """The network an address is in, too wide to name a household: `203.0.113.0/24`, `2001:db8:1::/48`."""
    try:
        place = ip_address(address)
    except ValueError:
        return ""
    place = getattr(place, "ipv4_mapped", None) or place
    return str(ip_network((place, 24 if place.version == 4 else 48), strict=False))
