-- name: put(fax_id, position, attachment_id, name, sha256, size, content_type, kind, pages, note, source)*!
INSERT INTO documents
    (fax_id, position, attachment_id, name, sha256, size, content_type, kind, pages, note, source)
VALUES
    (:fax_id, :position, :attachment_id, :name, :sha256, :size, :content_type, :kind, :pages,
     :note, :source)
ON CONFLICT (fax_id, position) DO UPDATE
SET attachment_id = excluded.attachment_id, name = excluded.name, sha256 = excluded.sha256,
    size = excluded.size, content_type = excluded.content_type, kind = excluded.kind,
    pages = excluded.pages, note = excluded.note, source = excluded.source;

-- name: of_fax(fax_id)
SELECT position, attachment_id, name, sha256, size, content_type, kind, pages, note, source
FROM documents WHERE fax_id = :fax_id ORDER BY position;

-- name: same(sha256)
SELECT DISTINCT fax_id FROM documents WHERE sha256 = :sha256 ORDER BY fax_id;
