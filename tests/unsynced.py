"""A file system in memory that remembers in which order everything happened to it, and can show, for any moment of that
order, what a power loss then could have left: what was synced, and of the rest anything between all and nothing.

It speaks the kernel's FUSE protocol itself, so nothing needs to be installed. There is no write-back cache: what a process
did is in the log before its call returns. The rules are those of POSIX and no file system's own, so a state may be worse
than ext4 would ever leave:

- fsync of a file makes its content and size durable, as they were when the call began. Not its name.
- fsync of a folder makes the names in it durable, as they were when the call began. Not the folder's own name.
- Of a name that changed since, any of the values that it has had since then may be seen, whatever became of other names.
  But a rename never loses: where the old name is seen to be gone, the new one is there (both may be).
- Of writes to a file since then, each may be there, not there, or in parts (sectors of 512 bytes). Where the size grew
  and the bytes are missing there are zeros, or what lay on the disk before.
"""

import bisect
import collections
import ctypes
import errno
import heapq
import os
import random
import stat
import struct
import threading
import time

SECTOR = 512
ROOT = 1
FOREVER = 1 << 30  # seconds that the kernel may believe what it was told: nobody else changes anything
O_DIRECTORY = os.O_DIRECTORY

LOOKUP, FORGET, GETATTR, SETATTR, READLINK, SYMLINK, MKNOD, MKDIR, UNLINK, RMDIR = 1, 2, 3, 4, 5, 6, 8, 9, 10, 11
RENAME, LINK, OPEN, READ, WRITE, STATFS, RELEASE, FSYNC, FLUSH, INIT = 12, 13, 14, 15, 16, 17, 18, 20, 25, 26
OPENDIR, READDIR, RELEASEDIR, FSYNCDIR, CREATE, INTERRUPT, DESTROY, BATCH_FORGET, RENAME2 = 27, 28, 29, 30, 35, 36, 38, 42, 45
IN = struct.Struct("<IIQQIIIHH")
OUT = struct.Struct("<IiQ")
ATTR = struct.Struct("<QQQQQQIIIIIIIIII")
BIG_WRITES, MAX_PAGES = 1 << 5, 1 << 22
KEEP_CACHE = 2
WRITE_BYTES_MAX = 1 << 20


class Inode:
    def __init__(self, number, mode):
        self.number, self.mode, self.links = number, mode, 1
        self.names = {} if stat.S_ISDIR(mode) else None
        self.places = {}  # of a folder: where each name stands in its list, which others that come and go don't shift
        self.content = bytearray()
        self.changed = time.time_ns()


class Unsynced:
    """Mounted on a folder while it serves. `log` is a list of tuples, see `History`."""

    def __init__(self, folder, ignore="", slow=0.0, draw=None):
        """ignore: `file` or `dir`, whose fsyncs are answered and forgotten. slow: seconds that a sync takes at most."""
        self.folder, self.ignore, self.slow, self.draw = folder, ignore, slow, draw or random.Random(1)
        self.log = []
        self.inodes = {ROOT: Inode(ROOT, stat.S_IFDIR | 0o755)}
        self.inodes[ROOT].links = 2
        self.places_given = 2
        self.later = []  # answers that wait: (when, order, reply)
        self.waiting = threading.Condition()
        self.device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
        libc = ctypes.CDLL(None, use_errno=True)
        options = "fd=%d,rootmode=40000,user_id=0,group_id=0" % self.device
        if libc.mount(b"unsynced", os.fsencode(folder), b"fuse", 2 | 4, options.encode()) != 0:  # nosuid, nodev
            raise OSError(ctypes.get_errno(), "mounting on " + folder)
        self.umount = lambda: libc.umount2(os.fsencode(folder), 2)  # at once, whoever still uses it
        for work in (self.serve, self.answer_later):
            threading.Thread(target=work, daemon=True).start()

    def mark(self, *what):
        """Notes in the log what is known to have happened by now."""
        self.log.append(("mark", *what))

    def history(self):
        modes = {number: inode.mode for number, inode in self.inodes.items()}
        links = {number: bytes(inode.content) for number, inode in self.inodes.items() if stat.S_ISLNK(inode.mode)}
        return History(list(self.log), modes, links)

    # --- the protocol ---

    def serve(self):
        while True:
            try:
                request = os.read(self.device, WRITE_BYTES_MAX + (1 << 16))
            except OSError as e:
                if e.errno in (errno.EINTR, errno.ENOENT, errno.EAGAIN):
                    continue
                return  # unmounted
            _, opcode, unique, node, _, _, thread, _, _ = IN.unpack_from(request)
            body = memoryview(request)[IN.size :]
            if opcode in (FORGET, BATCH_FORGET, INTERRUPT):
                continue
            try:
                handle = self.HANDLERS.get(opcode)
                if handle is None:
                    raise OSError(errno.ENOSYS, "")
                answer = handle(self, node, body)
            except OSError as e:
                self.reply(unique, -(e.errno or errno.EIO))
                continue
            if isinstance(answer, tuple):
                # Not done before it is answered: the log says when it was, and from when it counts
                seconds, done, answer = answer
                with self.waiting:
                    heapq.heappush(self.later, (time.monotonic() + seconds, unique, thread, done, answer))
                    self.waiting.notify()
            else:
                self.reply(unique, 0, answer)

    def answer_later(self):
        while True:
            with self.waiting:
                while not self.later or self.later[0][0] > time.monotonic():
                    self.waiting.wait(max(0, self.later[0][0] - time.monotonic()) if self.later else None)
                _, unique, thread, done, answer = heapq.heappop(self.later)
            # What was killed meanwhile did not come to that
            if done and os.path.exists("/proc/%d" % thread):
                self.log.append(done)
            self.reply(unique, 0, answer)

    def reply(self, unique, error, answer=b""):
        try:
            os.write(self.device, OUT.pack(OUT.size + len(answer), error, unique) + answer)
        except OSError as e:
            if e.errno not in (errno.ENOENT, errno.ENODEV):  # who asked was killed; unmounted
                raise

    def attr(self, inode):
        seconds, nanos = divmod(inode.changed, 10**9)
        size = len(inode.content)
        return ATTR.pack(inode.number, size, (size + 511) // 512, seconds, seconds, seconds, nanos, nanos, nanos,
                         inode.mode, inode.links, 0, 0, 0, 4096, 0)  # fmt: skip

    def entry(self, inode):
        return struct.pack("<QQQQII", inode.number, 0, FOREVER, FOREVER, 0, 0) + self.attr(inode)

    def folder_of(self, node):
        inode = self.inodes[node]
        if inode.names is None:
            raise OSError(errno.ENOTDIR, "")
        return inode

    def find(self, node, name):
        found = self.folder_of(node).names.get(name)
        if found is None:
            raise OSError(errno.ENOENT, "")
        return self.inodes[found]

    def set_name(self, node, name, number):
        folder = self.inodes[node]
        folder.changed = time.time_ns()
        if number is None:
            del folder.names[name]
        else:
            folder.names[name] = number
            self.places_given += 1
            folder.places[name] = self.places_given

    def add(self, node, name, mode, content=b""):
        name = bytes(name)
        folder = self.folder_of(node)
        if name in folder.names:
            raise OSError(errno.EEXIST, "")
        if folder.links == 0:
            raise OSError(errno.ENOENT, "")
        inode = Inode(len(self.inodes) + 1, mode)
        inode.content += content
        self.inodes[inode.number] = inode
        if inode.names is not None:
            inode.links = 2
            folder.links += 1
        self.set_name(node, name, inode.number)
        self.log.append(("name", node, name, inode.number))
        return inode

    def init(self, _node, body):
        major, minor, readahead, flags = struct.unpack_from("<IIII", body)
        return struct.pack("<IIIIHHIIHHII24x", major, min(minor, 31), readahead, flags & (BIG_WRITES | MAX_PAGES),
                           64, 48, WRITE_BYTES_MAX, 1, WRITE_BYTES_MAX // 4096, 0, 0, 0)  # fmt: skip

    def lookup(self, node, body):
        return self.entry(self.find(node, bytes(body[:-1])))

    def getattr(self, node, _body):
        return struct.pack("<QII", FOREVER, 0, 0) + self.attr(self.inodes[node])

    def setattr(self, node, body):
        inode = self.inodes[node]
        valid, size, mode = *struct.unpack_from("<I12xQ", body), struct.unpack_from("<I", body, 68)[0]
        if valid & 1:
            inode.mode = stat.S_IFMT(inode.mode) | stat.S_IMODE(mode)
        if valid & 8:
            del inode.content[size:]
            inode.content.extend(bytes(size - len(inode.content)))
            self.log.append(("truncate", node, size))
        inode.changed = time.time_ns()
        return self.getattr(node, body)

    def readlink(self, node, _body):
        return bytes(self.inodes[node].content)

    def symlink(self, node, body):
        name, target, _ = bytes(body).split(b"\0")
        return self.entry(self.add(node, name, stat.S_IFLNK | 0o777, target))

    def mknod(self, node, body):
        return self.entry(self.add(node, body[16:-1], struct.unpack_from("<I", body)[0]))

    def mkdir(self, node, body):
        return self.entry(self.add(node, body[8:-1], stat.S_IFDIR | struct.unpack_from("<I", body)[0]))

    def remove(self, node, name, is_folder):
        inode = self.find(node, name)
        if is_folder != (inode.names is not None):
            raise OSError(errno.ENOTDIR if is_folder else errno.EISDIR, "")
        if inode.names:
            raise OSError(errno.ENOTEMPTY, "")
        if is_folder:
            inode.links = 0
            self.inodes[node].links -= 1
        else:
            inode.links -= 1

    def unlink(self, node, body):
        name = bytes(body[:-1])
        self.remove(node, name, False)
        self.set_name(node, name, None)
        self.log.append(("name", node, name, None))
        return b""

    def rmdir(self, node, body):
        name = bytes(body[:-1])
        self.remove(node, name, True)
        self.set_name(node, name, None)
        self.log.append(("name", node, name, None))
        return b""

    def rename(self, node, body, flags=0):
        (new_node,) = struct.unpack_from("<Q", body)
        name, new_name, _ = bytes(body[8:]).split(b"\0")
        inode = self.find(node, name)
        there = self.folder_of(new_node).names.get(new_name)
        if flags & ~1:
            raise OSError(errno.EINVAL, "")
        if there is not None and flags & 1:
            raise OSError(errno.EEXIST, "")
        if there == inode.number:
            return b""
        if there is not None:
            self.remove(new_node, new_name, inode.names is not None)
        self.set_name(node, name, None)
        self.set_name(new_node, new_name, inode.number)
        if inode.names is not None:
            self.inodes[node].links -= 1
            self.inodes[new_node].links += 1
        self.log.append(("rename", node, name, new_node, new_name, inode.number))
        return b""

    def rename2(self, node, body):
        return self.rename(node, bytes(body[:8]) + bytes(body[16:]), struct.unpack_from("<I", body, 8)[0])

    def link(self, node, body):
        inode = self.inodes[struct.unpack_from("<Q", body)[0]]
        name = bytes(body[8:-1])
        if name in self.folder_of(node).names:
            raise OSError(errno.EEXIST, "")
        inode.links += 1
        self.set_name(node, name, inode.number)
        self.log.append(("name", node, name, inode.number))
        return self.entry(inode)

    def open(self, node, body):
        return struct.pack("<QII", node, KEEP_CACHE, 0)

    def opendir(self, node, body):
        answer = struct.pack("<QII", node, 0, 0)
        # A folder that is opened as a file is about to be synced. The time that this takes is spent here: while the kernel
        # waits for the sync itself, it lets nobody look into the folder, and real file systems do.
        if self.slow and not struct.unpack_from("<I", body)[0] & O_DIRECTORY:
            return self.draw.uniform(0.3, 1) * self.slow, None, answer
        return answer

    def create(self, node, body):
        inode = self.add(node, body[16:-1], stat.S_IFREG | stat.S_IMODE(struct.unpack_from("<4xI", body)[0]))
        return self.entry(inode) + self.open(inode.number, body)

    def read(self, node, body):
        _, offset, size = struct.unpack_from("<QQI", body)
        return bytes(self.inodes[node].content[offset : offset + size])

    def write(self, node, body):
        _, offset, size, _, _, flags = struct.unpack_from("<QQIIQI", body)
        inode = self.inodes[node]
        data = bytes(body[40 : 40 + size])
        inode.content.extend(bytes(max(0, offset - len(inode.content))))
        inode.content[offset : offset + size] = data
        inode.changed = time.time_ns()
        self.log.append(("write", node, offset, data))
        if flags & os.O_DSYNC and self.ignore != "file":
            self.log.append(("sync", node, len(self.log)))
        return struct.pack("<II", size, 0)

    def statfs(self, _node, _body):
        return struct.pack("<QQQQQIIII24x", 1 << 24, 1 << 23, 1 << 23, 1 << 20, 1 << 19, 4096, 255, 4096, 0)

    def nothing(self, _node, _body):
        return b""

    def fsync(self, node, _body):
        if self.ignore == "file":
            return b""
        # Counts for what was there when it began, and from when it has ended
        return self.draw.random() * self.slow, ("sync", node, len(self.log)), b""

    def fsyncdir(self, node, _body):
        if self.ignore == "dir":
            return b""
        return self.draw.random() * self.slow, ("sync", node, len(self.log)), b""

    def readdir(self, node, body):
        _, offset, size = struct.unpack_from("<QQI", body)
        answer = bytearray()
        folder = self.folder_of(node)
        listed = sorted((folder.places[name], name, number) for name, number in folder.names.items())
        for place, name, number in [(1, b".", node), (2, b"..", ROOT)] + listed:
            if place > offset:
                one = struct.pack("<QQII", number, place, len(name), self.inodes[number].mode >> 12) + name
                one += bytes(-len(one) % 8)
                if len(answer) + len(one) > size:
                    break
                answer += one
        return bytes(answer)

    HANDLERS = {
        INIT: init, LOOKUP: lookup, GETATTR: getattr, SETATTR: setattr, READLINK: readlink, SYMLINK: symlink,
        MKNOD: mknod, MKDIR: mkdir, UNLINK: unlink, RMDIR: rmdir, RENAME: rename, RENAME2: rename2, LINK: link,
        OPEN: open, OPENDIR: opendir, CREATE: create, READ: read, WRITE: write, STATFS: statfs, FSYNC: fsync,
        FSYNCDIR: fsyncdir, READDIR: readdir, FLUSH: nothing, RELEASE: nothing, RELEASEDIR: nothing, DESTROY: nothing,
    }  # fmt: skip


class History:
    """What a log says, arranged so that the state after a power loss at any moment of it can be told.

    A moment is a number of entries of the log: those happened. The log's entries:
    name FOLDER NAME INODE|None · rename FOLDER NAME FOLDER NAME INODE · write INODE OFFSET BYTES · truncate INODE SIZE ·
    sync INODE SINCE (all before SINCE is durable from here on) · mark …
    """

    def __init__(self, log, modes, links):
        """modes, links: by inode, the mode of each and the target of each symbolic link."""
        self.log, self.modes, self.links = log, modes, links
        self.names = collections.defaultdict(lambda: collections.defaultdict(lambda: ([], [])))  # folder, name: when, what
        self.changes = collections.defaultdict(list)  # inode: moments of its writes
        self.syncs = collections.defaultdict(list)
        self.renames = []
        for at, (what, *rest) in enumerate(log):
            if what == "name":
                self.put(at, *rest)
            elif what == "rename":
                folder, name, new_folder, new_name, inode = rest
                self.put(at, folder, name, None)
                self.put(at, new_folder, new_name, inode)
                self.renames.append((at, (folder, name), (new_folder, new_name)))
            elif what in ("write", "truncate"):
                self.changes[rest[0]].append(at)
            elif what == "sync":
                self.syncs[rest[0]].append((at, rest[1]))

    def put(self, at, folder, name, inode):
        when, what = self.names[folder][name]
        when.append(at)
        what.append(inode)

    def durable(self, inode, moment):
        """Everything that happened to the inode before this moment is durable at that one."""
        return max((since for at, since in self.syncs[inode] if at < moment), default=0)

    def state(self, moment, draw=None):
        """What is seen after a power loss: folder → name → inode, and a function that gives an inode's content.

        draw: what was not synced may be there; without it nothing of it is.
        """
        keep = draw.choice((0.05, 0.5, 0.95)) if draw else 0  # how likely it is that something unsynced is there
        seen = {}  # (folder, name): how many of its changes are seen
        for folder, names in self.names.items():
            durable = self.durable(folder, moment)
            for name, (when, _) in names.items():
                least, most = bisect.bisect_left(when, min(durable, moment)), bisect.bisect_left(when, moment)
                seen[folder, name] = least
                if draw and least < most:
                    seen[folder, name] = most if draw.random() < keep else draw.randint(least, most)
        # Where a rename's old name is gone, its new one is there
        again = True
        while again:
            again = False
            for at, old, new in self.renames:
                if at >= moment:
                    break
                count = bisect.bisect_right(self.when(new), at)
                if seen[old] >= bisect.bisect_right(self.when(old), at) and seen[new] < count:
                    seen[new] = count
                    again = True
        tree = collections.defaultdict(dict)
        for (folder, name), count in seen.items():
            inode = self.names[folder][name][1][count - 1] if count else None
            if inode is not None:
                tree[folder][name] = inode
        return tree, lambda inode: self.content(inode, moment, draw, keep)

    def when(self, place):
        folder, name = place
        return self.names[folder][name][0]

    def content(self, inode, moment, draw, keep):
        durable = self.durable(inode, moment)
        content = bytearray()
        whole = 0  # the size, if nothing were lost
        filler = draw.choice((bytes, bytes, bytes, draw.randbytes)) if draw else bytes
        for at in self.changes[inode]:
            if at >= moment:
                break
            entry = self.log[at]
            kept = at < durable or (draw is not None and draw.random() < keep)
            if entry[0] == "truncate":
                whole = entry[2]
                if kept:
                    del content[whole:]
                    content.extend(bytes(whole - len(content)))
                continue
            _, _, offset, data = entry
            whole = max(whole, offset + len(data))
            if kept:
                self.lay(content, offset, data, filler)
            elif draw is not None and draw.random() < 0.5:
                for start in range(0, len(data), SECTOR):
                    if draw.random() < 0.5:
                        self.lay(content, offset + start, data[start : start + SECTOR], filler)
        if draw is not None and whole > len(content) and draw.random() < 0.5:
            content.extend(filler(whole - len(content)))
        return content

    @staticmethod
    def lay(content, offset, data, filler):
        if offset > len(content):
            content.extend(filler(offset - len(content)))
        content[offset : offset + len(data)] = data

    def materialize(self, moment, into, draw=None):
        """Writes the state into a folder that is not there yet."""
        tree, content = self.state(moment, draw)
        placed = {}

        def lay_out(folder, path):
            os.mkdir(path, stat.S_IMODE(self.modes[folder]) | 0o700)
            for name, inode in sorted(tree[folder].items()):
                place, mode = os.path.join(path, os.fsdecode(name)), self.modes[inode]
                if stat.S_ISDIR(mode):
                    if inode not in placed:  # a renamed folder, seen under both names, is laid out under one
                        placed[inode] = place
                        lay_out(inode, place)
                elif inode in placed:
                    os.link(placed[inode], place)
                elif stat.S_ISLNK(mode):
                    placed[inode] = place
                    os.symlink(self.links[inode], os.fsencode(place))
                else:
                    placed[inode] = place
                    with open(place, "wb") as out:
                        out.write(content(inode))
                        os.fchmod(out.fileno(), stat.S_IMODE(mode))

        lay_out(ROOT, into)
