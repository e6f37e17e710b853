"""The choices where RingCentral's behaviour is open or varies, changeable at any time."""

from dataclasses import dataclass


@dataclass
class Settings:
    """One per simulator; every field can be set by `PUT /control/settings`.

    id_style -- message, attachment and extension ids in REST bodies: `number` or `string`
    event_style -- `mixed`: each notification takes a seeded variant of its body; `plain`: today's
    secret_header -- where a notification carries the secret: `Verification-Token` or, as the guide
        has written since 2023, `Validation-Token`
    coalesce -- faxes received in one go make one event with a count, not one event each
    omit_totals -- leave totalPages and totalElements out of paging
    omit_call_message -- leave `message` out of call log records
    call_log_lag -- seconds after its end until a call stands in the call log
    shuffle_recipients -- `to` comes in another order in each answer
    omit_recipient_status -- the entries of `to` tell no status and no error
    format_numbers -- some phone numbers come formatted, as (866)123-4567
    platform_content -- content asked for on the API host: `refuse` (404) or `redirect`
    finish_after -- seconds of the clock until a sent fax is finished by itself; negative: never
    failure_rate -- share of recipients that fail when finished by the clock
    sync_token_days -- age at which a sync token is refused (RingCentral's is not documented)
    deleted_days -- how long Deleted, and then Purged, messages stay before the next step
    blacklist_after -- seconds of failing in a row until a subscription is blacklisted
    max_failures -- failures in a row that blacklist earlier; 0: no such rule
    subscription_limit -- per user and app
    max_filters -- event filters in one subscription; 0: no limit
    webhook_timeout -- real seconds for a webhook's answer
    export_zip_bytes -- size of an export's zips of documents; a larger document has one of its own
    mask_export -- phone numbers in an export end in XXXX
    date_skew -- seconds by which the Date header of every answer is ahead of the clock
    """

    id_style: str = "number"
    event_style: str = "mixed"
    secret_header: str = "Verification-Token"  # noqa: S105 - the name of a header
    coalesce: bool = False
    omit_totals: bool = False
    omit_call_message: bool = False
    call_log_lag: float = 0.0
    shuffle_recipients: bool = False
    omit_recipient_status: bool = False
    format_numbers: bool = False
    platform_content: str = "refuse"
    finish_after: float = -1.0
    failure_rate: float = 0.1
    sync_token_days: float = 7.0
    deleted_days: float = 5.0
    blacklist_after: float = 600.0
    max_failures: int = 0
    subscription_limit: int = 30
    max_filters: int = 0
    webhook_timeout: float = 3.0
    export_zip_bytes: int = 1024**3
    mask_export: bool = False
    date_skew: float = 0.0
