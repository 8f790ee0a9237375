"""Bounds of the home server's own work: queues, rates, the access log."""

from __future__ import annotations

from typing import Final

DESCRIPTORS_LEFT_MAX: Final = 32
"""With so many file descriptors left, or fewer, a server says in its log that they run out."""

COMMIT_GROUP_MAX: Final = 256
"""Most appends that one group commit takes."""

WRITE_QUEUE_MAX: Final = 4096
"""Appends that may wait for the writer; more are answered ``overloaded``."""

DATABASE_TRIES_MAX: Final = 24
"""How often a write to PostgreSQL is run again because others were faster; then ``overloaded``."""

DATABASE_CONNECT_MS_MAX: Final = 5_000
"""Longest wait for a connection to PostgreSQL; then ``storage_unavailable``."""

DATABASE_SILENCE_MS_MAX: Final = 15_000
"""A machine with PostgreSQL that acknowledges nothing for this long is given up."""

DATABASE_ANSWER_MS_MAX: Final = 30_000
"""Longest wait of a running server for the answer to one statement; then ``storage_unavailable``:
a PostgreSQL that stands still keeps its connections open and says nothing."""

DATABASE_LOCK_MS_MAX: Final = 10_000
"""Longest wait for another writer's lock in PostgreSQL; then ``storage_unavailable``."""

DATABASE_IDLE_MS_MAX: Final = 15_000
"""PostgreSQL ends a transaction in which nothing was asked for this long."""

NOTIFY_PAUSE_MS: Final = 50
"""An instance on PostgreSQL tells the others of its writes at most once in this time."""

NOTIFY_BYTES_MAX: Final = 7_000
"""Longest notification between instances; what is longer becomes "look at everything"."""

STANDING_INTERVAL_MS: Final = 60 * 1000
"""Whoever watches the server is told at most this often, anew, how far its read models are."""

SIGNED_HEADS_KEPT_MAX: Final = 4096
"""Signatures of heads that a server remembers; an older one is made again when asked for."""

REST_SEALS_KEPT_MAX: Final = 4096
"""At-rest keys of persons that a server remembers; another one is fetched when needed."""

CLEAN_IN_MEMORY_BYTES_MAX: Final = 64 * 1024 * 1024
"""Largest database that is written anew in memory; a larger one takes a temporary file."""

CLEANING_PAUSE_MS: Final = 60 * 1000
"""Remnants of erased words leave the server's file within this time; no cleaning comes earlier."""

OWN_ROWS_PAUSE_MS: Final = 10
"""How long rows that a live session pushed may wait for more of them before they are sent back.

They are durable and acknowledged by then, and everybody else gets them at once.
"""

OWN_ROWS_PAUSE_MS_MAX: Final = 100
"""The same for a session that pushed before within this time: its rows go back in company."""

SESSIONS_PER_DEVICE_MAX: Final = 4
"""Live sessions of one device; the oldest one ends when another comes."""

DEVICE_EVENTS_PER_SECOND: Final = 2_000
"""Sustained events that one device may push; above it the server answers ``throttle``."""

THROTTLE_MS_MAX: Final = 60_000
"""Longest pause that ``throttle`` asks for; a device keeps no longer one."""

DEVICE_EVENTS_BURST: Final = 20_000
"""Events a device may push at once before that rate applies: a long time offline."""

ACCESS_LOG_WINDOW_MS: Final = 15 * 60 * 1000
"""One access-log row per member, page and this much time."""

EXPORT_LOG_WINDOW_MS: Final = 60 * 1000
"""The same for exports: a copy that leaves is worth a row of its own."""

ACCESS_LOG_ENTRIES_MAX: Final = 1_000
"""Access-log rows that are told at once, the newest first."""

ACCESS_LOG_PAGES_MAX: Final = 200
"""Pages of the access log that a device asks for in a row; more than six busy years."""

LOOK_CHARS_MAX: Final = 40
"""Longest name of a look in the access log."""

ACCESS_LOG_KEPT_DAYS: Final = 6 * 366
"""Access-log rows are forgotten when they are older, unless the operator says otherwise."""

PRUNED_ROWS_MAX: Final = 1_000
"""Old rows that one transaction forgets, so that nobody waits for the housekeeping."""

PRUNE_INTERVAL_MS: Final = 24 * 3600 * 1000
"""How often old rows are looked for."""
