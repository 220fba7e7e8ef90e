"""All that is written in this app, by name."""

from newsletters.actions.arranging import arrange_edition, compile_edition
from newsletters.actions.preferences import (
    choose_letters,
    pause_letters,
    resume_letters,
    set_preference,
    unsubscribe,
    unsubscribe_from_all,
)
from newsletters.actions.recovering import mark_lost_claims, resolve_unknown
from newsletters.actions.releasing import CannotSend, hold_edition, send_trial, start_sending
from newsletters.actions.sending import Batch, deliver_batch, finish_sending, fix_recipients
from newsletters.actions.signups import (
    CannotConfirm,
    TooManySignUps,
    ask_for_letters,
    confirm_letters,
    delete_forgotten_signups,
    send_confirmation,
    send_confirmations,
)

__all__ = [
    "Batch",
    "CannotConfirm",
    "CannotSend",
    "TooManySignUps",
    "arrange_edition",
    "ask_for_letters",
    "choose_letters",
    "compile_edition",
    "confirm_letters",
    "delete_forgotten_signups",
    "deliver_batch",
    "finish_sending",
    "fix_recipients",
    "hold_edition",
    "mark_lost_claims",
    "pause_letters",
    "resolve_unknown",
    "resume_letters",
    "send_confirmation",
    "send_confirmations",
    "send_trial",
    "set_preference",
    "start_sending",
    "unsubscribe",
    "unsubscribe_from_all",
]
