#!/usr/bin/env python3
"""Serves or follows a notification log of Python eventsourcing 5.0.0 over HTTP.

usage: notification_log.py serve DB SECTION_SIZE     serves the log of a SQLite file's stored_events; prints its URL
       notification_log.py follow URL COUNT          reads until COUNT notifications have arrived; prints each as JSON
"""
import json
import sys
import time
from wsgiref.simple_server import WSGIRequestHandler, make_server

from eventsourcing.interface.notificationlog import (
    NotificationLogReader,
    NotificationLogView,
    RecordManagerNotificationLog,
    RemoteNotificationLog,
)


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def view_of(path, section_size):
    from eventsourcing.infrastructure.sequenceditem import StoredEvent
    from eventsourcing.infrastructure.sqlalchemy.datastore import SQLAlchemyDatastore, SQLAlchemySettings
    from eventsourcing.infrastructure.sqlalchemy.manager import SQLAlchemyRecordManager
    from eventsourcing.infrastructure.sqlalchemy.records import StoredEventRecord

    datastore = SQLAlchemyDatastore(settings=SQLAlchemySettings(uri="sqlite:///" + path))
    datastore.setup_connection()
    manager = SQLAlchemyRecordManager(
        record_class=StoredEventRecord,
        session=datastore.session,
        sequenced_item_class=StoredEvent,
        contiguous_record_ids=True,
    )
    return NotificationLogView(RecordManagerNotificationLog(manager, section_size)), datastore.session


def serve(path, section_size):
    view, session = view_of(path, int(section_size))

    def application(environ, start_response):
        section_id = environ["PATH_INFO"].strip("/").split("/")[-1]
        body, is_archived = view.present_section(section_id)
        session.remove()  # the next request sees the rows that other programs have stored by then
        headers = [("Content-Type", "application/json")]
        if is_archived:
            headers.append(("Cache-Control", "max-age=60"))
        start_response("200 OK", headers)
        return [body.encode("utf8") if isinstance(body, str) else body]

    server = make_server("127.0.0.1", 0, application, handler_class=QuietHandler)
    print("http://127.0.0.1:%d/notifications" % server.server_port, flush=True)
    server.serve_forever()


def follow(url, count):
    reader = NotificationLogReader(RemoteNotificationLog(url))
    deadline = time.time() + 60
    while reader.position < int(count):
        if time.time() > deadline:
            sys.exit("only %d notifications came" % reader.position)
        for notification in reader.read():
            print(json.dumps(notification, sort_keys=True), flush=True)
        time.sleep(0.05)


if __name__ == "__main__":
    commands = {"serve": serve, "follow": follow}
    if len(sys.argv) != 4 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](*sys.argv[2:])
