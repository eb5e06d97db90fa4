package rok.linux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * An open file or folder. Closing twice does nothing; using it after that fails with EBADF rather than hitting another
 * file that got the same number. May be used by several threads; who opened it closes it.
 */
public final class Fd implements AutoCloseable {
    /** Stands for the working directory in calls that take a folder and a name. */
    public static final Fd CWD = new Fd(-100, "the working directory");

    /** Nothing open: every call on it fails with EBADF. */
    public static final Fd NONE = new Fd(-1, "nothing");

    private static final VarHandle NUMBER;

    static {
        try {
            NUMBER = MethodHandles.lookup().findVarHandle(Fd.class, "number", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Object label;
    private volatile int number;

    Fd(int number, Object label) {
        this.number = number;
        this.label = label;
    }

    int number() {
        return number;
    }

    @Override
    public void close() {
        var open = (int) NUMBER.getAndSet(this, -1);
        if (open >= 0) {
            Syscalls.closeNumber(open);
        }
    }

    /** The name it was opened by, for people. */
    @Override
    public String toString() {
        return label.toString();
    }
}
