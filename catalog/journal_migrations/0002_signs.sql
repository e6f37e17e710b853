-- Which account a notification came for, signs of life, and when nobody answered the door.

ALTER TABLE events ADD COLUMN account {text} NOT NULL DEFAULT '';

CREATE TABLE signs (
    name {text} PRIMARY KEY,
    at {text} NOT NULL
);

CREATE TABLE door_closings (
    started_at {text} PRIMARY KEY,
    ended_at {text} NOT NULL
);
