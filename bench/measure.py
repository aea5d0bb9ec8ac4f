"""measure.py COMMAND...: runs a command and prints {"wallS", "cpuS", "peakMiB", "code"} of it as JSON on standard error's descriptor 3.
wait4 gives the exact figures of the one child; descriptor 3 keeps them apart from what the command prints."""
import json, os, sys, time

start = time.monotonic()
pid = os.fork()
if pid == 0:
    os.close(3)
    os.execvp(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(pid, 0)
unit = 1024 * 1024 if sys.platform == "darwin" else 1024
os.write(3, json.dumps({"wallS": time.monotonic() - start, "cpuS": usage.ru_utime + usage.ru_stime,
                        "peakMiB": usage.ru_maxrss / unit, "code": os.waitstatus_to_exitcode(status)}).encode())
