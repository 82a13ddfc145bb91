"""What must hold after a kill: of the files, of what the receiver has heard, and of both together."""

import collections
import contextlib
import dataclasses
import json
import shutil
import sqlite3
import tempfile
import time

#: What a line of the timeline makes of an incident.
_STATES = {"opened": "triggered", "reopened": "triggered", "acknowledged": "acknowledged",
           "unacknowledged": "triggered", "snoozed": "snoozed", "snooze ended": "triggered", "resolved": "resolved"}
_OPEN = ("queued", "leased", "waiting", "unknown")


def _fail_if(faults, what):
    if faults:
        raise AssertionError(f"{what}: {faults}")


@contextlib.contextmanager
def history(world):
    """A copy of its file: whoever opens it next is to find it as the kill has left it."""
    with tempfile.TemporaryDirectory(prefix="sonde-crash-copy-") as directory:
        for file in world.state.glob("alerts.db*"):
            if not file.name.endswith("-shm"):
                shutil.copy(file, directory)
        with contextlib.closing(sqlite3.connect(f"{directory}/alerts.db")) as database:
            yield database


@dataclasses.dataclass
class Promises:
    """What somebody got a 200 for: names of alerts that fire, and of those that are over, incidents that somebody has
    taken on, and ids of silences.
    """

    taken: set = dataclasses.field(default_factory=set)
    over: set = dataclasses.field(default_factory=set)
    acknowledged: set = dataclasses.field(default_factory=set)
    silences: set = dataclasses.field(default_factory=set)


def check_files(world, is_quiet=False, promises=Promises()):
    """The file is whole and agrees with itself (M, L), with what was heard, and with what was promised. If it
    `is_quiet`, no message waits.
    """
    if not (world.state / "alerts.db").exists():
        _fail_if(promises.taken, "a 200 without a file")
        return
    with history(world) as database:
        _fail_if([row for (row,) in database.execute("PRAGMA integrity_check") if row != "ok"], "the file is damaged")
        if not database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'used_link'").fetchall():
            _fail_if(promises.taken, "a 200 without a table")
            return
        _check_states(database)
        _check_alerts(database)
        _check_promises(database, promises)
        _check_heard(database, world)
        _check_deliveries(database, is_quiet)


def _check_states(database):
    """M: the timeline, told again, gives each incident's state."""
    told = {}
    for incident, change in database.execute("SELECT incident, change FROM timeline WHERE incident <> 0 ORDER BY id"):
        told[incident] = _STATES.get(change, told.get(incident))
    stored = dict(database.execute("SELECT id, status FROM incident"))
    _fail_if({each: (state, told.get(each)) for each, state in stored.items() if told.get(each) != state},
             "incidents whose state is not that of their last line")
    _fail_if(set(told) - set(stored), "lines of incidents that there are not")


def _check_alerts(database):
    """M: an alert fires if its last line says so."""
    last = {}
    for labels, change in database.execute(
            "SELECT labels, change FROM timeline WHERE incident = 0 AND change IN ('fired', 'cleared') ORDER BY id"):
        last[labels] = change == "fired"
    firing = {labels for labels, is_firing in database.execute("SELECT labels, firing FROM problem") if is_firing}
    _fail_if(firing ^ {labels for labels, is_firing in last.items() if is_firing}, "alerts unlike their last line")


def _check_promises(database, promises):
    """K11: whatever was answered with 200 is there."""
    ends = {}
    for labels, ends_at in database.execute("SELECT labels, ends_at_ns FROM external_alert"):
        ends[json.loads(labels)["alertname"]] = ends_at
    lines = {json.loads(labels).get("alertname") for (labels,) in database.execute("SELECT DISTINCT labels FROM timeline")}
    _fail_if([name for name in promises.taken if name not in ends and name not in lines], "alerts that are lost")
    _fail_if([name for name in promises.over if ends.get(name, 0) > time.time_ns()], "ends of alerts that are lost")
    states = dict(database.execute("SELECT id, status FROM incident"))
    _fail_if([each for each in promises.acknowledged if states.get(each) not in ("acknowledged", "resolved")],
             "acknowledgements that are lost")
    kept = {each for (each,) in database.execute("SELECT id FROM silence")}
    _fail_if(promises.silences - kept, "silences that are lost")


def _check_heard(database, world):
    """L: what was heard had been on disk before it left, and not as something that nobody has tried to send."""
    states = dict(database.execute("SELECT id, state FROM delivery"))
    _fail_if([each for each in world.listener.heard("hub") if states.get(each.key, "queued") == "queued"],
             "heard, and not on disk")


def _check_deliveries(database, is_quiet):
    rows = database.execute(
        "SELECT incident, channel, state, message ->> '$.kind', last_error, attempts, body FROM delivery").fetchall()
    _fail_if([row for row in rows if row[2] == "dead"], "messages that were given up")
    if not is_quiet:
        return
    _fail_if([row for row in rows if row[2] in _OPEN], "messages that still wait")
    sent = collections.Counter((incident, channel) for incident, channel, state, *_ in rows if state == "sent")
    told = collections.Counter(database.execute("SELECT incident, channel FROM timeline WHERE change = 'told'").fetchall())
    _fail_if((sent - told) | (told - sent), "messages that were sent and lines that say so")


def check_story(world):
    """Nothing is told twice under another key (D), nor out of order (O), nor an end without a beginning (R)."""
    stories = collections.defaultdict(list)
    for each in world.listener.heard("hub"):
        stories[each.incident].append(each)
    for incident, story in stories.items():
        numbers = [each.number for each in story]
        _fail_if(numbers != sorted(numbers), f"incident {incident} is out of order: {story}")
        keys = collections.defaultdict(set)
        for each in story:
            keys[each.occurrence, each.number].add(each.key)
        _fail_if([number for number, of in keys.items() if len(of) > 1], f"incident {incident} has a second key: {story}")
        for kind in ("firing", "resolved"):
            _fail_if(len({each.key for each in story if each.kind == kind}) > 1,
                     f"incident {incident} is {kind} twice: {story}")
    pages = collections.defaultdict(list)
    for each in world.listener.heard("pager"):
        pages[each.key].append(each)
    for key, story in pages.items():
        kinds = [each.kind for each in story]
        ends = kinds.count("resolved")
        _fail_if(ends and kinds[-ends:] != ["resolved"] * ends, f"{key} is out of order: {story}")
    for story in (*stories.values(), *pages.values()):
        began = next((at for at, each in enumerate(story) if each.kind in ("firing", "update") and each.arrived), None)
        others = [at for at, each in enumerate(story) if each.kind not in ("firing", "update")]
        _fail_if(others and (began is None or others[0] < began), f"an end without a beginning: {story}")

