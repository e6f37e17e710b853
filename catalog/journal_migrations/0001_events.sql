CREATE TABLE events (
    id {identity},
    received_at {text} NOT NULL,
    body {blob} NOT NULL,
    content_type {text} NOT NULL,
    state {text} NOT NULL CHECK (state IN ('new', 'read', 'unreadable')),
    outcome {text} NOT NULL,
    uuid {text},
    event {text},
    mailbox_id {text},
    read_at {text}
);
CREATE INDEX events_new ON events (id) WHERE state = 'new';
CREATE INDEX events_unreadable ON events (id) WHERE state = 'unreadable';
CREATE INDEX events_received ON events (received_at);
