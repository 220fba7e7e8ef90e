"""Hosts, cookies, transport and the content security policy."""

from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from eir.environment import IS_PRODUCTION, flag, names, number, secret
from eir.settings.billing import STRIPE_PAGES
from eir.settings.publication import SITE_URL

SECRET_KEY = secret("SECRET_KEY", embedded="embedded-key-for-demo-and-tests-only-never-in-production")
# Former keys: what they signed or locked stays readable after the key has been changed.
SECRET_KEY_FALLBACKS = names("SECRET_KEY_FALLBACKS", default="")
ALLOWED_HOSTS = names("ALLOWED_HOSTS", embedded="127.0.0.1,localhost,testserver")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

_is_https = urlsplit(SITE_URL).scheme == "https"
SECURE_SSL_REDIRECT = IS_PRODUCTION and flag("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY", IS_PRODUCTION) else None
SECURE_HSTS_SECONDS = number("SECURE_HSTS_SECONDS", 31_536_000) if _is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _is_https
SECURE_HSTS_PRELOAD = _is_https
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "SAMEORIGIN"  # the admin shows previews in a frame
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # which asks for DENY

# Whether the check of links in stories may ask machines of private networks; for tests and demos.
LINK_CHECK_PRIVATE = flag("LINK_CHECK_PRIVATE", False)

MAINTENANCE = flag("MAINTENANCE", False)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [SELF],
        # A form that redirects to Checkout or the Portal needs their hosts here too.
        "form-action": [SELF, *STRIPE_PAGES],
    }
}
# The admin's own scripts (Alpine) evaluate expressions found in attributes.
ADMIN_CONTENT_SECURITY_POLICY = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "script-src": [SELF, "'unsafe-eval'", "'unsafe-inline'"],
    "style-src": [SELF, "'unsafe-inline'"],
    "img-src": [SELF, "data:", "blob:"],
}
