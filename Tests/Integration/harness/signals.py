"""The signals that the programs under test start with."""

import signal


def restore_defaults():
    """Programs that are started from now on have SIGINT and SIGHUP at their defaults, also where this process ignores them.

    A shell's `&` and `nohup` start a process with these signals ignored, and what it starts inherits that. A handler is
    not inherited, so one that does nothing keeps this process as it is.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, lambda *_: None)
