-- Times are UTC text of fixed width (they sort as text); {text} compares byte by byte on both databases.

CREATE TABLE mailboxes (
    id {text} PRIMARY KEY,
    account_id {text} NOT NULL,
    extension_id {text} NOT NULL,
    name {text} NOT NULL,
    extension_number {text} NOT NULL,
    sync_token {text},
    synced_at {text},
    looked_at {text},
    added_at {text} NOT NULL
);
CREATE INDEX mailboxes_extension ON mailboxes (extension_id);

CREATE TABLE faxes (
    id {text} PRIMARY KEY,
    account_id {text} NOT NULL,
    mailbox_id {text} NOT NULL,
    message_id {text} NOT NULL,
    direction {text} NOT NULL,
    message_status {text} NOT NULL,
    read_status {text} NOT NULL,
    availability {text} NOT NULL,
    availability_at {text} NOT NULL,
    created_at {text} NOT NULL,
    modified_at {text},
    pages BIGINT,
    resolution {text},
    subject {text},
    from_number {text},
    from_name {text},
    raw {text} NOT NULL,
    origin {text} NOT NULL CHECK (origin IN ('event', 'message-store')),
    state {text} NOT NULL CHECK (state IN ('pending', 'archived', 'refused', 'lost')),
    state_reason {text} NOT NULL,
    state_at {text} NOT NULL,
    folder {text},
    revision BIGINT NOT NULL,
    version BIGINT NOT NULL,
    unrecorded BIGINT NOT NULL CHECK (unrecorded IN (0, 1)),
    first_seen_at {text} NOT NULL
);
CREATE INDEX faxes_newest ON faxes (created_at, id);
CREATE INDEX faxes_mailbox ON faxes (mailbox_id, created_at, id);
CREATE INDEX faxes_state ON faxes (state, created_at, id);
CREATE INDEX faxes_message ON faxes (message_id);
CREATE INDEX faxes_from ON faxes (from_number);
CREATE INDEX faxes_unrecorded ON faxes (created_at) WHERE unrecorded = 1;

CREATE TABLE recipients (
    fax_id {text} NOT NULL REFERENCES faxes (id),
    position BIGINT NOT NULL,
    recipient_id {text},
    number {text},
    name {text},
    status {text},
    error_code {text},
    PRIMARY KEY (fax_id, position)
);
CREATE INDEX recipients_number ON recipients (number);

CREATE TABLE delivery_steps (
    fax_id {text} NOT NULL REFERENCES faxes (id),
    position BIGINT NOT NULL,
    step BIGINT NOT NULL,
    status {text} NOT NULL,
    error_code {text},
    seen_at {text} NOT NULL,
    raw {text} NOT NULL,
    PRIMARY KEY (fax_id, position, step)
);

CREATE TABLE documents (
    fax_id {text} NOT NULL REFERENCES faxes (id),
    position BIGINT NOT NULL,
    attachment_id {text} NOT NULL,
    name {text} NOT NULL,
    sha256 {text} NOT NULL,
    size BIGINT NOT NULL,
    content_type {text} NOT NULL,
    kind {text} NOT NULL,
    pages BIGINT,
    note {text} NOT NULL,
    PRIMARY KEY (fax_id, position)
);
CREATE INDEX documents_sha256 ON documents (sha256);

CREATE TABLE asides (
    fax_id {text} NOT NULL REFERENCES faxes (id),
    sha256 {text} NOT NULL,
    folder {text} NOT NULL,
    reason {text} NOT NULL,
    detail {text} NOT NULL,
    size BIGINT NOT NULL,
    at {text} NOT NULL,
    PRIMARY KEY (fax_id, sha256)
);

CREATE TABLE ledger (
    seq BIGINT PRIMARY KEY,
    at {text} NOT NULL,
    kind {text} NOT NULL,
    fax_id {text},
    hash {text} NOT NULL,
    line {text} NOT NULL
);
CREATE INDEX ledger_fax ON ledger (fax_id);

CREATE TABLE jobs (
    name {text} NOT NULL,
    argument {text} NOT NULL,
    due_at {text} NOT NULL,
    again_at {text},
    attempts BIGINT NOT NULL,
    lease_owner {text},
    lease_until {text},
    reason {text},
    gave_up_at {text},
    requested_at {text} NOT NULL,
    PRIMARY KEY (name, argument)
);
CREATE INDEX jobs_due ON jobs (due_at);
CREATE INDEX jobs_argument ON jobs (argument);

CREATE TABLE rate_limits (
    user_id {text} NOT NULL,
    grp {text} NOT NULL,
    call_limit BIGINT,
    window_s {float},
    learned_at {float},
    paused_until {float} NOT NULL,
    PRIMARY KEY (user_id, grp)
);

CREATE TABLE rate_slots (
    user_id {text} NOT NULL,
    grp {text} NOT NULL,
    slot BIGINT NOT NULL,
    used_at {float} NOT NULL,
    PRIMARY KEY (user_id, grp, slot)
);

CREATE TABLE api_tokens (
    account {text} PRIMARY KEY,
    sealed {text},
    expires_at {float} NOT NULL,
    renewing_until {float} NOT NULL
);
