"""Libraries, schools and companies whose people read by their network or their e-mail domain."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from django.core.exceptions import ValidationError
from django.db import models

from subscriptions.models.group import DOMAIN

WIDEST = {4: 16, 6: 32}
"""The shortest prefix that is accepted, by version of the Internet Protocol."""


def network_of(text: str) -> IPv4Network | IPv6Network:
    """The range that `text` names in CIDR notation (RFC 4632, RFC 4291).

    Raises ValidationError for anything else, and for a range wider than /16 (IPv6: /32).
    """
    try:
        network = ip_network(text.strip())
    except ValueError as error:
        raise ValidationError(
            f"{text} is not a range such as 192.0.2.0/24 or 2001:db8::/48: {error}."
        ) from error
    if network.prefixlen < WIDEST[network.version]:
        raise ValidationError(
            f"{text} is too wide: /{WIDEST[network.version]} is the widest that is accepted."
        )
    return network


class Institution(models.Model):
    name = models.CharField(max_length=160, help_text="Readers see: access provided by …")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField("open", default=True)
    contact = models.EmailField("whom to write to", blank=True)
    note = models.TextField(blank=True, help_text="For the house alone: contract, price, agreements.")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class InstitutionNetwork(models.Model):
    """A range of addresses; `first` and `last` are its ends in 32 hexadecimal digits (IPv4 mapped)."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="networks")
    cidr = models.CharField("range", max_length=50, help_text="CIDR: 192.0.2.0/24 or 2001:db8::/48.")
    first = models.CharField(max_length=32, editable=False)
    last = models.CharField(max_length=32, editable=False)

    class Meta:
        ordering = ("first",)
        indexes = (models.Index(fields=("first", "last"), name="institution_range"),)
        constraints = (
            models.UniqueConstraint(fields=("institution", "cidr"), name="institution_range_once"),
        )

    def __str__(self) -> str:
        return self.cidr

    def save(self, *args: object, **kwargs: object) -> None:
        network = network_of(self.cidr)
        self.cidr = str(network)
        self.first, self.last = (
            digits_of(int(network[0]), network.version),
            digits_of(int(network[-1]), network.version),
        )
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def clean(self) -> None:
        self.cidr = str(network_of(self.cidr))

    @property
    def size(self) -> int:
        """How many addresses it covers."""
        return int(network_of(self.cidr).num_addresses)


def digits_of(address: int, version: int) -> str:
    """An address as 32 hexadecimal digits, which sort as addresses do."""
    return f"{address + (0xFFFF << 32) if version == 4 else address:032x}"


class InstitutionDomain(models.Model):
    """Whoever proves an e-mail address of this domain reads through the institution."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253, unique=True, validators=[DOMAIN])

    class Meta:
        ordering = ("domain",)

    def __str__(self) -> str:
        return self.domain
