-- Who reaches which mailbox, whether RingCentral calls about it, what it listed, and what is at risk.

ALTER TABLE mailboxes ADD COLUMN login {text} NOT NULL DEFAULT '';
ALTER TABLE mailboxes ADD COLUMN status {text} NOT NULL DEFAULT 'watched'
    CHECK (status IN ('watched', 'unreachable', 'gone'));
ALTER TABLE mailboxes ADD COLUMN status_reason {text} NOT NULL DEFAULT '';
ALTER TABLE mailboxes ADD COLUMN uncalled_reason {text} NOT NULL DEFAULT '';
ALTER TABLE mailboxes ADD COLUMN uncalled_until {text};
ALTER TABLE mailboxes ADD COLUMN called_at {text};
ALTER TABLE mailboxes ADD COLUMN listed_at {text};
ALTER TABLE mailboxes ADD COLUMN listed_from_at {text};
ALTER TABLE mailboxes ADD COLUMN listed_count BIGINT;
ALTER TABLE mailboxes ADD COLUMN peak_per_hour {float} NOT NULL DEFAULT 0;

CREATE TABLE logins (
    name {text} PRIMARY KEY,
    account {text} NOT NULL,
    account_id {text},
    extension_id {text},
    person {text} NOT NULL,
    scopes {text} NOT NULL,
    good_at {text},
    refused_at {text},
    refusal {text} NOT NULL,
    ends_at {text},
    skew_s {float},
    skew_at {text},
    retention_days BIGINT,
    hipaa BIGINT NOT NULL,
    mailboxes_per_subscription BIGINT NOT NULL
);

CREATE TABLE extensions (
    account_id {text} NOT NULL,
    extension_id {text} NOT NULL,
    account {text} NOT NULL,
    name {text} NOT NULL,
    number {text} NOT NULL,
    kind {text} NOT NULL,
    status {text} NOT NULL,
    unwatched_reason {text} NOT NULL,
    seen_at {text} NOT NULL,
    gone_at {text},
    PRIMARY KEY (account_id, extension_id)
);

CREATE TABLE fax_numbers (
    account_id {text} NOT NULL,
    number {text} NOT NULL,
    account {text} NOT NULL,
    usage {text} NOT NULL,
    kind {text} NOT NULL,
    extension_id {text} NOT NULL,
    seen_at {text} NOT NULL,
    gone_at {text},
    PRIMARY KEY (account_id, number)
);

CREATE TABLE subscriptions (
    id {text} PRIMARY KEY,
    login {text} NOT NULL,
    address {text} NOT NULL,
    expires_at {text},
    seen_at {text} NOT NULL
);
CREATE INDEX subscriptions_login ON subscriptions (login);

CREATE TABLE blind_windows (
    mailbox_id {text} NOT NULL,
    started_at {text} NOT NULL,
    ended_at {text},
    cause {text} NOT NULL,
    listed_at {text},
    PRIMARY KEY (mailbox_id, started_at)
);

-- A wider choice of origins. The databases cannot change a check, so the column is made anew.
ALTER TABLE faxes RENAME COLUMN origin TO former_origin;
ALTER TABLE faxes ADD COLUMN origin {text} NOT NULL DEFAULT 'message-store'
    CHECK (origin IN ('call-log', 'import', 'export', 'event', 'message-store'));
UPDATE faxes SET origin = former_origin;
ALTER TABLE faxes DROP COLUMN former_origin;
ALTER TABLE faxes ADD COLUMN found_by {text} NOT NULL DEFAULT '';
ALTER TABLE faxes ADD COLUMN evidence {text} NOT NULL DEFAULT '';
ALTER TABLE faxes ADD COLUMN listed_at {text};
ALTER TABLE faxes ADD COLUMN unlisted_at {text};
CREATE INDEX faxes_state_at ON faxes (mailbox_id, state_at);

ALTER TABLE documents ADD COLUMN source {text} NOT NULL DEFAULT '';

CREATE TABLE day_statements (
    mailbox_id {text} NOT NULL,
    day {text} NOT NULL,
    revision BIGINT NOT NULL,
    at {text} NOT NULL,
    listed_at {text} NOT NULL,
    file {text} NOT NULL,
    sha256 {text} NOT NULL,
    content {text} NOT NULL,
    listed BIGINT NOT NULL,
    archived BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    lost BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    contradiction {text} NOT NULL,
    PRIMARY KEY (mailbox_id, day, revision)
);

CREATE TABLE alarms (
    kind {text} NOT NULL,
    subject {text} NOT NULL,
    raised_at {text} NOT NULL,
    cleared_at {text},
    severity {text} NOT NULL,
    words {text} NOT NULL,
    advice {text} NOT NULL,
    PRIMARY KEY (kind, subject, raised_at)
);
CREATE INDEX alarms_open ON alarms (kind) WHERE cleared_at IS NULL;

CREATE TABLE observations (
    topic {text} NOT NULL,
    value {text} NOT NULL,
    times BIGINT NOT NULL,
    first_at {text} NOT NULL,
    last_at {text} NOT NULL,
    PRIMARY KEY (topic, value)
);

-- Jobs of one kind that share a limit stand in one lane, the most urgent first. The sweep makes
-- those anew that were asked for before there were lanes.
DELETE FROM jobs WHERE name IN ('archive', 'look', 'discover', 'subscribe');
ALTER TABLE jobs ADD COLUMN lane {text} NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN deadline {text} NOT NULL DEFAULT '';
CREATE INDEX jobs_lane ON jobs (name, lane, deadline, due_at);

CREATE TABLE lanes (
    name {text} NOT NULL,
    lane {text} NOT NULL,
    paused_until {text} NOT NULL,
    failures BIGINT NOT NULL,
    PRIMARY KEY (name, lane)
);
