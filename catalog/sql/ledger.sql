-- name: tail()^
SELECT * FROM ledger ORDER BY seq DESC LIMIT 1;

-- name: append(seq, at, kind, fax_id, hash, line)!
INSERT INTO ledger (seq, at, kind, fax_id, hash, line)
VALUES (:seq, :at, :kind, :fax_id, :hash, :line);

-- name: after_seq(seq, limit)
SELECT * FROM ledger WHERE seq > :seq ORDER BY seq LIMIT :limit;

-- name: of_fax(fax_id)
SELECT * FROM ledger WHERE fax_id = :fax_id ORDER BY seq;

-- name: count()$
SELECT COUNT(*) AS lines FROM ledger;
