-- Who may use the HTTP API. No token is kept, only its hash.

CREATE TABLE access_tokens (
    id {text} PRIMARY KEY,
    name {text} NOT NULL,
    hash {text} NOT NULL,
    scopes {text} NOT NULL,
    mailboxes {text} NOT NULL,
    created_at {text} NOT NULL,
    expires_at {text},
    revoked_at {text},
    used_at {text}
);
