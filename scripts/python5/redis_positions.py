#!/usr/bin/env python3
"""Writes references into a big array on Cassandra with Python eventsourcing 5.0.0, at positions from its RedisIncr, and
prints the positions, one per line.

  redis_positions.py HOST:PORT KEYSPACE ROOT_ID REDIS_HOST REDIS_PORT KEY ARRAY_SIZE ITEMS
"""
import os, sys, warnings
warnings.simplefilter('ignore')
os.environ.setdefault('TZ', 'UTC'); os.environ['SALT_FOR_DATA_INTEGRITY'] = ''
from uuid import UUID
from redis import StrictRedis
from eventsourcing.application.policies import PersistencePolicy
from eventsourcing.domain.model.array import ItemAssigned
from eventsourcing.infrastructure.cassandra.datastore import CassandraDatastore, CassandraSettings
from eventsourcing.infrastructure.cassandra.manager import CassandraRecordManager
from eventsourcing.infrastructure.cassandra.records import IntegerSequencedRecord
from eventsourcing.infrastructure.eventstore import EventStore
from eventsourcing.infrastructure.integersequencegenerators.redisincr import RedisIncr
from eventsourcing.infrastructure.repositories.array import BigArrayRepository
from eventsourcing.infrastructure.sequenceditem import SequencedItem
from eventsourcing.infrastructure.sequenceditemmapper import SequencedItemMapper

server, keyspace, root, redis_host, redis_port, key, size, items = sys.argv[1:]
host, _, port = server.rpartition(':')
CassandraDatastore(tables=(IntegerSequencedRecord,), settings=CassandraSettings(hosts=[host], port=int(port), default_keyspace=keyspace)).setup_connection()
store = EventStore(
    record_manager=CassandraRecordManager(record_class=IntegerSequencedRecord, sequenced_item_class=SequencedItem),
    sequenced_item_mapper=SequencedItemMapper(sequenced_item_class=SequencedItem, sequence_id_attr_name='originator_id', position_attr_name='originator_version'),
)
policy = PersistencePolicy(event_store=store, event_type=ItemAssigned)
array = BigArrayRepository(array_size=int(size), event_store=store)[UUID(root)]
numbers = RedisIncr(StrictRedis(host=redis_host, port=int(redis_port)), key)
for n in range(int(items)):
    position = next(numbers)
    array[position] = {'position': n, 'sequence_id': UUID(root)}
    print(position)
policy.close()
