"""kill -9 of the whole daemon at the named points of its work: what it writes to its history, sends and receives."""

import pathlib
import tempfile
import unittest

from crash_checks import check_files, check_story
from crash_world import CHANNELS, WAIT_S, World
from harness.waiting import wait_until

REQUIRES = ("hub", "kill_at")

OK = (200, "")

_ONCALL = """
oncall:
  people: [{name: ann, contacts: [{channel: pager}]}]
  policies: [{name: all, matchers: ['severity="critical"'], steps: [{wait: 1m, notify: [{person: ann}]}]}]
"""


class Points(unittest.TestCase):
    """One alert and one kill each."""

    def world(self, more=""):
        """A new one."""
        directory = tempfile.TemporaryDirectory(prefix="sonde-crash-")
        self.addCleanup(directory.cleanup)
        world = World(pathlib.Path(directory.name), more=more)
        self.addCleanup(world.close)
        return world

    def kinds(self, world, channel, kind=None):
        """What was heard of it, without the fence."""
        fences = {each.key for each in world.listener.heard("hub", alert="Fence")}
        heard = [each for each in world.listener.heard(channel) if each.key not in fences]
        if channel == "pager":
            heard = [each for each in heard if each.key == world.listener.heard("pager")[0].key]
        return [each for each in heard if kind in (None, each.kind)]

    def finish(self, world):
        """Starts the hub again, and waits for whatever it still has to say."""
        check_files(world)
        world.start()
        world.wait_for_quiet()
        world.stop()
        check_files(world, is_quiet=True)
        check_story(world)

    def die(self, *steps, name="Down"):
        """A world whose hub was killed there, while an alert was told."""
        world = self.world()
        world.start(*steps)
        world.arm()
        answer = world.send(name)
        world.await_kill()
        return world, answer

    def expect(self, world, most, kind="firing"):
        """Each channel has heard of it, so often at most, always under the same key."""
        for channel in CHANNELS:
            heard = self.kinds(world, channel, kind)
            self.assertGreaterEqual(len(heard), 1, channel)
            self.assertLessEqual(len(heard), most, channel)
            self.assertEqual(len({each.key for each in heard}), 1, channel)

    def test_K01_what_was_not_taken_is_sent_again_and_told_once(self):
        world, answer = self.die("before:write")
        self.assertIsNone(answer)
        world.start()
        self.assertEqual(world.send("Down"), OK)
        world.wait_for_quiet()
        world.stop()
        self.finish(world)
        self.expect(world, 1)

    def test_K01_what_was_taken_is_told_once_though_nobody_sends_it_again(self):
        for steps in (["before:write:hubqueued"], ["after:write:hubqueued"]):
            with self.subTest(steps=steps):
                world, answer = self.die(*steps)
                self.assertEqual(answer, OK)
                self.assertEqual(world.listener.heard(), [])
                self.finish(world)
                self.expect(world, 1)

    def test_K02_after_the_commit_it_is_told_once(self):
        world, _ = self.die("after:write:hubqueued", "after:sync")
        self.assertEqual(world.listener.heard(), [])
        self.finish(world)
        self.expect(world, 1)

    def test_K03_after_the_lease_it_is_told_under_one_key(self):
        for channel in CHANNELS:
            with self.subTest(channel=channel):
                world, _ = self.die(f"after:write:{channel}leased", "after:sync")
                self.finish(world)
                # The other channel may have been told by then.
                self.expect(world, 2)
        with self.subTest("before it connects"):
            world, _ = self.die("before:connect")
            self.assertEqual(world.listener.heard(), [])
            self.finish(world)
            self.expect(world, 1)

    def test_K04_after_the_body_was_sent_it_comes_again_under_the_same_key(self):
        for steps in (["after:send"], ["after:send", "before:receive"]):
            with self.subTest(steps=steps):
                world, _ = self.die(*steps)
                self.finish(world)
                self.expect(world, 2)

    def test_K05_after_the_reply_it_comes_again_under_the_same_key(self):
        world, _ = self.die("after:send", "after:receive")
        self.finish(world)
        self.expect(world, 2)
        for channel in CHANNELS:
            with self.subTest(channel=channel):
                world, _ = self.die(f"before:write:{channel}sent")
                before = len(self.kinds(world, channel))
                self.assertEqual(before, 1)
                self.finish(world)
                self.assertEqual(len(self.kinds(world, channel, "firing")), 2, "nobody knows that it was told")
                self.expect(world, 2)

    def test_K06_after_sent_is_kept_nothing_more_comes(self):
        for channel in CHANNELS:
            with self.subTest(channel=channel):
                world, _ = self.die(f"after:write:{channel}sent", "after:sync")
                self.finish(world)
                self.assertEqual(len(self.kinds(world, channel)), 1)

    def test_K07_the_end_is_told_once(self):
        for steps in (["before:write:hubqueued"], ["after:write:hubqueued", "after:sync"]):
            with self.subTest(steps=steps):
                world = self.world()
                world.start(*steps)
                world.send("Down")
                wait_until(lambda: len(self.kinds(world, "hub")) == 1 and len(self.kinds(world, "pager")) == 1, WAIT_S,
                           "it is told")
                world.settle()
                world.arm()
                self.assertEqual(world.send("Down", ended=True), OK)
                world.await_kill()
                self.finish(world)
                for channel in CHANNELS:
                    self.assertEqual([each.kind for each in self.kinds(world, channel)], ["firing", "resolved"])

    def acknowledge_and_die(self, *steps):
        """A world whose hub was killed there while somebody took its incident on, and what that one heard."""
        world = self.world()
        world.start(*steps)
        world.send("Down")
        wait_until(lambda: world.listener.heard("hub"), WAIT_S, "it is told")
        world.settle()
        world.arm()
        answer = world.order("acknowledge", world.incident_of("Down")["id"], note="on it")
        world.await_kill()
        return world, answer

    def expect_one_acknowledgement(self, world):
        """It succeeds now, and is told once."""
        incident = world.incident_of("Down")["id"]
        answer = world.order("acknowledge", incident, note="on it")
        self.assertEqual(answer[0], 200, answer)
        world.stop()
        self.finish(world)
        self.expect(world, 1, "acknowledged")
        self.expect(world, 1, "firing")

    def test_K08_an_acknowledgement_that_was_not_kept_can_be_repeated(self):
        for steps in (["before:write:ann"], ["after:write:ann"]):
            with self.subTest(steps=steps):
                world, answer = self.acknowledge_and_die(*steps)
                self.assertIsNone(answer)
                world.start()
                self.assertEqual(world.incident_of("Down")["status"], "triggered")
                self.expect_one_acknowledgement(world)

    def test_K08_an_acknowledgement_that_was_kept_holds_though_nobody_was_told_so(self):
        world, answer = self.acknowledge_and_die("after:write:ann", "after:sync")
        self.assertIsNone(answer)
        world.start()
        self.assertEqual(world.incident_of("Down")["status"], "acknowledged")
        self.expect_one_acknowledgement(world)

    # The calls are taken back in a transaction of their own, before that of the acknowledgement.
    @unittest.expectedFailure
    def test_K08_whoever_was_to_be_called_is_called_if_the_acknowledgement_was_not_kept(self):
        world = self.world(_ONCALL)
        world.listener.answer = lambda: 500
        world.start("after:write:pagercancelled", "after:sync")
        world.send("Alert1")
        wait_until(lambda: world.listener.heard("pager"), WAIT_S, "ann is called")
        world.arm()
        self.assertIsNone(world.order("acknowledge", world.incident_of("Alert1")["id"]))
        world.await_kill()
        world.listener.answer = lambda: 200
        world.start()
        world.wait_for_quiet()
        is_called = any(each.answer == 202 for each in world.listener.heard("pager", alert="Alert1"))
        self.assertTrue(is_called or world.incident_of("Alert1")["status"] == "acknowledged")

    def test_a_silence_is_there_or_it_is_not(self):
        for steps, count in ((["before:write:why"], 0), (["after:write:why", "after:sync"], 1)):
            with self.subTest(steps=steps):
                world = self.world()
                world.start(*steps)
                world.arm()
                self.assertIsNone(world.silence("Down"))
                world.await_kill()
                world.start()
                self.assertEqual(len(world.get("/api/v2/silences")), count)
                world.send("Down")
                world.wait_for_quiet()
                self.assertEqual(len(self.kinds(world, "hub")), 1 - count)
                world.stop()
                check_files(world, is_quiet=True)
