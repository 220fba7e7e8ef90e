"""All that is written in this app, by name."""

from newsletters.actions.arranging import arrange_edition, compile_edition
from newsletters.actions.preferences import set_preference, unsubscribe
from newsletters.actions.recovering import mark_lost_claims, resolve_unknown
from newsletters.actions.releasing import CannotSend, hold_edition, send_trial, start_sending
from newsletters.actions.sending import Batch, deliver_batch, finish_sending, fix_recipients

__all__ = [
    "Batch",
    "CannotSend",
    "arrange_edition",
    "compile_edition",
    "deliver_batch",
    "finish_sending",
    "fix_recipients",
    "hold_edition",
    "mark_lost_claims",
    "resolve_unknown",
    "send_trial",
    "set_preference",
    "start_sending",
    "unsubscribe",
]
