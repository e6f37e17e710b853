INSERT INTO mailboxes VALUES ('1-2', '1', '2', 'Front desk', '101', 'token', '2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.000Z');
INSERT INTO faxes VALUES ('1-7', '1', '1-2', '7', 'Outbound', 'Sent', 'Read', 'Alive', '2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.000Z',
    NULL, 3, 'High', 'results', '+12025550101', 'Lab', '{}', 'message-store', 'archived', '', '2026-03-01T12:00:00.000Z',
    '2026/03/01/1-2/outbound-7', 2, 1, 0, '2026-03-01T12:00:00.000Z');
INSERT INTO faxes VALUES ('1-8', '1', '1-2', '8', 'Inbound', 'Received', 'Unread', 'Alive', '2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.000Z',
    NULL, NULL, NULL, NULL, NULL, NULL, '{}', 'event', 'pending', '', '2026-03-01T12:00:00.000Z',
    NULL, 0, 0, 0, '2026-03-01T12:00:00.000Z');
INSERT INTO faxes VALUES ('1-9', '1', '1-2', '9', 'Inbound', 'Received', 'Unread', 'Purged', '2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.000Z',
    NULL, NULL, NULL, NULL, NULL, NULL, '{}', 'message-store', 'lost', 'purged', '2026-03-01T12:00:00.000Z',
    NULL, 0, 0, 0, '2026-03-01T12:00:00.000Z');
INSERT INTO recipients VALUES ('1-7', 0, 'a', '+12025550102', 'Clinic', 'Sent', NULL);
INSERT INTO delivery_steps VALUES ('1-7', 0, 1, 'Sent', NULL, '2026-03-01T12:00:00.000Z', '{}');
INSERT INTO documents VALUES ('1-7', 0, '7', 'document.pdf', 'ab', 10, 'application/pdf', 'pdf', 3, '');
INSERT INTO ledger VALUES (1, '2026-03-01T12:00:00.000Z', 'archived', '1-7', 'hash', 'line');
INSERT INTO jobs VALUES ('archive', '1-8', '2026-03-01T12:00:00.000Z', NULL, 12, NULL, NULL, 'cut', '2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.000Z');
INSERT INTO jobs VALUES ('look', '1-2', '2026-03-01T12:00:00.000Z', NULL, 0, NULL, NULL, NULL, NULL, '2026-03-01T12:00:00.000Z');
INSERT INTO jobs VALUES ('discover', '', '2026-03-01T12:00:00.000Z', NULL, 0, NULL, NULL, NULL, NULL, '2026-03-01T12:00:00.000Z');
INSERT INTO jobs VALUES ('subscribe', '', '2026-03-01T12:00:00.000Z', NULL, 0, NULL, NULL, NULL, NULL, '2026-03-01T12:00:00.000Z');
INSERT INTO jobs VALUES ('read-events', '', '2026-03-01T12:00:00.000Z', NULL, 0, NULL, NULL, NULL, NULL, '2026-03-01T12:00:00.000Z');
INSERT INTO api_tokens VALUES ('main', 'sealed', 5.5, 0);
