package rok.repository;

import java.util.Optional;
import rok.chunk.ChunkCodec;
import rok.chunk.CutRule;
import rok.cipher.DataKeys;

/** How this repository names, cuts and stores chunks, for one account or all. */
record Codecs(Optional<DataKeys> keys, CutRule cutRule) {
    static Codecs of(Optional<DataKeys> keys) {
        return new Codecs(keys, keys.map(CutRule::keyed).orElse(CutRule.OPEN));
    }

    ChunkCodec codec() {
        return keys.map(ChunkCodec::new).orElseGet(ChunkCodec::new);
    }
}
