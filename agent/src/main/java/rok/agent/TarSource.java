package rok.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import rok.tar.TarEntry;
import rok.tar.TarEntry.Stretch;
import rok.tar.TarReader;

/** A file of an archive whose bytes are coming. */
final class TarSource implements CutSource {
    private final TarReader tar;
    private final TarEntry.File file;
    /** The stretch that is being read, or comes next. */
    private int stretch;

    TarSource(TarReader tar, TarEntry.File file) {
        this.tar = tar;
        this.file = file;
    }

    @Override
    public long size() {
        return file.length();
    }

    @Override
    public boolean hasHoles() {
        return file.isSparse();
    }

    @Override
    public long nextData(long position) {
        for (var i = stretch; i < file.data().size(); i++) {
            if (position < file.data().get(i).end()) {
                return Math.max(position, file.data().get(i).offset());
            }
        }
        return file.length();
    }

    @Override
    public long nextHole(long position) {
        for (var i = stretch; i < file.data().size(); i++) {
            var at = file.data().get(i);
            if (position < at.offset()) {
                return position;
            }
            if (position < at.end()) {
                return at.end();
            }
        }
        return position;
    }

    @Override
    public int read(byte[] into, int offset, int length, long position) {
        var wanted = (int) Math.min(length, file.length() - position);
        try {
            for (var done = 0; done < wanted; ) {
                done += readSome(into, offset + done, wanted - done, position + done);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return wanted;
    }

    private int readSome(byte[] into, int offset, int length, long position) throws IOException {
        while (stretch < file.data().size()
                && position >= file.data().get(stretch).end()) {
            stretch++;
        }
        var next = stretch < file.data().size() ? file.data().get(stretch) : new Stretch(file.length(), 0);
        if (position < next.offset()) {
            var zeros = (int) Math.min(length, next.offset() - position);
            Arrays.fill(into, offset, offset + zeros, (byte) 0);
            return zeros;
        }
        return tar.read(into, offset, (int) Math.min(length, next.end() - position));
    }
}
