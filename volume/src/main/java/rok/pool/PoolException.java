package rok.pool;

import rok.linux.Errno;
import rok.linux.LinuxException;

/** Something about a pool or a volume did not work; the message names it, what was found and what to do. */
public class PoolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PoolException(String message) {
        super(message);
    }

    public PoolException(String message, Throwable cause) {
        super(message, cause);
    }

    /** There is no such pool, volume or tool. */
    public static final class NotFound extends PoolException {
        private static final long serialVersionUID = 1L;

        public NotFound(String message) {
            super(message);
        }
    }

    /** Somebody else has it, or something is still there: the same call can work later. */
    public static final class InUse extends PoolException {
        private static final long serialVersionUID = 1L;

        public InUse(String message) {
            super(message);
        }
    }

    /** The pool, or the file system under it, has too little left. */
    public static final class NoSpace extends PoolException {
        private static final long serialVersionUID = 1L;

        public NoSpace(String message) {
            super(message);
        }
    }

    /** Only root, or a process with the capabilities of it, may. */
    public static final class NotPermitted extends PoolException {
        private static final long serialVersionUID = 1L;

        public NotPermitted(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** A document or an image is not as it was written; it is left as it is. */
    public static final class Damaged extends PoolException {
        private static final long serialVersionUID = 1L;

        public Damaged(String message) {
            super(message);
        }
    }

    /** @param doing what did not work: {@code Can't attach volume data} */
    static PoolException of(String doing, LinuxException e) {
        var message = "%s: %s".formatted(doing, e.getMessage());
        return switch (e.errno()) {
            case Errno.ENOSPC, Errno.EDQUOT -> new NoSpace(message + ". Remove something or enlarge the pool");
            case Errno.EPERM, Errno.EACCES -> new NotPermitted(message + ". Run it as root", e);
            case Errno.EBUSY -> new InUse(message);
            default -> new PoolException(message, e);
        };
    }
}
