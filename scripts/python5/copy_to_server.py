#!/usr/bin/env python3
"""Copies the record tables of a SQLite file into a PostgreSQL or MySQL database, with Python eventsourcing 5.0.0.
The library creates the tables and writes every row, in the order of the record ids.

  copy_to_server.py FILE postgresql+psycopg2://… | mysql+pymysql://…
"""
import decimal, os, sqlite3, sys, warnings
warnings.simplefilter('ignore')
os.environ.setdefault('TZ', 'UTC')
from uuid import UUID
from eventsourcing.infrastructure.sequenceditem import SequencedItem, StoredEvent
from eventsourcing.infrastructure.sqlalchemy import records as R
from eventsourcing.infrastructure.sqlalchemy.datastore import SQLAlchemyDatastore, SQLAlchemySettings
from eventsourcing.infrastructure.sqlalchemy.manager import SQLAlchemyRecordManager

if len(sys.argv) != 3:
    sys.exit(__doc__)
classes = {c.__tablename__: c for c in (R.StoredEventRecord, R.IntegerSequencedWithIDRecord, R.IntegerSequencedNoIDRecord,
                                        R.TimestampSequencedWithIDRecord, R.TimestampSequencedNoIDRecord, R.SnapshotRecord)}
source = sqlite3.connect('file:%s?mode=ro' % os.path.abspath(sys.argv[1]), uri=True)
present = [t for (t,) in source.execute("select name from sqlite_master where type='table'") if t in classes]
target = SQLAlchemyDatastore(settings=SQLAlchemySettings(uri=sys.argv[2]), tables=[classes[t] for t in present])
target.setup_connection()
target.setup_tables()
for table in present:
    record_class = classes[table]
    has_id = hasattr(record_class, 'id')
    item_class = StoredEvent if table == 'stored_events' else SequencedItem
    manager = SQLAlchemyRecordManager(session=target.session, record_class=record_class, sequenced_item_class=item_class,
                                      contiguous_record_ids=has_id)
    rows = source.execute('select %s from %s order by %s' % (', '.join(item_class._fields), table, 'id' if has_id else '1, 2'))
    count = 0
    for sequence_id, position, topic, data in rows:
        if 'timestamp' in table:
            position = decimal.Decimal('%.6f' % position)
        manager.append(item_class(UUID(bytes=sequence_id), position, topic, data))
        count += 1
    print(table, count)
