CREATE TABLE access_tokens (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    scopes TEXT NOT NULL,
    mailboxes TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT,
    used_at TEXT
);
CREATE TABLE alarms (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    raised_at TEXT NOT NULL,
    cleared_at TEXT,
    severity TEXT NOT NULL,
    words TEXT NOT NULL,
    advice TEXT NOT NULL,
    PRIMARY KEY (kind, subject, raised_at)
);
CREATE INDEX alarms_open ON alarms (kind) WHERE cleared_at IS NULL;
CREATE TABLE api_tokens (
    account TEXT PRIMARY KEY,
    sealed TEXT,
    expires_at REAL NOT NULL,
    renewing_until REAL NOT NULL
);
CREATE TABLE asides (
    fax_id TEXT NOT NULL REFERENCES faxes (id),
    sha256 TEXT NOT NULL,
    folder TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    size BIGINT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (fax_id, sha256)
);
CREATE TABLE blind_windows (
    mailbox_id TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    cause TEXT NOT NULL,
    listed_at TEXT,
    PRIMARY KEY (mailbox_id, started_at)
);
CREATE TABLE call_log_readers (
    login TEXT PRIMARY KEY,
    way TEXT NOT NULL CHECK (way IN ('company', 'own', 'none')),
    way_at TEXT NOT NULL,
    read_at TEXT
);
CREATE TABLE call_records (
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    mailbox_id TEXT NOT NULL,
    fax_id TEXT NOT NULL,
    position BIGINT,
    joined_by TEXT NOT NULL CHECK (joined_by IN ('', 'message', 'number and time')),
    direction TEXT NOT NULL,
    started_at TEXT,
    seconds REAL,
    result TEXT NOT NULL,
    reason TEXT NOT NULL,
    from_number TEXT NOT NULL,
    to_number TEXT NOT NULL,
    raw TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX call_records_fax ON call_records (fax_id);
CREATE INDEX call_records_mailbox ON call_records (mailbox_id, started_at);
CREATE INDEX call_records_newest ON call_records (started_at, id);
CREATE TABLE day_statements (
    mailbox_id TEXT NOT NULL,
    day TEXT NOT NULL,
    revision BIGINT NOT NULL,
    at TEXT NOT NULL,
    listed_at TEXT NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    content TEXT NOT NULL,
    listed BIGINT NOT NULL,
    archived BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    lost BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    contradiction TEXT NOT NULL,
    PRIMARY KEY (mailbox_id, day, revision)
);
CREATE TABLE delivery_steps (
    fax_id TEXT NOT NULL REFERENCES faxes (id),
    position BIGINT NOT NULL,
    step BIGINT NOT NULL,
    status TEXT NOT NULL,
    error_code TEXT,
    seen_at TEXT NOT NULL,
    raw TEXT NOT NULL,
    PRIMARY KEY (fax_id, position, step)
);
CREATE INDEX delivery_steps_seen ON delivery_steps (seen_at);
CREATE TABLE destinations (
    name TEXT PRIMARY KEY,
    failing_since_at TEXT,
    failure TEXT NOT NULL,
    delivered_at TEXT,
    paused_at TEXT,
    pause_reason TEXT NOT NULL
);
CREATE TABLE documents (
    fax_id TEXT NOT NULL REFERENCES faxes (id),
    position BIGINT NOT NULL,
    attachment_id TEXT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    content_type TEXT NOT NULL,
    kind TEXT NOT NULL,
    pages BIGINT,
    note TEXT NOT NULL, source TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (fax_id, position)
);
CREATE INDEX documents_sha256 ON documents (sha256);
CREATE TABLE extensions (
    account_id TEXT NOT NULL,
    extension_id TEXT NOT NULL,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    number TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    unwatched_reason TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    gone_at TEXT,
    PRIMARY KEY (account_id, extension_id)
);
CREATE TABLE fax_numbers (
    account_id TEXT NOT NULL,
    number TEXT NOT NULL,
    account TEXT NOT NULL,
    usage TEXT NOT NULL,
    kind TEXT NOT NULL,
    extension_id TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    gone_at TEXT,
    PRIMARY KEY (account_id, number)
);
CREATE TABLE faxes (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    mailbox_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    direction TEXT NOT NULL,
    message_status TEXT NOT NULL,
    read_status TEXT NOT NULL,
    availability TEXT NOT NULL,
    availability_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    modified_at TEXT,
    pages BIGINT,
    resolution TEXT,
    subject TEXT,
    from_number TEXT,
    from_name TEXT,
    raw TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'archived', 'refused', 'lost')),
    state_reason TEXT NOT NULL,
    state_at TEXT NOT NULL,
    folder TEXT,
    revision BIGINT NOT NULL,
    version BIGINT NOT NULL,
    unrecorded BIGINT NOT NULL CHECK (unrecorded IN (0, 1)),
    first_seen_at TEXT NOT NULL
, origin TEXT NOT NULL DEFAULT 'message-store'
    CHECK (origin IN ('call-log', 'import', 'export', 'event', 'message-store')), found_by TEXT NOT NULL DEFAULT '', evidence TEXT NOT NULL DEFAULT '', listed_at TEXT, unlisted_at TEXT);
CREATE INDEX faxes_from ON faxes (from_number);
CREATE INDEX faxes_mailbox ON faxes (mailbox_id, created_at, id);
CREATE INDEX faxes_message ON faxes (message_id);
CREATE INDEX faxes_newest ON faxes (created_at, id);
CREATE INDEX faxes_open ON faxes (created_at)
    WHERE direction = 'Outbound' AND message_status NOT IN ('Sent', 'Delivered', 'SendingFailed', 'DeliveryFailed');
CREATE INDEX faxes_state ON faxes (state, created_at, id);
CREATE INDEX faxes_state_at ON faxes (mailbox_id, state_at);
CREATE INDEX faxes_unrecorded ON faxes (created_at) WHERE unrecorded = 1;
CREATE TABLE jobs (
    name TEXT NOT NULL,
    argument TEXT NOT NULL,
    due_at TEXT NOT NULL,
    again_at TEXT,
    attempts BIGINT NOT NULL,
    lease_owner TEXT,
    lease_until TEXT,
    reason TEXT,
    gave_up_at TEXT,
    requested_at TEXT NOT NULL, lane TEXT NOT NULL DEFAULT '', deadline TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (name, argument)
);
CREATE INDEX jobs_argument ON jobs (argument);
CREATE INDEX jobs_due ON jobs (due_at);
CREATE INDEX jobs_lane ON jobs (name, lane, deadline, due_at);
CREATE TABLE lanes (
    name TEXT NOT NULL,
    lane TEXT NOT NULL,
    paused_until TEXT NOT NULL,
    failures BIGINT NOT NULL,
    PRIMARY KEY (name, lane)
);
CREATE TABLE ledger (
    seq BIGINT PRIMARY KEY,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    fax_id TEXT,
    hash TEXT NOT NULL,
    line TEXT NOT NULL
);
CREATE INDEX ledger_fax ON ledger (fax_id);
CREATE TABLE logins (
    name TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    account_id TEXT,
    extension_id TEXT,
    person TEXT NOT NULL,
    scopes TEXT NOT NULL,
    good_at TEXT,
    refused_at TEXT,
    refusal TEXT NOT NULL,
    ends_at TEXT,
    skew_s REAL,
    skew_at TEXT,
    retention_days BIGINT,
    hipaa BIGINT NOT NULL,
    mailboxes_per_subscription BIGINT NOT NULL
);
CREATE TABLE mailboxes (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    extension_id TEXT NOT NULL,
    name TEXT NOT NULL,
    extension_number TEXT NOT NULL,
    sync_token TEXT,
    synced_at TEXT,
    looked_at TEXT,
    added_at TEXT NOT NULL
, login TEXT NOT NULL DEFAULT '', status TEXT NOT NULL DEFAULT 'watched'
    CHECK (status IN ('watched', 'unreachable', 'gone')), status_reason TEXT NOT NULL DEFAULT '', uncalled_reason TEXT NOT NULL DEFAULT '', uncalled_until TEXT, called_at TEXT, listed_at TEXT, listed_from_at TEXT, listed_count BIGINT, peak_per_hour REAL NOT NULL DEFAULT 0);
CREATE INDEX mailboxes_extension ON mailboxes (extension_id);
CREATE TABLE notice_attempts (
    notice_id TEXT NOT NULL REFERENCES notices (id),
    number BIGINT NOT NULL,
    at TEXT NOT NULL,
    seconds REAL NOT NULL,
    failure TEXT NOT NULL,
    PRIMARY KEY (notice_id, number)
);
CREATE TABLE notices (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    outcome_id TEXT NOT NULL REFERENCES outcomes (id),
    destination TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'given-up')),
    created_at TEXT NOT NULL,
    state_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    -- Of the present round alone: whoever asks for a replay starts another one.
    tries BIGINT NOT NULL,
    round BIGINT NOT NULL,
    reason TEXT NOT NULL,
    UNIQUE (outcome_id, destination)
);
CREATE INDEX notices_destination ON notices (destination, seq);
CREATE INDEX notices_state ON notices (state, destination, seq);
CREATE TABLE observations (
    topic TEXT NOT NULL,
    value TEXT NOT NULL,
    times BIGINT NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    PRIMARY KEY (topic, value)
);
CREATE TABLE outcomes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    mailbox_id TEXT NOT NULL,
    fax_id TEXT NOT NULL,
    direction TEXT NOT NULL,
    number TEXT NOT NULL,
    facts TEXT NOT NULL,
    told_at TEXT
);
CREATE INDEX outcomes_fax ON outcomes (fax_id, seq);
CREATE INDEX outcomes_untold ON outcomes (seq) WHERE told_at IS NULL;
CREATE TABLE rate_limits (
    user_id TEXT NOT NULL,
    grp TEXT NOT NULL,
    call_limit BIGINT,
    window_s REAL,
    learned_at REAL,
    paused_until REAL NOT NULL,
    PRIMARY KEY (user_id, grp)
);
CREATE TABLE rate_slots (
    user_id TEXT NOT NULL,
    grp TEXT NOT NULL,
    slot BIGINT NOT NULL,
    used_at REAL NOT NULL,
    PRIMARY KEY (user_id, grp, slot)
);
CREATE TABLE recipients (
    fax_id TEXT NOT NULL REFERENCES faxes (id),
    position BIGINT NOT NULL,
    recipient_id TEXT,
    number TEXT,
    name TEXT,
    status TEXT,
    error_code TEXT,
    PRIMARY KEY (fax_id, position)
);
CREATE INDEX recipients_number ON recipients (number);
CREATE INDEX recipients_open ON recipients (fax_id)
    WHERE status NOT IN ('Sent', 'Delivered', 'SendingFailed', 'DeliveryFailed', 'Received');
CREATE TABLE schema_migrations (
    series TEXT NOT NULL,
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (series, version)
);
CREATE TABLE sending_documents (
    sending_id TEXT NOT NULL REFERENCES sendings (id),
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    pages BIGINT,
    PRIMARY KEY (sending_id, position)
);
CREATE TABLE sending_recipients (
    sending_id TEXT NOT NULL REFERENCES sendings (id),
    position BIGINT NOT NULL,
    number TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (sending_id, position)
);
CREATE INDEX sending_recipients_number ON sending_recipients (number);
CREATE TABLE sendings (
    id TEXT PRIMARY KEY,
    mailbox_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('waiting', 'sending', 'sent', 'refused', 'unsure', 'cancelled', 'expired')),
    state_at TEXT NOT NULL,
    reason TEXT NOT NULL,
    advice TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('cli', 'api', 'resend')),
    requested_by TEXT NOT NULL,
    requested_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    send_at TEXT,
    cover_index BIGINT,
    cover_text TEXT NOT NULL,
    resolution TEXT NOT NULL,
    country TEXT NOT NULL,
    original_message_id TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    attempted_at TEXT,
    looks BIGINT NOT NULL,
    looked_at TEXT,
    message_id TEXT,
    decided_by TEXT NOT NULL,
    key_scope TEXT,
    key_value TEXT,
    key_fingerprint TEXT,
    has_files BIGINT NOT NULL CHECK (has_files IN (0, 1))
);
CREATE INDEX sendings_files ON sendings (state_at) WHERE has_files = 1;
CREATE UNIQUE INDEX sendings_key ON sendings (key_scope, key_value);
CREATE UNIQUE INDEX sendings_message ON sendings (mailbox_id, message_id);
CREATE INDEX sendings_newest ON sendings (requested_at, id);
CREATE INDEX sendings_state ON sendings (state, requested_at, id);
CREATE TABLE subscriptions (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL,
    address TEXT NOT NULL,
    expires_at TEXT,
    seen_at TEXT NOT NULL
);
CREATE INDEX subscriptions_login ON subscriptions (login);
