"""Servers that refuse to run as root: a user for them, files that are theirs, and programs run as them."""

import os
import pwd
import shutil
import subprocess

from .requirements import find_program


class UnprivilegedUser:
    """The first of `names` that the host has, or `nobody`."""

    def __init__(self, *names):
        known = {each.pw_name: each for each in pwd.getpwall()}
        self._facts = next(known[name] for name in (*names, "nobody") if name in known)

    @property
    def name(self):
        """As in /etc/passwd."""
        return self._facts.pw_name

    def command(self, *words):
        """The command line that runs `words` as the user. setpriv becomes the program: the child's pid is the server's."""
        return [find_program("setpriv"), f"--reuid={self._facts.pw_uid}", f"--regid={self._facts.pw_gid}",
                "--clear-groups", "--pdeathsig=INT", "--", *words]

    def run(self, *words, cwd, seconds=60):
        """The standard output of a program of the user's; fails with all it said if the program does."""
        done = subprocess.run([str(word) for word in self.command(*words)], capture_output=True, text=True,
                              timeout=seconds, cwd=cwd, check=False)
        if done.returncode:
            raise AssertionError(f"{words[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def make_directory(self, path):
        """A directory of the user's, which can be reached from the top."""
        path.mkdir(mode=0o700)
        path.parent.chmod(0o711)
        os.chown(path, self._facts.pw_uid, self._facts.pw_gid)
        return path

    def give(self, source, target):
        """A copy of a file that only the user can read, such as a key."""
        shutil.copyfile(source, target)
        target.chmod(0o600)
        os.chown(target, self._facts.pw_uid, self._facts.pw_gid)
        return target

    def write(self, path, text):
        """A file that only the user can read."""
        path.touch(mode=0o600)
        path.write_text(text)
        os.chown(path, self._facts.pw_uid, self._facts.pw_gid)
        return path
