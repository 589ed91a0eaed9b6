"""Disks of a test's own: files that are mounted through loop devices under its temporary folder, and gone at its end."""

import os
import shutil
import subprocess
from pathlib import Path

TOOLS = ("losetup", "mount", "umount", "mkfs.ext4", "mkfs.xfs")


class CannotMount(Exception):
    """Why this machine does not let us."""


def run(*argv):
    done = subprocess.run([str(a) for a in argv], capture_output=True, text=True)
    if done.returncode != 0:
        raise CannotMount(f"{' '.join(str(a) for a in argv[:2])}…: {done.stderr.strip() or done.returncode}")
    return done.stdout


class Disks:
    """with Disks(folder) as disks: disks.make("xfs", 2048), disks.mount(image, "name")"""

    def __init__(self, folder):
        self.folder, self.mounted = Path(folder), []

    def __enter__(self):
        missing = [tool for tool in TOOLS if not shutil.which(tool)]
        if missing:
            raise CannotMount(f"{', '.join(missing)} is not installed")
        if os.geteuid() != 0:
            raise CannotMount("only root may mount")
        return self

    def __exit__(self, *error):
        for point in reversed(self.mounted[:]):
            self.unmount(point)

    def make(self, kind, mib, path):
        with open(path, "wb") as f:
            f.truncate(mib << 20)
        options = {"xfs": ("-m", "reflink=1"), "ext4": ("-E", "lazy_itable_init=0")}[kind]
        run(f"mkfs.{kind}", "-q", *options, path)
        return path

    def mount(self, image, name):
        point = self.folder / name
        point.mkdir(exist_ok=True)
        run("mount", "-o", "loop", image, point)
        self.mounted.append(point)
        run("mountpoint", "-q", point)
        return point

    def mount_tmpfs(self, mib, name):
        point = self.folder / name
        point.mkdir(exist_ok=True)
        run("mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", point)
        self.mounted.append(point)
        return point

    def unmount(self, point):
        """Lazily: a terminal that looks at a file there finishes with what is gone."""
        subprocess.run(["umount", "-l", point], capture_output=True)
        self.mounted.remove(point)
