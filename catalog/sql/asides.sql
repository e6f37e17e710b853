-- name: add(fax_id, sha256, folder, reason, detail, size, at)!
INSERT INTO asides (fax_id, sha256, folder, reason, detail, size, at)
VALUES (:fax_id, :sha256, :folder, :reason, :detail, :size, :at)
ON CONFLICT (fax_id, sha256) DO NOTHING;

-- name: of_fax(fax_id)
SELECT * FROM asides WHERE fax_id = :fax_id ORDER BY at, sha256;

-- name: everything()
SELECT * FROM asides ORDER BY at, fax_id, sha256;
