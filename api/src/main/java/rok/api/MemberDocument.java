package rok.api;

import org.jspecify.annotations.Nullable;
import rok.catalog.Version;

/**
 * One volume of a version; {@code size} in bytes.
 *
 * @param capture of a disk in a pool, else null
 */
public record MemberDocument(
        String name,
        String kind,
        String mount,
        String url,
        long size,
        long files,
        @Nullable CaptureDocument capture) {
    static MemberDocument of(Version version, Version.Member member) {
        return new MemberDocument(
                member.name(),
                member.kind(),
                member.mount(),
                version.url().member(member.name()).toString(),
                member.bytes(),
                member.files(),
                member.capture().map(CaptureDocument::of).orElse(null));
    }
}
