"""What makes millions of rows quick: COPY, chance that repeats itself, indexes built at the end."""

import io
from contextlib import contextmanager

from odoo.tools import SQL


def copy_rows(cr, table, columns, rows):
    """Create a temporary table and fill it by COPY.

    :param str columns: as in CREATE TABLE
    :param rows: iterable of tuples; None is NULL
    """
    cr.execute(f"DROP TABLE IF EXISTS {table}; CREATE TEMP TABLE {table} ({columns})")
    text = io.StringIO()
    for row in rows:
        text.write("\t".join("\\N" if cell is None else str(cell) for cell in row) + "\n")
    text.seek(0)
    cr._obj.copy_expert(f"COPY {table} FROM STDIN", text)


def add_dice(cr):
    """Give SQL a die that falls the same way each time: ``pg_temp.dice(number, throw, sides)``."""
    cr.execute(
        """
        CREATE OR REPLACE FUNCTION pg_temp.dice(number bigint, throw int, sides int) RETURNS int
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        AS 'SELECT (abs(hashint8extended($1, $2) % $3))::int'
        """
    )


@contextmanager
def in_bulk(cr, *tables):
    """Put the plain indexes of tables aside, and foreign keys where the database user may; commits.

    Unique indexes stay: they are the promise that the rows keep. The others are built again when
    the tables are swept: PostgreSQL leaves an index aside that is younger than a changed row which
    somebody may still see.
    """
    cr.execute(
        """
        SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i
          JOIN pg_class c ON c.oid = i.indexrelid
         WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisunique
        """,
        [list(tables)],
    )
    aside = cr.fetchall()
    cr.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if cr.fetchone()[0]:
        cr.execute("SET LOCAL session_replication_role = replica")
    for name, _definition in aside:
        cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
    yield
    cr.commit()
    with swept(cr) as sweeper:
        for table in tables:
            sweeper.execute(f"VACUUM {table}")
    cr.execute("SET LOCAL maintenance_work_mem = '256MB'")
    for _name, definition in aside:
        cr.execute(definition)
    cr.commit()


@contextmanager
def swept(cr):
    """Give a cursor outside of any transaction, for VACUUM."""
    cr._cnx.autocommit = True
    try:
        yield cr._cnx.cursor()
    finally:
        cr._cnx.autocommit = False


def reserve_ids(cr, table, number):
    """Return the id before the first of a run of ids that nobody else gets."""
    cr.execute(f"SELECT pg_get_serial_sequence('{table}', 'id')")
    (sequence,) = cr.fetchone()
    cr.execute("SELECT nextval(%s)", [sequence])
    before = cr.fetchone()[0]
    cr.execute("SELECT setval(%s, %s)", [sequence, before + number])
    return before
