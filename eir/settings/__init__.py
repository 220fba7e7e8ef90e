"""Settings, one file per concern, all read from environment variables (docs/operators.md lists them)."""

from eir.settings.accounts import *  # noqa: F403
from eir.settings.admin import *  # noqa: F403
from eir.settings.base import *  # noqa: F403
from eir.settings.billing import *  # noqa: F403
from eir.settings.editor import *  # noqa: F403
from eir.settings.mail import *  # noqa: F403
from eir.settings.paywall import *  # noqa: F403
from eir.settings.publication import *  # noqa: F403
from eir.settings.security import *  # noqa: F403
from eir.settings.storage import *  # noqa: F403
from eir.settings.work import *  # noqa: F403
