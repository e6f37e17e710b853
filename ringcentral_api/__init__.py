"""Speaks RingCentral's REST API: auth, rates, messages, subscriptions, faxes; knows no archive."""

from ringcentral_api.call_log import CallQuery, CallRecord
from ringcentral_api.client import RingCentral
from ringcentral_api.cover_pages import CoverPage
from ringcentral_api.credentials import Credentials
from ringcentral_api.directory import Extension, PhoneNumber
from ringcentral_api.download import Download
from ringcentral_api.exchange import Watch
from ringcentral_api.failure_reasons import Reason, failure_reason, reason_of_call
from ringcentral_api.fax_request import FaxRequest, SizedReader
from ringcentral_api.governor import Timing
from ringcentral_api.identity import Identity
from ringcentral_api.message_store import FullSync, MessageQuery, SyncResult
from ringcentral_api.messages import Attachment, Message, Party, Recipient
from ringcentral_api.reports import Report, ReportFile
from ringcentral_api.sending_client import SendingClient, SentFax
from ringcentral_api.stores import Observer, RateStore, Stores, TokenStore, Unobserved
from ringcentral_api.subscriptions import DisabledFilter, Subscription, SubscriptionSpec

__all__ = [
    "Attachment",
    "CallQuery",
    "CallRecord",
    "CoverPage",
    "Credentials",
    "DisabledFilter",
    "Download",
    "Extension",
    "FaxRequest",
    "FullSync",
    "Identity",
    "Message",
    "MessageQuery",
    "Observer",
    "Party",
    "PhoneNumber",
    "RateStore",
    "Reason",
    "Recipient",
    "Report",
    "ReportFile",
    "RingCentral",
    "SendingClient",
    "SentFax",
    "SizedReader",
    "Stores",
    "Subscription",
    "SubscriptionSpec",
    "SyncResult",
    "Timing",
    "TokenStore",
    "Unobserved",
    "Watch",
    "failure_reason",
    "reason_of_call",
]
