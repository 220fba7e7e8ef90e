"""What the desk's tests share with the mailing desk's."""

from tests.newsletters.conftest import mail_server

__all__ = ["mail_server"]
