"""Letters about money and access, to look at and to send again."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.queries import signed_in_user
from subscriptions.actions.notices import resend_notice
from subscriptions.admin.read_only import ReadOnlyAdmin
from subscriptions.models import Notice


class OutcomeFilter(admin.SimpleListFilter):
    title = "outcome"
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("sent", "sent"), ("waiting", "waiting"), ("dropped", "given up")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        rows = {
            "sent": queryset.filter(sent_at__isnull=False),
            "waiting": queryset.filter(sent_at__isnull=True, dropped_at__isnull=True),
            "dropped": queryset.filter(dropped_at__isnull=False),
        }
        return rows.get(self.value() or "", queryset)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("kind", "address", "given_at", "sent_at", "attempts", "trouble", "letter")
    list_filter = (OutcomeFilter, "kind")
    search_fields = ("address", "user__email", "user__name", "subject", "key")
    date_hierarchy = "given_at"
    actions = ("send_again",)

    @admin.display(description="letter")
    def letter(self, notice: Notice) -> str:
        return format_html('<a href="{}">Read</a>', reverse("notice_letter", args=(notice.pk,)))

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("subscriptions.add_notice")

    @admin.action(description="Send again", permissions=("send",))
    def send_again(self, request: HttpRequest, queryset: QuerySet[Notice]) -> None:
        for notice in queryset:
            resend_notice(
                notice=notice,
                reason="From the list of letters.",
                by=signed_in_user(request),
                at=timezone.now(),
            )
        self.message_user(request, "The letters go out within a minute, where they still hold.")
