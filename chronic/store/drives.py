"""Does a file lie on another computer? SQLite's locks and log do not hold there: two who write at once break it."""

import os
import sys

_ELSEWHERE = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "lustre", "davfs", "fuse.sshfs", "fuse.davfs2",
    "fuse.rclone", "fuse.gvfsd-fuse", "fuse.glusterfs",
}  # fmt: skip
_REMOTE = 4  # of GetDriveType
_MOUNTS = "/proc/self/mounts"
_ESCAPES = {"\\040": " ", "\\011": "\t", "\\134": "\\"}


def elsewhere(path: "str | os.PathLike[str]") -> bool:
    """Is it a network drive, as far as this system tells? macOS is not asked."""
    whole = os.path.realpath(path)
    if sys.platform == "win32":
        return _windows(whole)
    try:
        with open(_MOUNTS, encoding="utf-8", errors="replace") as mounts:
            return _kind(whole, mounts.read()) in _ELSEWHERE
    except OSError:
        return False


def _kind(path: str, mounts: str) -> str:
    """The file system of the deepest mount above it; of two at one place the later."""
    deepest, kind = "", ""
    for line in mounts.splitlines():
        _, place, this, *_ = [*line.split(" "), "", "", ""]
        for escape, letter in _ESCAPES.items():
            place = place.replace(escape, letter)
        if (path == place or path.startswith(place.rstrip("/") + "/")) and len(place) >= len(deepest):
            deepest, kind = place, this
    return kind


def _windows(path: str) -> bool:
    import ctypes

    if path.startswith("\\\\"):
        return True
    drive = os.path.splitdrive(path)[0]
    return bool(drive) and ctypes.windll.kernel32.GetDriveTypeW(drive + "\\") == _REMOTE  # type: ignore[attr-defined,unused-ignore]
