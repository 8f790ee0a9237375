"""The log's tables in SQLite: the common text, and what only a file can tell of itself."""

from __future__ import annotations

from trailmark_server.storage.sql.rows import SqlRows


class SqliteRows(SqlRows):
    """``LogRows`` over a connection; lives as long as its transaction."""

    def file_faults(self) -> list[str]:
        """Return where the file contradicts itself.

        A column that an index holds too is read from the index: damage to the table's own copy
        shows in no hash, only here.
        """
        told = self._conn.execute("PRAGMA integrity_check").fetchall()
        return [fault for (fault,) in told if fault != "ok"]
