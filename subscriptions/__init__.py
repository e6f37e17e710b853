"""Whether RingCentral will call us, and what to do if not. Never looks at a fax."""

from subscriptions.filters import event_filters
from subscriptions.keeper import Report, SubscriptionApi, Subscriptions
from subscriptions.plan import Create, Delete, Keep, Renew, Wanted, plan

__all__ = [
    "Create",
    "Delete",
    "Keep",
    "Renew",
    "Report",
    "SubscriptionApi",
    "Subscriptions",
    "Wanted",
    "event_filters",
    "plan",
]
