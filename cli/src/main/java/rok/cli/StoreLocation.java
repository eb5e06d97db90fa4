package rok.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import rok.object.FolderObjectStore;
import rok.object.LocationException;
import rok.object.ObjectStore;
import rok.s3.Throttle;

/** Where a store lies: a folder, or {@code s3://…}. What speaks S3 is loaded only for the latter. */
sealed interface StoreLocation {
    /** The variable that names the store of every command. */
    String VARIABLE = "ROK_REPOSITORY";

    /** Opens the object store; makes nothing. */
    ObjectStore open(LimitSettings limits);

    /** A folder of this machine. */
    record InFolder(Path folder) implements StoreLocation {
        @Override
        public ObjectStore open(LimitSettings limits) {
            return new FolderObjectStore(folder);
        }

        @Override
        public String toString() {
            return folder.toString();
        }
    }

    /** A bucket. */
    record InS3(String text) implements StoreLocation {
        @Override
        public ObjectStore open(LimitSettings limits) {
            var throttle = Throttle.open();
            limits.follow(throttle);
            return RemoteStores.open(text, throttle);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** Throws {@link LocationException} for what names no place. */
    static StoreLocation parse(String text) {
        if (text.startsWith("s3://")) {
            return new InS3(RemoteStores.checked(text));
        }
        if (text.contains("://")) {
            throw new LocationException("A store is in a folder or in s3://BUCKET/PREFIX: that location is neither");
        }
        try {
            if (text.isEmpty()) {
                throw new LocationException("The location is empty");
            }
            return new InFolder(Path.of(text).toAbsolutePath().normalize());
        } catch (InvalidPathException e) {
            throw new LocationException("The location is no path: " + e.getReason());
        }
    }

    /** The store that the environment names, if it names one. */
    static Optional<String> of(Map<String, String> environment) {
        return Optional.ofNullable(environment.get(VARIABLE)).filter(text -> !text.isEmpty());
    }
}
