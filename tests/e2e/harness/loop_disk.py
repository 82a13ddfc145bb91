"""A disk of the test's own: an ext4 file system on a loop device over a file."""

import os
import pathlib
import subprocess

from .requirements import find_program


def _run(*words):
    return subprocess.run([find_program(str(words[0])), *map(str, words[1:])], check=True, capture_output=True,
                          text=True, timeout=60).stdout.strip()


class LoopDisk:
    """Mounted at `mount_point` until it is closed."""

    def __init__(self, directory, size_bytes):
        image = pathlib.Path(directory) / "disk.img"
        with image.open("wb") as file:
            file.truncate(size_bytes)
        _run("mkfs.ext4", "-q", "-F", image)
        self.device = _run("losetup", "--find", "--show", image)
        self.mount_point = pathlib.Path(directory) / "disk"
        self.mount_point.mkdir()
        try:
            _run("mount", "-t", "ext4", self.device, self.mount_point)
        except subprocess.CalledProcessError:
            _run("losetup", "--detach", self.device)
            raise

    @property
    def name(self):
        """As in /sys/block."""
        return os.path.basename(self.device)

    def remount(self, option):
        """Changes the mount: "ro" or "rw"."""
        _run("mount", "-o", f"remount,{option}", self.mount_point)

    def fill(self, size_bytes):
        """Writes a file of that size and waits until it is on the disk."""
        path = self.mount_point / f"file{size_bytes}"
        with path.open("wb") as file:
            block = bytes(1 << 20)
            for _ in range(size_bytes >> 20):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        return path

    def sync(self):
        """Everything written is on the disk."""
        descriptor = os.open(self.mount_point, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def statistics(self):
        """The numbers of /sys/block/NAME/stat."""
        return [int(word) for word in pathlib.Path(f"/sys/block/{self.name}/stat").read_text().split()]

    def close(self):
        """Unmounts it and gives the device back."""
        _run("umount", self.mount_point)
        _run("losetup", "--detach", self.device)
