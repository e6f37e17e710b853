INSERT INTO events (received_at, body, content_type, state, outcome)
VALUES ('2026-03-01T12:00:00.000Z', 'one', 'application/json', 'new', '');
INSERT INTO events (received_at, body, content_type, state, outcome, uuid, read_at)
VALUES ('2026-03-01T12:00:00.000Z', 'two', 'application/json', 'read', 'mailbox looked at', 'u', '2026-03-01T12:00:00.000Z');
