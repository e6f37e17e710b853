-- The outbox: faxes that are to be sent, or were, each followed until RingCentral surely has it.

CREATE TABLE sendings (
    id {text} PRIMARY KEY,
    mailbox_id {text} NOT NULL,
    state {text} NOT NULL CHECK (state IN
        ('waiting', 'sending', 'sent', 'refused', 'unsure', 'cancelled', 'expired')),
    state_at {text} NOT NULL,
    reason {text} NOT NULL,
    advice {text} NOT NULL,
    origin {text} NOT NULL CHECK (origin IN ('cli', 'api', 'resend')),
    requested_by {text} NOT NULL,
    requested_at {text} NOT NULL,
    due_at {text} NOT NULL,
    send_at {text},
    cover_index BIGINT,
    cover_text {text} NOT NULL,
    resolution {text} NOT NULL,
    country {text} NOT NULL,
    original_message_id {text} NOT NULL,
    attempts BIGINT NOT NULL,
    attempted_at {text},
    looks BIGINT NOT NULL,
    looked_at {text},
    message_id {text},
    decided_by {text} NOT NULL,
    key_scope {text},
    key_value {text},
    key_fingerprint {text},
    has_files BIGINT NOT NULL CHECK (has_files IN (0, 1))
);
CREATE INDEX sendings_newest ON sendings (requested_at, id);
CREATE INDEX sendings_state ON sendings (state, requested_at, id);
CREATE UNIQUE INDEX sendings_message ON sendings (mailbox_id, message_id);
CREATE UNIQUE INDEX sendings_key ON sendings (key_scope, key_value);
CREATE INDEX sendings_files ON sendings (state_at) WHERE has_files = 1;

CREATE TABLE sending_recipients (
    sending_id {text} NOT NULL REFERENCES sendings (id),
    position BIGINT NOT NULL,
    number {text} NOT NULL,
    name {text} NOT NULL,
    PRIMARY KEY (sending_id, position)
);
CREATE INDEX sending_recipients_number ON sending_recipients (number);

CREATE TABLE sending_documents (
    sending_id {text} NOT NULL REFERENCES sendings (id),
    position BIGINT NOT NULL,
    name {text} NOT NULL,
    content_type {text} NOT NULL,
    size BIGINT NOT NULL,
    sha256 {text} NOT NULL,
    pages BIGINT,
    PRIMARY KEY (sending_id, position)
);
