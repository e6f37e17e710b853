"""Speaks RingCentral's REST API: auth, rates, messages, subscriptions; knows no archive."""

from ringcentral_api.client import RingCentral
from ringcentral_api.credentials import Credentials
from ringcentral_api.download import Download
from ringcentral_api.identity import Identity
from ringcentral_api.message_store import FullSync, MessageQuery, SyncResult
from ringcentral_api.messages import Attachment, Message, Party, Recipient
from ringcentral_api.stores import RateStore, TokenStore
from ringcentral_api.subscriptions import DisabledFilter, Subscription, SubscriptionSpec

__all__ = [
    "Attachment",
    "Credentials",
    "DisabledFilter",
    "Download",
    "FullSync",
    "Identity",
    "Message",
    "MessageQuery",
    "Party",
    "RateStore",
    "Recipient",
    "RingCentral",
    "Subscription",
    "SubscriptionSpec",
    "SyncResult",
    "TokenStore",
]
