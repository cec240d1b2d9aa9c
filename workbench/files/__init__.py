"""Files of the workbench's own: locked with a limit and in words, and private under any umask."""

from workbench.files.locks import lock, say, try_lock, wait_until
from workbench.files.private import close_to_others, open_private, private_folder

__all__ = ["close_to_others", "lock", "open_private", "private_folder", "say", "try_lock", "wait_until"]
