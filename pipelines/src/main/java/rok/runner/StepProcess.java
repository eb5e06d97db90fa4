package rok.runner;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The driver of one step, a Python process that runs the step's kernel. It ends, and leaves no process behind, when its
 * standard input closes: whatever happens to this process takes the step with it.
 */
final class StepProcess implements AutoCloseable {
    /** A line of the driver's is shorter by far. */
    private static final int LINE_MAX = 1 << 20;

    private static final long FREEZE_SECONDS = 30;

    private final Process process;
    private final OutputStream commands;
    private final ObjectMapper json;
    /** The driver answers each freeze, in order; those that nobody waits for any more too. */
    private final BlockingQueue<StepEvent.Frozen> answers = new LinkedBlockingQueue<>();

    private int unanswered;

    private StepProcess(Process process, ObjectMapper json) {
        this.process = process;
        this.commands = process.getOutputStream();
        this.json = json;
    }

    /** Starts the driver; what it has to say beside events (it should not) goes to {@code errors}. */
    static StepProcess start(
            PythonEnvironment python, Path spec, Map<String, String> environment, Path errors, ObjectMapper json) {
        var builder = new ProcessBuilder(python.python().toString(), "-m", "rok_steps", spec.toString());
        builder.environment().keySet().removeIf(name -> name.startsWith("PYTHON") || name.equals("VIRTUAL_ENV"));
        builder.environment().putAll(environment);
        builder.environment().put("PYTHONPATH", python.packages().toString());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        builder.redirectError(Redirect.to(errors.toFile()));
        try {
            return new StepProcess(builder.start(), json);
        } catch (IOException e) {
            throw new RunException(
                    "The Python of the steps cannot be started: %s".formatted(python.python()),
                    "Remove that folder; the next run makes the environment afresh",
                    e);
        }
    }

    /** Reads what the driver says until it ends, and gives its exit code. */
    int follow(Consumer<StepEvent> listener) throws InterruptedException {
        try (var events = new BufferedInputStream(process.getInputStream(), 1 << 16)) {
            for (var line = line(events); line != null; line = line(events)) {
                if (StepEvent.parse(json, line) instanceof StepEvent.Frozen answer) {
                    answers.add(answer);
                } else {
                    listener.accept(StepEvent.parse(json, line));
                }
            }
        } catch (IOException e) {
            process.destroyForcibly();
            throw new UncheckedIOException("The driver of a step said what nobody understands", e);
        }
        return process.waitFor();
    }

    /** Stops every process of the step; true once all stand still. {@link #thaw} lets them go on. One thread at a time. */
    boolean freeze() throws InterruptedException {
        if (!say("freeze")) {
            return true;
        }
        unanswered++;
        for (int i = 0; i < FREEZE_SECONDS * 10; i++) {
            var answer = answers.poll(100, TimeUnit.MILLISECONDS);
            if (answer != null && --unanswered == 0) {
                return answer.complete();
            }
            if (!process.isAlive()) {
                return true;
            }
        }
        return false;
    }

    void thaw() {
        say("thaw");
    }

    /** Interrupts the step's cell, and ends the step soon whatever it does. */
    void cancel() {
        say("cancel");
    }

    @Override
    public void close() {
        try {
            commands.close();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** False when the driver is gone. */
    private boolean say(String command) {
        synchronized (commands) {
            try {
                commands.write((command + "\n").getBytes(StandardCharsets.US_ASCII));
                commands.flush();
                return true;
            } catch (IOException e) {
                return false;
            }
        }
    }

    private static byte @org.jspecify.annotations.Nullable [] line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream(256);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                return null;
            }
            if (line.size() == LINE_MAX) {
                throw new IOException("an event of more than %d bytes".formatted(LINE_MAX));
            }
            line.write(c);
        }
        return line.toByteArray();
    }
}
