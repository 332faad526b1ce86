"""kselftests.py FIRSTBAD HOME VERSION TARGETS OUTPUT KERNEL...: see Toolchain/kselftests, which calls this."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

FIRSTBAD, HOME, VERSION, TARGETS, OUTPUT = sys.argv[1:6]
KERNELS = sys.argv[6:]
TARGETS = TARGETS.split()

# Left out of both runs, with the reason.
LEFT_OUT = {
    name: "takes minutes under emulation" for name in (
        "openat2:rename_attack_test", "cgroup:test_memcontrol", "cgroup:test_kmem", "cgroup:test_core", "cgroup:test_cpu",
        "cgroup:test_freezer", "cgroup:test_kill", "x86:sysret_ss_attrs_64", "x86:syscall_numbering_64", "timers:rtcpie",
        "filesystems/epoll:epoll_wakeup_test", "perf_events:sigtrap_threads", "perf_events:mmap",
        "pidfd:pidfd_poll_test", "prctl:disable-tsc-ctxt-sw-stress-test", "prctl:disable-tsc-on-off-stress-test", "proc:read",
        "rseq:param_test", "rseq:basic_percpu_ops_test", "rseq:param_test_benchmark", "rseq:param_test_compare_twice", "timers:posix_timers",
        "timers:nsleep-lat", "timers:raw_skew", "timers:inconsistency-check", "timers:set-timer-lat", "timers:threadtest",
        "timers:mqueue-lat", "timers:nanosleep", "syscall_user_dispatch:sud_benchmark", "sched:cs_prctl_test")
}

# Known differences, with what causes them: program, kernel's version or "", explanation.
EXPLAINED = {
    "futex/functional:futex_requeue": "a race of the test's own: it gives its threads 10 ms to wait, and counts those that do; "
    "on a busy machine they come later, in either guest",
    "pidfd:pidfd_test": "it executes /bin/sleep, which is in the guest with a shell and not in ours; there the test passes, "
    "or runs into its time limit on a busy machine",
    "breakpoints:step_after_suspend_test": "it has a shell suspend the machine (there is none in ours), and passes when 5 s went by "
    "until that came back: seen once, on a busy machine",
}


def programs():
    """(collection, name) of what is to be run, in the order of the list."""
    lines = open(f"{HOME}/install/kselftest-list.txt").read().split()
    pairs = [tuple(line.split(":", 1)) for line in lines]
    return [pair for pair in pairs if pair[0] in TARGETS and ":".join(pair) not in LEFT_OUT]


def lay_out(pairs, folder):
    """What is chosen, as `make install` leaves it."""
    for collection in dict.fromkeys(collection for collection, _ in pairs):
        left = {name for c, name in (entry.split(":", 1) for entry in LEFT_OUT) if c == collection}
        shutil.copytree(
            f"{HOME}/install/{collection}", f"{folder}/{collection}", dirs_exist_ok=True,
            ignore=lambda path, names: [n for n in names if n in left or os.path.isdir(f"{path}/{n}")])
    shutil.copytree(f"{HOME}/install/kselftest", f"{folder}/kselftest")
    shutil.copy(f"{HOME}/install/run_kselftest.sh", folder)
    with open(f"{folder}/kselftest-list.txt", "w") as out:
        out.writelines(f"{collection}:{name}\n" for collection, name in pairs)


# --- The kernel's own runner, in a guest with a shell ---

# The mounts of Documentation/GuestContract.md, and what run_kselftest.sh needs.
INIT = """#!/busybox sh
/busybox mkdir -p /bin /usr/bin /proc /sys /dev /tmp /run
/busybox --install -s /bin
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/ TERM=dumb
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs -o mode=0755 devtmpfs /dev
mkdir -p /dev/pts /dev/shm
ln -s /proc/self/fd /dev/fd
ln -s fd/1 /dev/stdout
mount -t devpts -o mode=0620,ptmxmode=0666 devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t tmpfs -o mode=0755 tmpfs /run
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs /sys/kernel/tracing
mount -t securityfs securityfs /sys/kernel/security
mount -t bpf bpf /sys/fs/bpf
ifconfig lo up
stty -F /dev/ttyS1 raw -echo
exec >/dev/ttyS1 2>&1 </dev/null
cd /kselftest
# A test that kills process 1's session or fills the disk shall not take the runner along.
setsid sh ./run_kselftest.sh
echo "kselftests: done"
sleep 1
poweroff -f
"""


def cpio(files, devices):
    """A newc archive: path to (mode, bytes)."""
    out = bytearray()

    def entry(path, mode, data=b"", major=0, minor=0):
        name = path.encode() + b"\0"
        fields = [len(out) + 1, mode, 0, 0, 1, 0, len(data), 0, 0, major, minor, len(name), 0]
        out.extend(b"070701" + b"".join(b"%08X" % field for field in fields) + name)
        out.extend(b"\0" * (-len(out) % 4) + data)
        out.extend(b"\0" * (-len(out) % 4))

    folders = set()
    for path, (mode, data) in sorted(files.items()):
        parts = path.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            if folder not in folders:
                folders.add(folder)
                entry(folder, 0o40755)
        entry(path, mode, data)
    entry("dev", 0o40755) if "dev" not in folders else None
    for path, major, minor in devices:
        entry(path, 0o20600, major=major, minor=minor)
    entry("TRAILER!!!", 0)
    return bytes(out)


def libraries(files):
    """Loader and libraries of dynamic programs, as ld.so finds them."""
    found = set()
    for file in files:
        words = subprocess.run(["ldd", file], capture_output=True, text=True).stdout.split()
        found.update(word for word in words if word.startswith("/"))
    return found


def slow_down(folder):
    """Under emulation firstbad gives three times the limit; so must the other side, or the load of the machine decides."""
    for path, _, names in os.walk(folder):
        if path == folder or path.endswith("/kselftest"):
            continue
        text = open(f"{path}/settings").read() if "settings" in names else ""
        told = re.findall(r"^timeout=(\d+)", text, re.M)
        limit = int(told[-1]) if told else 45
        with open(f"{path}/settings", "w") as out:
            out.write(f"timeout={min(3600, limit or 3600) * (3 if limit else 1)}\n")


def image(folder):
    files = {"init": (0o100755, INIT.encode()), "busybox": (0o100755, open(f"{HOME}/busybox", "rb").read())}
    executables = ["/usr/bin/timeout"]
    slow_down(folder)
    for path, _, names in os.walk(folder):
        for name in names:
            file = f"{path}/{name}"
            mode = os.stat(file).st_mode
            data = open(file, "rb").read()
            files["kselftest" + file[len(folder):]] = (mode, data)
            if data[:4] == b"\x7fELF" and mode & stat.S_IXUSR:
                executables.append(file)
    for path in libraries(executables) | {"/usr/bin/timeout"}:
        files[path[1:]] = (0o100755, open(path, "rb").read())
    return cpio(files, [("dev/console", 5, 1)])


def theirs(kernel, initramfs, work):
    """Runs run_kselftest.sh on the machine that firstbad gives a program of others; what it printed."""
    number = KERNELS.index(kernel)
    output, console = f"{work}/tap{number}", f"{work}/console{number}"
    arguments = "console=ttyS0 earlyprintk=serial,ttyS0,115200 loglevel=6 printk.devkmsg=on panic=-1 rdinit=/init cryptomgr.notests"
    subprocess.run(
        ["qemu-system-x86_64", "-M", "pc", "-accel", "tcg,tb-size=64", "-cpu", "max,enforce,-erms", "-smp", "1", "-m", "512",
         "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-kernel", kernel, "-initrd", initramfs,
         "-append", arguments, "-serial", f"file:{console}", "-serial", f"file:{output}"],
        timeout=3600, check=True)
    text = open(output, errors="replace").read().replace("\r", "")
    if "kselftests: done" not in text:
        tail = "\n".join(text.splitlines()[-5:] + open(console, errors="replace").read().splitlines()[-15:])
        sys.exit(f"kselftests: the kernel's own runner did not come to its end on {kernel}:\n{tail}")
    return text


def without_ids(name):
    """A process id in the name of a part is another in every boot."""
    return re.sub(r"/proc/\d+", "/proc/PID", name)


PART = re.compile(r"^([ \t#]*)(not ok|ok) +(\d+)(?: +(?:- )?(.*))?$")
DIRECTIVES = ["SKIP", "XFAIL", "XPASS", "TODO", "TIMEOUT", "ERROR"]


def parts(lines):
    """Name to result of the KTAP lines, as Documentation/Suite.md has it."""
    read = []
    for line in lines:
        match = PART.match(line)
        if not match:
            continue
        result, name = match[2], match[4] or ""
        if "#" in name:
            head, _, words = name.partition("#")
            word = (words.split() or [""])[0].upper()
            if word in DIRECTIVES:
                result, name = word.lower(), head
        name = without_ids(" ".join(name.split()) or f"part {match[3]}")
        depth = None if "#" in match[1] else len(match[1])
        # What stands behind more blanks is nested in it, and from then on with it in what follows.
        for child in reversed(read) if depth is not None else []:
            if child["depth"] is None:
                continue
            if child["depth"] <= depth:
                break
            child["name"] = f"{name}/{child['name']}"
            child["depth"] = depth
        read.append({"depth": depth, "name": name, "result": result})
    found, counts = {}, {}
    for part in read:
        name = part["name"]
        counts[name] = counts.get(name, 0) + 1
        found[name if counts[name] == 1 else f"{name} ({counts[name]})"] = part["result"]
    return found


ENDED = re.compile(r"^(ok|not ok) \d+ selftests: (\S+): (\S+)(?: # (.*))?$")


def read_tap(text):
    """(collection, name) to (result, parts)."""
    results, lines = {}, []
    for line in text.splitlines():
        match = ENDED.match(line)
        if match:
            said = match[4] or ""
            if match[1] == "ok":
                result = "skip" if said == "SKIP" else "ok"
            elif said.startswith("TIMEOUT"):
                result = "timeout"
            else:
                result = said.replace("=", " ")
            results[match[2], match[3]] = (result, parts(lines))
            lines = []
        elif line.startswith("# selftests: "):
            lines = []
        elif line.startswith("# "):
            lines.append(line[2:])
    return results


# --- Ours ---

SIGNALS = {1: "HUP", 2: "INT", 3: "QUIT", 4: "ILL", 6: "ABRT", 7: "BUS", 8: "FPE", 9: "KILL", 11: "SEGV", 13: "PIPE",
           14: "ALRM", 15: "TERM", 5: "TRAP", 31: "SYS"}


def word(text):
    return "-".join(filter(None, re.split(r"[^a-z0-9]+", text.lower()))) or "program"


def ours(folder, pairs, kernel):
    """The kernel's title, and (collection, name) to (result, parts, console)."""
    run = subprocess.run(
        [FIRSTBAD, "suite", "--accel", "tcg", "--jobs", "1", "--format", "json", "--kernel", kernel, "--exec", folder],
        capture_output=True, text=True)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    cells = [line for line in lines if "cell" in line]
    if len(cells) != len(pairs):
        sys.exit(f"kselftests: firstbad gave {len(cells)} cells of {len(pairs)}:\n{run.stderr}")
    ids, taken = {}, set()
    for pair in pairs:
        base = f"{word(pair[0])}.{word(pair[1])}"
        name, number = base[:60], 2
        while name in taken:
            name, number = f"{base[:60]}-{number}", number + 1
        taken.add(name)
        ids[name] = pair
    results = {}
    for line in cells:
        cell = line["cell"]
        why = cell["reason"]
        status = re.search(r"exit status (\d+)", why)
        killed = re.search(r"killed by signal (\d+)", why)
        if cell["verdict"] == "good":
            result = "ok"
        elif cell["outcome"] == "skip":
            result = "skip" if status and status[1] == "4" else f"exit {status[1]}" if status else f"cannot tell: {why}"
        elif cell["outcome"] == "timeout":
            result = "timeout"
        elif cell["outcome"] == "fail" and cell["verdict"] == "bad" and (status or killed):
            result = f"exit {status[1]}" if status else f"exit {128 + int(killed[1])}"
        else:
            result = f"{cell['verdict']}: {why}"
        results[ids[cell["probe"]]] = (result, {without_ids(k): v for k, v in cell["observations"].items()}, cell["log"])
    return cells[0]["title"], results


# --- Comparison ---

def counted(found):
    """What a program said of its parts, in short."""
    if not found:
        return ""
    good = sum(result == "ok" for result in found.values())
    return f", {good} of {len(found)} parts ok"


def main():
    pairs = programs()
    mine, other, titles = [], [], []
    jobs = int(os.environ.get("KSELFTEST_JOBS", os.cpu_count()))
    with tempfile.TemporaryDirectory() as work, ThreadPoolExecutor(jobs) as pool:
        folder = f"{work}/kselftest_install"
        os.mkdir(folder)
        lay_out(pairs, folder)
        initramfs = f"{work}/initramfs"
        shutil.copytree(folder, f"{work}/theirs")
        open(initramfs, "wb").write(image(f"{work}/theirs"))
        left = [pool.submit(ours, folder, pairs, kernel) for kernel in KERNELS]
        right = [pool.submit(theirs, kernel, initramfs, work) for kernel in KERNELS]
        for one, two in zip(left, right):
            title, results = one.result()
            titles.append(title)
            mine.append(results)
            other.append(read_tap(two.result()))
    compare(pairs, titles, mine, other)


def compare(pairs, titles, mine, other):
    """Prints the differences, writes the page, and ends with 1 when one of them is not explained."""
    rows, differences, same = [], [], 0
    for pair in pairs:
        row = [f"{pair[0]}: {pair[1]}"]
        for index, title in enumerate(titles):
            result, found, log = mine[index][pair]
            result2, found2 = other[index].get(pair, ("no result", {}))
            left, right = result + counted(found), result2 + counted(found2)
            if result == result2 and found == found2:
                same += 1
                row.append(left)
                continue
            names = sorted(name for name in set(found) | set(found2) if found.get(name) != found2.get(name))
            detail = "; ".join(f"{n}: {found.get(n, 'nothing')} / {found2.get(n, 'nothing')}" for n in names[:4])
            detail += f" and {len(names) - 4} more" if len(names) > 4 else ""
            why = EXPLAINED.get(":".join(pair))
            row.append(f"**{left} / {right}**")
            differences.append((":".join(pair), title, left, right, detail, why, log))
        rows.append(row)
    total = len(pairs) * len(titles)
    unexplained = [difference for difference in differences if not difference[5]]
    for name, title, left, right, detail, why, log in differences:
        print(f"kselftests: {name} on {title}: ours {left}, runner.sh {right}; {detail}{'; explained: ' + why if why else ''} ({log})")
    print(f"kselftests: {len(pairs)} programs on {len(titles)} kernels, {total} results, {same} alike, "
          f"{len(differences)} differ, {len(unexplained)} of them unexplained")
    if OUTPUT:
        write(pairs, titles, rows, differences, same, total)
    sys.exit(1 if unexplained else 0)


def write(pairs, titles, rows, differences, same, total):
    lines = [
        "# The kernel's own tests",
        "",
        f"{len(pairs)} programs of `tools/testing/selftests`, built from linux-source-6.1 {VERSION}, on {len(titles)} kernels: by",
        "`firstbad suite --exec`, and by the kernel's own `run_kselftest.sh` with `kselftest/runner.sh` in a guest with a shell",
        "(busybox), on the same QEMU machine. `make kselftests` does both, compares every exit status and every KTAP part, and",
        "writes this page. It fails when a difference is not explained below.",
        "",
        f"{total} results, {same} alike, {len(differences)} differ.",
        "",
        "A cell that is alike is written once; where they differ it is **ours / runner.sh**. `exit N` is the exit status, 128 and",
        "more a signal. What a guest without network, modules, files and users cannot give fails for both.",
        "",
        "| program | " + " | ".join(titles) + " |",
        "|---" * (len(titles) + 1) + "|",
    ]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    lines += ["", "## Differences", ""]
    merged = {}
    for name, title, left, right, detail, why, _ in differences:
        merged.setdefault((name, why), []).append(title)
    for (name, why), where in merged.items():
        lines.append(f"- `{name}` ({', '.join(where)}): {why or 'not explained'}")
    if not merged:
        lines.append("None.")
    lines += ["", "## Left out", "", "Of both runs:", ""]
    lines += [f"- `{name}`: {why}" for name, why in LEFT_OUT.items()] or ["Nothing."]
    open(OUTPUT, "w").write("\n".join(lines) + "\n")


main()
