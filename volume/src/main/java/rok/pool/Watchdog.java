package rok.pool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import rok.linux.Fd;
import rok.linux.LinuxException;
import rok.linux.Syscalls;

/**
 * Thaws file systems whatever happens to who froze them: a thread does where the freeze takes too long, and a process
 * where that happens or this one dies. Started before the freeze, closed after the thaw.
 */
final class Watchdog implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(5);

    /**
     * Ends well only by a line from the one that freezes. Otherwise thaws at once where that one died (the pipe is closed
     * then) or after some seconds, and where it lives on waits for it and thaws again: its freeze may have come late.
     */
    private static final String SCRIPT = """
            fsfreeze=$1 timeout=$2; shift 2
            grace=/sys/kernel/rcu_expedited; before=$(cat $grace 2>/dev/null)
            thaw() { for folder do "$fsfreeze" -u "$folder"; done; [ "$before" != 0 ] || echo 0 >$grace; }
            echo ready
            "$timeout" 6 sh -c 'read -r line && test "$line" = thawed' && exit 0
            thaw "$@"
            read -r line && test "$line" = thawed && exit 0
            thaw "$@"
            """;

    private final List<Fd> folders;
    private final Process process;
    private final CountDownLatch thawed = new CountDownLatch(1);
    private final AtomicBoolean expired = new AtomicBoolean();

    private Watchdog(List<Fd> folders, Process process) {
        this.folders = folders;
        this.process = process;
    }

    /** @param folders and {@code points} say the same, for the thread and for the process */
    static Watchdog start(List<Fd> folders, List<Path> points) {
        var process = startProcess(points);
        var watchdog = new Watchdog(folders, process);
        Thread.ofPlatform().daemon().name("rok-thaw").start(watchdog::watch);
        return watchdog;
    }

    private static Process startProcess(List<Path> points) {
        var command = new ArrayList<String>();
        // Of a session of its own: who kills this process with its group does not kill it too
        Tool.lookUp("setsid").ifPresent(setsid -> command.add(setsid.toString()));
        command.addAll(List.of("sh", "-c", SCRIPT, "rok-thaw"));
        command.add(Tool.find("fsfreeze", "util-linux").toString());
        command.add(Tool.find("timeout", "coreutils").toString());
        points.forEach(point -> command.add(point.toString()));
        try {
            var process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (process.inputReader(StandardCharsets.UTF_8).readLine() == null) {
                process.destroyForcibly();
                throw new PoolException("Can't freeze: the process that would thaw after an accident did not start");
            }
            return process;
        } catch (IOException e) {
            throw new PoolException("Can't freeze: the process that would thaw after an accident did not start", e);
        }
    }

    private void watch() {
        try {
            if (!thawed.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                expired.set(true);
                thawAll(new Syscalls());
            }
        } catch (InterruptedException e) {
            expired.set(true);
            thawAll(new Syscalls());
        }
    }

    private void thawAll(Syscalls linux) {
        for (var folder : folders) {
            try {
                linux.thaw(folder);
            } catch (LinuxException e) {
                // The others must not wait for it
            }
        }
    }

    /** Whether it thawed because it took too long: what was copied then may be of no one instant. */
    boolean isExpired() {
        return expired.get();
    }

    @Override
    public void close() {
        thawed.countDown();
        try (var toProcess = process.outputWriter(StandardCharsets.UTF_8)) {
            toProcess.write("thawed\n");
        } catch (IOException e) {
            // It ended already
        }
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            process.getInputStream().close();
        } catch (IOException e) {
            // Nothing was to be read
        }
    }
}
