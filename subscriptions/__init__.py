"""Whether RingCentral will call us, and what to do if not. Never looks at a fax."""

from subscriptions.filters import event_filters, mailbox_filters, missing
from subscriptions.keeper import Report, Standing, SubscriptionApi, Subscriptions
from subscriptions.plan import Create, Delete, Flaw, Keep, Own, Plan, Renew, Wanted, plan
from subscriptions.windows import blindness, calls_about, covers, merged, refuses

__all__ = [
    "Create",
    "Delete",
    "Flaw",
    "Keep",
    "Own",
    "Plan",
    "Renew",
    "Report",
    "Standing",
    "SubscriptionApi",
    "Subscriptions",
    "Wanted",
    "blindness",
    "calls_about",
    "covers",
    "event_filters",
    "mailbox_filters",
    "merged",
    "missing",
    "plan",
    "refuses",
]
