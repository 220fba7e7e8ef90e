"""Keys with which programs read: staff make those of the API, see when each was last used, and revoke it."""

from collections.abc import Sequence

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.admin import ModelAdmin

from accounts.queries import signed_in_user
from articles.actions.reading_keys import CannotMakeKey, make_key, revoke_key
from articles.models import ReadingKey


class KeyForm(ModelForm):  # type: ignore[type-arg]  # generic in its stubs only
    """Whose key, and what for."""

    class Meta:
        model = ReadingKey
        fields = ("user", "name")


@admin.register(ReadingKey)
class ReadingKeyAdmin(ModelAdmin):  # type: ignore[misc]  # the library has no types
    form = KeyForm
    fields = ("user", "name")
    autocomplete_fields = ("user",)
    list_display = ("name", "user", "kind", "created_at", "last_used_at", "revoked_at")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("name", "user__email")
    date_hierarchy = "created_at"
    actions = ("revoke",)

    def has_change_permission(self, request: HttpRequest, obj: ReadingKey | None = None) -> bool:
        """Nothing of a key is edited; that one may change keys means that one may revoke them."""
        return obj is None and bool(super().has_change_permission(request))

    def has_delete_permission(self, request: HttpRequest, obj: ReadingKey | None = None) -> bool:
        """A revoked key stays, so that one sees what read until when."""
        return False

    def get_fields(self, request: HttpRequest, obj: ReadingKey | None = None) -> Sequence[str]:
        if obj is None:
            return ("user", "name")
        return ("user", "name", "kind", "created_at", "last_used_at", "revoked_at")

    def save_model(self, request: HttpRequest, obj: ReadingKey, form: KeyForm, change: bool) -> None:
        """Make the key with its action; `obj` becomes that row."""
        made, secret = make_key(
            user=obj.user,
            kind=ReadingKey.Kind.API,
            name=obj.name,
            by=signed_in_user(request),
            at=timezone.now(),
        )
        obj.__dict__.update(made.__dict__)
        messages.warning(
            request,
            f"The key is {secret}. Copy it now and pass it on in a safe way: it is shown this once.",
        )

    def log_addition(self, request: HttpRequest, obj: ReadingKey, message: object) -> None:
        """The audit trail tells of it."""

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: None = None) -> HttpResponse:
        """The form; where no key can be made, it says why."""
        try:
            response: HttpResponse = super().add_view(request, form_url, extra_context)
        except CannotMakeKey as refused:
            messages.error(request, str(refused))
            request.method = "GET"
            response = super().add_view(request, form_url, extra_context)
        return response

    @admin.action(description="Revoke the chosen keys", permissions=("change",))
    def revoke(self, request: HttpRequest, keys: QuerySet[ReadingKey]) -> None:
        living = list(keys.filter(revoked_at=None))
        for key in living:
            revoke_key(key=key, by=signed_in_user(request), at=timezone.now())
        messages.success(request, f"Revoked {len(living)} of {keys.count()} keys.")
