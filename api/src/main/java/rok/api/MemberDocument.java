package rok.api;

import rok.catalog.Version;

/** One volume of a version; {@code size} in bytes. */
public record MemberDocument(String name, String kind, String mount, String url, long size, long files) {
    static MemberDocument of(Version version, Version.Member member) {
        return new MemberDocument(
                member.name(),
                member.kind(),
                member.mount(),
                version.url().member(member.name()).toString(),
                member.bytes(),
                member.files());
    }
}
