-- name: create_notes()!
CREATE TABLE IF NOT EXISTS schema_migrations (
    series TEXT NOT NULL,
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (series, version)
);

-- name: reached(series)$
SELECT COALESCE(MAX(version), 0) AS reached FROM schema_migrations WHERE series = :series;

-- name: note(series, version, name)!
INSERT INTO schema_migrations (series, version, name) VALUES (:series, :version, :name);
