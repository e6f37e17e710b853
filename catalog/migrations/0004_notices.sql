-- What came to pass, whom it was told to, and every try of telling.

CREATE TABLE outcomes (
    seq {identity},
    id {text} NOT NULL UNIQUE,
    kind {text} NOT NULL,
    at {text} NOT NULL,
    mailbox_id {text} NOT NULL,
    fax_id {text} NOT NULL,
    direction {text} NOT NULL,
    number {text} NOT NULL,
    facts {text} NOT NULL,
    told_at {text}
);
CREATE INDEX outcomes_untold ON outcomes (seq) WHERE told_at IS NULL;
CREATE INDEX outcomes_fax ON outcomes (fax_id, seq);

CREATE TABLE notices (
    seq {identity},
    id {text} NOT NULL UNIQUE,
    outcome_id {text} NOT NULL REFERENCES outcomes (id),
    destination {text} NOT NULL,
    state {text} NOT NULL CHECK (state IN ('waiting', 'delivered', 'given-up')),
    created_at {text} NOT NULL,
    state_at {text} NOT NULL,
    due_at {text} NOT NULL,
    -- Of the present round alone: whoever asks for a replay starts another one.
    tries BIGINT NOT NULL,
    round BIGINT NOT NULL,
    reason {text} NOT NULL,
    UNIQUE (outcome_id, destination)
);
CREATE INDEX notices_state ON notices (state, destination, seq);
CREATE INDEX notices_destination ON notices (destination, seq);

CREATE TABLE notice_attempts (
    notice_id {text} NOT NULL REFERENCES notices (id),
    number BIGINT NOT NULL,
    at {text} NOT NULL,
    seconds {float} NOT NULL,
    failure {text} NOT NULL,
    PRIMARY KEY (notice_id, number)
);

CREATE TABLE destinations (
    name {text} PRIMARY KEY,
    failing_since_at {text},
    failure {text} NOT NULL,
    delivered_at {text},
    paused_at {text},
    pause_reason {text} NOT NULL
);
