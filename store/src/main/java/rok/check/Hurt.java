package rok.check;

import java.util.Comparator;
import rok.names.RokUrl;

/**
 * What damage costs: a range of a file of a version, a folder with everything below it, or a whole version.
 *
 * @param version its UUID
 * @param member of the version; empty where the whole version is hurt
 * @param path in the member; that of a folder ends in a slash, and is a slash alone for the top folder
 * @param offset in the file, in bytes; 0 for what is no file
 * @param length how many bytes are hurt; of a folder or version 0
 */
public record Hurt(
        String account,
        String bucket,
        String file,
        String version,
        String member,
        String path,
        long offset,
        long length) {
    static final Comparator<Hurt> ORDER = Comparator.comparing(Hurt::account)
            .thenComparing(Hurt::bucket)
            .thenComparing(Hurt::file)
            .thenComparing(Hurt::version)
            .thenComparing(Hurt::member)
            .thenComparing(Hurt::path)
            .thenComparingLong(Hurt::offset);

    boolean isOf(RokUrl url) {
        return version.equals(url.version().value())
                && file.equals(url.file().value())
                && bucket.equals(url.bucket().value())
                && account.equals(url.account().value());
    }

    static Hurt version(RokUrl url) {
        return in(url, "", "", 0, 0);
    }

    static Hurt in(RokUrl url, String member, String path, long offset, long length) {
        return new Hurt(
                url.account().value(),
                url.bucket().value(),
                url.file().value(),
                url.version().value(),
                member,
                path,
                offset,
                length);
    }
}
