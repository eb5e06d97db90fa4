package rok.cipher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import rok.format.Checksum;
import rok.format.StoreException;

class CiphersTest {
    private final FixedRoots roots = new FixedRoots(1, 1);
    private final DataKeys keys = keys(roots, Share.REPOSITORY, "a");

    private static DataKeys keys(FixedRoots roots, Share share, String account) {
        return new DataKeys(roots, share, account, new Random(9));
    }

    @Test
    void aDocumentOpensInItsPlaceOnly() {
        var documents = keys.documents();
        for (var length : new int[] {0, 1, 251, 252, 253, 100_000}) {
            var document = new byte[length];
            new Random(length).nextBytes(document);
            var sealed = documents.seal("catalog/a/b", document);
            assertThat(documents.open("catalog/a/b", ByteBuffer.wrap(sealed), "It"))
                    .isEqualTo(document);
            assertThatThrownBy(() -> documents.open("catalog/a/c", ByteBuffer.wrap(sealed), "It"))
                    .isInstanceOf(StoreException.Corrupt.class)
                    .hasMessageContaining("not encrypted for this place");
        }
        assertThat(documents.seal("x", new byte[10])).hasSameSizeAs(documents.seal("x", new byte[200]));
        assertThat(documents.seal("x", new byte[10])).isNotEqualTo(documents.seal("x", new byte[10]));
    }

    @Test
    void everyChangedByteOfADocumentIsFoundAlsoUnderARightChecksum() {
        var documents = keys.documents();
        var sealed = documents.seal("place", "a document".getBytes(StandardCharsets.UTF_8));
        for (var i = 0; i < sealed.length; i++) {
            var hurt = sealed.clone();
            hurt[i] ^= (byte) (1 << (i % 8));
            assertRefused(documents, hurt);
            ByteBuffer.wrap(hurt).putInt(hurt.length - 4, Checksum.of(hurt, 0, hurt.length - 4));
            if (i < sealed.length - 4) {
                assertRefused(documents, hurt);
            }
            assertRefused(documents, Arrays.copyOf(sealed, i));
        }
    }

    private static void assertRefused(DocumentCipher documents, byte[] hurt) {
        assertThatThrownBy(() -> documents.open("place", ByteBuffer.wrap(hurt), "It"))
                .isInstanceOfAny(StoreException.Corrupt.class, StoreException.Incompatible.class);
    }

    @Test
    void namesComeBackBelowTheirParentAndNowhereElse() {
        var names = keys.names();
        for (var name : new String[] {"a", "x".repeat(140), "Übungen 1", "titanic", "é".repeat(70)}) {
            var segment = names.segment("catalog/x/", name);
            assertThat(segment).matches("[A-Za-z0-9_-]{43,214}").doesNotContain(name.length() > 3 ? name : "/");
            assertThat(names.segment("catalog/x/", name)).isEqualTo(segment);
            assertThat(names.name("catalog/x/", segment)).contains(name);
            assertThat(names.name("catalog/y/", segment)).isEmpty();
            assertThat(names.segment("catalog/y/", name)).isNotEqualTo(segment);
            for (var i = 0; i < segment.length(); i++) {
                var hurt = new StringBuilder(segment);
                hurt.setCharAt(i, segment.charAt(i) == 'A' ? 'B' : 'A');
                assertThat(names.name("catalog/x/", hurt.toString())).isEmpty();
            }
        }
        for (var segment : new String[] {"", "bucket.json", "a", "A".repeat(43), "A".repeat(64), "****"}) {
            assertThat(names.name("catalog/x/", segment)).isEmpty();
        }
    }

    @Test
    void whatAccountsHaveIsTheSameOrNotAsWasChosen() {
        var shared = keys(roots, Share.REPOSITORY, "b");
        assertThat(shared.cutPoints()).isEqualTo(keys.cutPoints());
        assertThat(shared.naming().doFinal(new byte[3])).isEqualTo(keys.naming().doFinal(new byte[3]));
        var a = keys(roots, Share.ACCOUNT, "a");
        var b = keys(roots, Share.ACCOUNT, "b");
        assertThat(a.cutPoints()).isNotEqualTo(b.cutPoints());
        assertThat(a.naming().doFinal(new byte[3])).isNotEqualTo(b.naming().doFinal(new byte[3]));
        var sealed = a.documents().seal("place", new byte[3]);
        assertThatThrownBy(() -> b.documents().open("place", ByteBuffer.wrap(sealed), "It"))
                .isInstanceOf(StoreException.Corrupt.class);
        // The name of the account itself is everybody's, so that each finds its own
        assertThat(a.names().account("catalog/", "x")).isEqualTo(b.names().account("catalog/", "x"));
        assertThat(a.names().segment("catalog/x/", "y")).isNotEqualTo(b.names().segment("catalog/x/", "y"));
    }

    @Test
    void whatWasWrittenBeforeARotationStaysReadable() {
        var before = keys.documents().seal("place", new byte[3]);
        roots.rotate();
        var after = keys.documents().seal("place", new byte[3]);
        assertThat(before[9]).isEqualTo((byte) 1);
        assertThat(after[9]).isEqualTo((byte) 2);
        for (var sealed : new byte[][] {before, after}) {
            assertThat(keys.documents().open("place", ByteBuffer.wrap(sealed), "It"))
                    .hasSize(3);
        }
    }
}
