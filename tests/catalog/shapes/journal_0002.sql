CREATE TABLE door_closings (
    started_at TEXT PRIMARY KEY,
    ended_at TEXT NOT NULL
);
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at TEXT NOT NULL,
    body BLOB NOT NULL,
    content_type TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'read', 'unreadable')),
    outcome TEXT NOT NULL,
    uuid TEXT,
    event TEXT,
    mailbox_id TEXT,
    read_at TEXT
, account TEXT NOT NULL DEFAULT '');
CREATE INDEX events_new ON events (id) WHERE state = 'new';
CREATE INDEX events_received ON events (received_at);
CREATE INDEX events_unreadable ON events (id) WHERE state = 'unreadable';
CREATE TABLE schema_migrations (
    series TEXT NOT NULL,
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (series, version)
);
CREATE TABLE signs (
    name TEXT PRIMARY KEY,
    at TEXT NOT NULL
);
