/** What every stored byte sequence shares: magic and version, checksums, bounded readers and writers, and the ways a store can fail. */
@NullMarked
package rok.format;

import org.jspecify.annotations.NullMarked;
