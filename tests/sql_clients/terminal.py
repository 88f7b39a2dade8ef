"""`muster sql FILE` at a terminal: completion, several lines, Ctrl-C, paging, history. terminal.py COMMAND…"""

import os
import pathlib
import pty
import select
import struct
import sys
import termios
import fcntl
import time

state = pathlib.Path(os.environ["XDG_STATE_HOME"])


class Terminal:
    def __init__(self, environment):
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.execvpe(sys.argv[1], sys.argv[1:], os.environ | environment)
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", 20, 100, 0, 0))
        self.seen = ""

    def until(self, word, seconds=60):
        end, mark = time.monotonic() + seconds, self.seen
        while word not in self.seen:
            if time.monotonic() > end:
                raise AssertionError(f"no {word!r} in {mark!r} … {self.seen!r}")
            if select.select([self.file], [], [], 0.2)[0]:
                try:
                    self.seen += os.read(self.file, 65536).decode(errors="replace")
                except OSError:
                    break
        assert word in self.seen, f"no {word!r} in {self.seen!r}"
        before, self.seen = self.seen.split(word, 1)
        return before

    def type(self, text):
        os.write(self.file, text.encode())

    def end(self):
        self.type("\\q\r")
        _, status = os.waitpid(self.pid, 0)
        assert os.waitstatus_to_exitcode(status) == 0, status


terminal = Terminal({"PAGER": ""})
terminal.until("muster=> ")
terminal.type("SELECT 40 +\r2 AS answer\r;\r")
terminal.until("answer")
terminal.until("42")
terminal.until("muster=> ")
print("several lines until the semicolon")
terminal.type("SELECT count(*) FROM contrib\t;\r")
terminal.until("contributions")
terminal.until("(1 row)")
terminal.until("muster=> ")
print("completion")
terminal.type("\\timing\r")
terminal.until("timing: on")
terminal.until("muster=> ")
terminal.type("SELECT count(*) FROM generate_series(1, 1000) a, generate_series(1, 10000000000) b WHERE a.value + b.value = 0;\r")
time.sleep(1.5)
terminal.type("\x03")
terminal.until("stopped")
terminal.until("muster=> ")
terminal.type("SELECT 'still' || ' here';\r")
terminal.until("still here")
terminal.until(" ms")
terminal.until("muster=> ")
print("Ctrl-C stops the query and not the program; timing")
terminal.type("SELECT value FROM generate_series(1, 60);\r")
terminal.until("Enter: more")
terminal.type("\r")
terminal.until("Enter: more")
terminal.type("q\r")
terminal.until("muster=> ")
print("paging without a pager")
terminal.type("SELECT wrong FROM contributions;\r")
terminal.until("wrong")
terminal.until("muster=> ")
terminal.end()
history = (state / "muster/sql_history").read_text()
assert "generate_series(1, 60)" in history and "AS answer" in history, history
terminal = Terminal({"PAGER": "sed s/^/paged:/"})
terminal.until("muster=> ")
terminal.type("\x1b[A" * 3)  # up past \\q and the mistake
terminal.type("\r")
terminal.until("paged: 60")
terminal.until("muster=> ")
terminal.end()
print("history, and $PAGER")
