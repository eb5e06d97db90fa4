package rok.format;

import org.jspecify.annotations.Nullable;

/**
 * Why a store could not do what was asked, told by what the caller does next: give up, repair, retry, ask the
 * administrator, upgrade, give a key. An outcome that callers branch on (a lost race, an absent object) is a value, not
 * one of these.
 */
public abstract sealed class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The thing is not there; asking again does not help. */
    public static final class Missing extends StoreException {
        private static final long serialVersionUID = 1L;

        public Missing(String message) {
            super(message, null);
        }
    }

    /** The bytes are not those that were written. Never retried, never ignored: reported, and repaired. */
    public static sealed class Corrupt extends StoreException {
        private static final long serialVersionUID = 1L;

        public Corrupt(String message) {
            super(message, null);
        }

        public Corrupt(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Whole, and encrypted with keys that the store's do not have: put there by somebody else, or good, and the keys are
     * older than they were. Never thrown away therefore.
     */
    public static final class KeyMissing extends Corrupt {
        private static final long serialVersionUID = 1L;

        public KeyMissing(String message) {
            super(message);
        }
    }

    /** The store did not answer, or has no room: the same call may succeed later. */
    public static final class Unavailable extends StoreException {
        private static final long serialVersionUID = 1L;

        public Unavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The store refuses this user: permissions, or a read-only place. */
    public static final class Denied extends StoreException {
        private static final long serialVersionUID = 1L;

        public Denied(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The store is none of ours, or of a format that this version does not know. */
    public static final class Incompatible extends StoreException {
        private static final long serialVersionUID = 1L;

        public Incompatible(String message) {
            super(message, null);
        }
    }

    /** The store is encrypted, and no key was given or one that does not open it. */
    public static final class Locked extends StoreException {
        private static final long serialVersionUID = 1L;

        public Locked(String message) {
            super(message, null);
        }
    }
}
