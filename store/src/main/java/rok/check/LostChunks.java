package rok.check;

import java.util.function.Predicate;
import java.util.function.Supplier;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.chunk.CutRule;
import rok.repository.ChunkWriter;

/** Names every chunk that it is given, and stores those that are lost. */
final class LostChunks implements ChunkWriter {
    private final ChunkWriter writer;
    private final Predicate<ChunkId> isLost;
    private final Supplier<ChunkCodec> codecs;

    LostChunks(ChunkWriter writer, Predicate<ChunkId> isLost, Supplier<ChunkCodec> codecs) {
        this.writer = writer;
        this.isLost = isLost;
        this.codecs = codecs;
    }

    @Override
    public Lane lane() {
        var behind = writer.lane();
        var codec = codecs.get();
        return new Lane() {
            @Override
            public ChunkId write(byte[] plain, int offset, int length) {
                var id = codec.id(plain, offset, length);
                return isLost.test(id) ? behind.write(plain, offset, length) : id;
            }

            @Override
            public CutRule cutRule() {
                return behind.cutRule();
            }

            @Override
            public void close() {
                behind.close();
            }
        };
    }

    @Override
    public boolean has(ChunkId id) {
        return !isLost.test(id);
    }

    @Override
    public Totals flush() {
        return writer.flush();
    }

    @Override
    public void close() {
        writer.close();
    }
}
