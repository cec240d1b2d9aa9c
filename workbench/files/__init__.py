"""Files of the workbench's own: locked with a limit and in words, and private under any umask."""

from workbench.files.locks import Busy, lock, say, try_lock
from workbench.files.private import open_private, private_folder

__all__ = ["Busy", "lock", "open_private", "private_folder", "say", "try_lock"]
