-- Each fax call that the call log tells of, joined to its fax; who may read how much of the log.

CREATE TABLE call_records (
    account_id {text} NOT NULL,
    id {text} NOT NULL,
    mailbox_id {text} NOT NULL,
    fax_id {text} NOT NULL,
    position BIGINT,
    joined_by {text} NOT NULL CHECK (joined_by IN ('', 'message', 'number and time')),
    direction {text} NOT NULL,
    started_at {text},
    seconds {float},
    result {text} NOT NULL,
    reason {text} NOT NULL,
    from_number {text} NOT NULL,
    to_number {text} NOT NULL,
    raw {text} NOT NULL,
    seen_at {text} NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX call_records_fax ON call_records (fax_id);
CREATE INDEX call_records_newest ON call_records (started_at, id);
CREATE INDEX call_records_mailbox ON call_records (mailbox_id, started_at);

CREATE TABLE call_log_readers (
    login {text} PRIMARY KEY,
    way {text} NOT NULL CHECK (way IN ('company', 'own', 'none')),
    way_at {text} NOT NULL,
    read_at {text}
);

-- What has no end yet: few, and asked for every minute.
CREATE INDEX faxes_open ON faxes (created_at)
    WHERE direction = 'Outbound' AND message_status NOT IN ('Sent', 'Delivered', 'SendingFailed', 'DeliveryFailed');
CREATE INDEX recipients_open ON recipients (fax_id)
    WHERE status NOT IN ('Sent', 'Delivered', 'SendingFailed', 'DeliveryFailed', 'Received');
CREATE INDEX delivery_steps_seen ON delivery_steps (seen_at);
