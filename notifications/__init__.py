"""Turns an outcome into words and carries them out; may fail without harm."""

from notifications.channel import NO_DOCUMENTS, Attachment, Channel, Documents
from notifications.notice import Notice, allowed, safe_id, safe_number
from notifications.plan import NOBODY, Destination, Plan, read_plan
from notifications.rules import Matter, Rule
from notifications.schedule import is_dead, next_try, pause
from notifications.words import Words, words

__all__ = [
    "NOBODY",
    "NO_DOCUMENTS",
    "Attachment",
    "Channel",
    "Destination",
    "Documents",
    "Matter",
    "Notice",
    "Plan",
    "Rule",
    "Words",
    "allowed",
    "is_dead",
    "next_try",
    "pause",
    "read_plan",
    "safe_id",
    "safe_number",
    "words",
]
