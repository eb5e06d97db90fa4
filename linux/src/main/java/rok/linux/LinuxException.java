package rok.linux;

/** A system call failed: which one, on what, and why. {@link #errno} tells callers what to do next. */
public final class LinuxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int errno;
    private final String call;
    private final String path;

    /** @param path what people should read: {@link Bytes#toString} of a name or path, or how the open file is called */
    public LinuxException(int errno, String call, String path) {
        super(path + ": " + Errno.text(errno) + " in " + call);
        this.errno = errno;
        this.call = call;
        this.path = path;
    }

    public int errno() {
        return errno;
    }

    public String call() {
        return call;
    }

    public String path() {
        return path;
    }

    /** Why, without the path and the call: {@code permission denied (EACCES)}. */
    public String reason() {
        return Errno.text(errno);
    }

    /** The same failure, said of a longer path than the call knew. */
    public LinuxException at(Bytes wholePath) {
        var exception = new LinuxException(errno, call, wholePath.toString());
        exception.setStackTrace(getStackTrace());
        return exception;
    }
}
