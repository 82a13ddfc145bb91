"""kill -9 of the whole daemon at random moments and random system calls, while alerts come and go, people act on them,
and the receiver answers badly.

SONDE_CRASH_KILLS (80) says how many kills, SONDE_CRASH_WORLDS (2) of how many daemons side by side, SONDE_CRASH_SEED by
which dice.
"""

import concurrent.futures
import dataclasses
import json
import os
import pathlib
import random
import tempfile
import threading
import time
import unittest

from crash_checks import Promises, check_files, check_story
from crash_world import CHANNELS, WAIT_S, World
from harness.waiting import wait_until

REQUIRES = ("hub", "kill_at")

#: Out of a hundred attempts so many; the others are answered well.
_TROUBLE = {500: 8, 429: 3, "reset": 3, "closed": 3, "slow": 3}
#: So many calls may pass before a watched daemon dies, and so long may it take.
_MOST_CALLS = 150
_LONGEST_LIFE_S = 1.8


@dataclasses.dataclass
class Alert:
    """One alert, as whoever sends it knows it."""

    name: str
    silenced: bool = False
    wants_end: bool = False


class Sender(threading.Thread):
    """Sends alerts and orders to a daemon until it is gone. What got no answer is asked again of the next one."""

    def __init__(self, story, seed):
        super().__init__(daemon=True)
        self._story = story
        self._dice = random.Random(seed)
        self.fault = None

    def run(self):
        """As long as it gets answers."""
        try:
            while self._story.world.is_running() and self._act():
                time.sleep(self._dice.random() * 0.04)
        except Exception as fault:  # noqa: BLE001: told by the thread that waits
            self.fault = fault

    def _act(self):
        story, dice = self._story, self._dice.random()
        waiting = [each for each in story.alerts if not self._is_done(each)]
        if waiting:
            return self._send(waiting[0])
        if dice < 0.5 or not story.firing():
            return self._send(story.begin(is_silenced=self._dice.random() < 0.1))
        alert = self._dice.choice(story.firing())
        if dice < 0.65:
            return self._acknowledge(alert)
        # Of what ends before it was told nobody need hear: that is worth a few only.
        if story.was_told(alert) or self._dice.random() < 0.1:
            story.want_end(alert)
            return self._send(alert)
        return True

    def _is_done(self, alert):
        promises = self._story.promises
        return alert.name in (promises.over if alert.wants_end else promises.taken)

    def _send(self, alert):
        promises = self._story.promises
        if alert.silenced and alert.name not in self._story.silenced:
            answer = self._story.world.silence(alert.name)
            if answer is None:
                return False
            self._story.silenced.add(alert.name)
            promises.silences.add(_id_in(answer))
        answer = self._story.world.send(alert.name, ended=alert.wants_end)
        if answer is None:
            return False
        if answer[0] != 200:
            raise AssertionError(f"{alert}: {answer}")
        (promises.over if alert.wants_end else promises.taken).add(alert.name)
        return True

    def _acknowledge(self, alert):
        told = self._story.world.listener.heard("hub", alert=alert.name)
        if not told:
            return True
        answer = self._story.world.order("acknowledge", told[-1].incident)
        if answer is None:
            return False
        if answer[0] == 200:
            self._story.promises.acknowledged.add(told[-1].incident)
        elif answer[0] != 409:
            raise AssertionError(f"{alert}: {answer}")
        return True


def _id_in(answer):
    if answer[0] != 200:
        raise AssertionError(f"a silence: {answer}")
    return json.loads(answer[1])["silenceID"]


class Story:
    """A world, all its alerts, and what was promised to whom."""

    def __init__(self, directory, seed):
        self.dice = random.Random(seed)
        self._answers = random.Random(seed + 1)
        self.world = World(directory, self._answer)
        self.alerts = []
        self.silenced = set()
        self.promises = Promises()
        self._is_troubled = True

    def _answer(self):
        dice = self._answers.randrange(100)
        if not self._is_troubled:
            return 200
        for answer, share in _TROUBLE.items():
            if dice < share:
                return answer
            dice -= share
        return 200

    def begin(self, is_silenced):
        """One more alert."""
        self.alerts.append(Alert(f"Alert{len(self.alerts) + 1}", is_silenced))
        return self.alerts[-1]

    def want_end(self, alert):
        """From here on it may be over, and what is over before anybody looked leaves no line."""
        alert.wants_end = True
        self.promises.taken.discard(alert.name)

    def firing(self):
        """Those that were taken and nobody wants to end yet."""
        return [each for each in self.alerts if each.name in self.promises.taken and not each.wants_end]

    def was_told(self, alert, channel="hub"):
        """Whether the receiver knows for sure."""
        return any(each.answer in (200, 202) for each in self.world.listener.heard(channel, alert=alert.name, kind="firing"))

    def live_once(self):
        """One life of the daemon, and its death."""
        dice = self.dice.random()
        is_watched = dice < 0.45
        self.world.launch(*([f"any:{self.dice.randrange(1, _MOST_CALLS)}"] if is_watched else []))
        if dice > 0.85:
            time.sleep(self.dice.random() * 0.4)  # in the middle of its start
            self.world.kill()
        elif self.world.wait_until_serving():
            if is_watched:
                self.world.arm()
            self._live(self.dice.random() * _LONGEST_LIFE_S + (1 if is_watched else 0))
        check_files(self.world, promises=self.promises)
        check_story(self.world)

    def _live(self, seconds):
        sender = Sender(self, self.dice.random())
        sender.start()
        until = time.monotonic() + seconds
        while self.world.is_running() and time.monotonic() < until:
            time.sleep(0.005)
        self.world.kill()
        sender.join(WAIT_S)
        if sender.fault:
            raise sender.fault

    def end(self):
        """The last life: all is told, and most of it is over."""
        self._is_troubled = False
        self.world.start()
        for alert in self.alerts:
            if alert.silenced and alert.name not in self.silenced:
                # Asked for already, it may be there: whoever got no answer asks again.
                self._call(lambda one=alert: self.world.silence(one.name))
                self.silenced.add(alert.name)
            self._call(lambda one=alert: self.world.send(one.name, ended=one.wants_end))
            (self.promises.over if alert.wants_end else self.promises.taken).add(alert.name)
        self.wait_until_told(self.firing())
        for alert in self.firing()[5:]:
            self.want_end(alert)
            self._call(lambda one=alert: self.world.send(one.name, ended=True))
            self.promises.over.add(alert.name)
        self.world.wait_for_quiet()
        self.world.stop()
        check_files(self.world, is_quiet=True, promises=self.promises)
        check_story(self.world)
        self._check_nothing_is_lost()

    def _call(self, call):
        answer = call()
        if answer is None or answer[0] != 200:
            raise AssertionError(f"the last daemon answers {answer}\n{self.world.log()}")

    def wait_until_told(self, alerts):
        """All that fire and that nobody has silenced."""
        def untold():
            return [each for each in alerts for channel in CHANNELS
                    if each.name not in self.silenced and not self.was_told(each, channel)]

        wait_until(lambda: not untold(), WAIT_S, lambda: f"{untold()} are told\n{self.world.log()}")

    def _check_nothing_is_lost(self):
        listener = self.world.listener
        for alert in self.alerts:
            if alert.name in self.silenced:
                if listener.heard("hub", alert=alert.name):
                    raise AssertionError(f"{alert} was silenced before it began")
                continue
            for channel in CHANNELS:
                told = listener.heard(channel, alert=alert.name)
                keys = {each.key for each in told}
                ends = [each for each in listener.heard(channel, kind="resolved")
                        if each.alert == alert.name or (channel == "pager" and each.key in keys)]
                may_know = any(each.arrived and each.kind in ("firing", "update") for each in told)
                is_told = any(each.answer in (200, 202) for each in ends)
                if is_told != (may_know and alert.wants_end):
                    raise AssertionError(f"{alert} on {channel}: {told + ends}")


class Random(unittest.TestCase):
    """As many kills as one has time for."""

    def live(self, number, kills, seed):
        """One world. Returns how many alerts, and how often something was heard."""
        with tempfile.TemporaryDirectory(prefix="sonde-crash-") as directory:
            story = Story(pathlib.Path(directory), seed * 1000 + number)
            try:
                for _ in range(kills):
                    story.live_once()
                story.end()
            finally:
                story.world.close()
            heard = story.world.listener.heard()
            keys = {(each.channel, each.key, each.kind) for each in heard if each.arrived}
            return len(story.alerts), len(heard), sum(each.arrived for each in heard) - len(keys)

    def test_K16_nothing_is_lost_nor_told_twice_under_another_key_nor_out_of_order(self):
        kills = int(os.environ.get("SONDE_CRASH_KILLS", "80"))
        worlds = int(os.environ.get("SONDE_CRASH_WORLDS", "2"))
        seed = int(os.environ.get("SONDE_CRASH_SEED", "20270116"))
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(worlds) as pool:
            done = list(pool.map(lambda number: self.live(number, -(-kills // worlds), seed), range(worlds)))
        alerts, heard, repeats = (sum(column) for column in zip(*done))
        print(f"\n{-(-kills // worlds) * worlds} kills in {time.monotonic() - began:.0f} s: {alerts} alerts, {heard} "
              f"messages heard, {repeats} of them repeats under the same key")
