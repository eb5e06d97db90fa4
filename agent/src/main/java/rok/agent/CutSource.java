package rok.agent;

import rok.volume.OpenFile;

/** What a {@link FileCutter} reads, forward from the start: a file, with its holes. */
interface CutSource {
    /** As it is expected: fewer bytes may come. */
    long size();

    /** Whether asking for holes can find any. */
    boolean hasHoles();

    /** Where bytes begin, from {@code position} on; the size when only a hole follows. */
    long nextData(long position);

    /** Where a hole begins, from {@code position} on, which is not in one; the size when there is none. */
    long nextHole(long position);

    /** Up to {@code length} bytes from {@code position}, holes as zeros; fewer only at the end. */
    int read(byte[] into, int offset, int length, long position);

    static CutSource of(OpenFile file) {
        return new CutSource() {
            @Override
            public long size() {
                return file.stat().size();
            }

            @Override
            public boolean hasHoles() {
                return file.maySparse();
            }

            @Override
            public long nextData(long position) {
                return file.nextData(position);
            }

            @Override
            public long nextHole(long position) {
                return file.nextHole(position);
            }

            @Override
            public int read(byte[] into, int offset, int length, long position) {
                return file.read(into, offset, length, position);
            }
        };
    }
}
