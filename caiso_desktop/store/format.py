"""The formats of the database, each as the step that leads to it from the one before. A released step never changes."""

import json
import sqlite3
from contextlib import suppress

_FIRST = (
    # The chain: every link's hash covers its contents and the link before. Contents may go, the hashes stay.
    """CREATE TABLE chain (
        link INTEGER PRIMARY KEY,
        call INTEGER NOT NULL,
        what TEXT NOT NULL,
        body BLOB,
        body_hash BLOB NOT NULL,
        hash BLOB NOT NULL
    )""",
    "CREATE INDEX chain_call ON chain (call)",
    # What calls are found by; all of it stands in the chain too, which `verify` compares.
    """CREATE TABLE call (
        id INTEGER PRIMARY KEY,
        run TEXT NOT NULL,
        started TEXT NOT NULL,
        environment TEXT NOT NULL,
        application TEXT NOT NULL,
        service TEXT NOT NULL,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        thumbprint TEXT NOT NULL,
        standing TEXT NOT NULL,
        settled INTEGER NOT NULL DEFAULT 0
    )""",
    "CREATE INDEX call_environment ON call (environment, id)",
    "CREATE INDEX call_service ON call (service, environment, id)",
    "CREATE INDEX call_standing ON call (standing, settled, id)",
    "CREATE INDEX call_started ON call (started)",
    "CREATE INDEX call_thumbprint ON call (thumbprint)",
    "CREATE TABLE trade_date (date TEXT NOT NULL, call INTEGER NOT NULL, PRIMARY KEY (date, call)) WITHOUT ROWID",
    "CREATE INDEX trade_date_call ON trade_date (call)",
    # Compressed by zlib: the payload's bytes, and the text that is searched in it and its answer.
    "CREATE TABLE payload (call INTEGER PRIMARY KEY, data BLOB NOT NULL)",
    """CREATE TABLE searched (
        call INTEGER PRIMARY KEY,
        mark TEXT NOT NULL,
        payload BLOB NOT NULL,
        answer BLOB NOT NULL,
        indexed INTEGER NOT NULL
    )""",
    # So that part of a subject is looked for among the few certificates, not in every call.
    "CREATE TABLE certificate (thumbprint TEXT PRIMARY KEY, subject TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE draft (
        id TEXT PRIMARY KEY,
        run TEXT NOT NULL,
        place INTEGER NOT NULL,
        name TEXT NOT NULL,
        environment TEXT NOT NULL,
        target TEXT NOT NULL,
        identity TEXT NOT NULL,
        file TEXT NOT NULL,
        text BLOB NOT NULL,
        encoding TEXT NOT NULL,
        mark BLOB NOT NULL,
        revision INTEGER NOT NULL,
        caret INTEGER NOT NULL,
        anchor INTEGER NOT NULL,
        macros TEXT NOT NULL,
        undo BLOB NOT NULL,
        exchange TEXT NOT NULL,
        saved TEXT NOT NULL,
        binned TEXT NOT NULL,
        active INTEGER NOT NULL,
        crashes INTEGER NOT NULL,
        answer_crashes INTEGER NOT NULL
    )""",
)


def first(connection: sqlite3.Connection) -> None:
    """From nothing to format 1."""
    for statement in _FIRST:
        connection.execute(statement)


def second(connection: sqlite3.Connection) -> None:
    """To format 2: how a payload stood to its schema, so that calls sent in spite of a problem are found."""
    connection.execute("ALTER TABLE call ADD COLUMN conformity TEXT NOT NULL DEFAULT ''")


def third(connection: sqlite3.Connection) -> None:
    """To format 3: how each call travelled, and calls by the ids of their exchanges.

    What many calls have in common (certificate, server's chain, catalogue) stands once, under its own hash, which the
    chain names.
    """
    connection.execute("CREATE TABLE circumstances (hash TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID")
    connection.execute("ALTER TABLE call ADD COLUMN circumstances TEXT NOT NULL DEFAULT ''")
    connection.execute("ALTER TABLE call ADD COLUMN exchange TEXT NOT NULL DEFAULT ''")
    begun = connection.execute("SELECT call, body FROM chain WHERE what = 'begin' AND body IS NOT NULL")
    for call, body in begun:
        with suppress(ValueError, TypeError, AttributeError):  # who tampered with it is told of by the chain
            exchange = json.loads(body).get("exchange")
            connection.execute("UPDATE call SET exchange = ? WHERE id = ?", (str(exchange or ""), call))
    connection.execute("CREATE INDEX call_exchange ON call (exchange)")
    connection.execute("CREATE INDEX call_circumstances ON call (circumstances)")


STEPS = (first, second, third)
