"""Sums in templates."""

from django import template

from kit.money import format_money

register = template.Library()


@register.filter
def money(amount: int, currency: str) -> str:
    """`{{ invoice.total|money:invoice.currency }}` → `$12.50`."""
    return format_money(amount, currency)
