/**
 * Buckets, files and versions: the version record with its states, and the commit protocol (docs/protocol.md). {@link
 * Catalog} is the way in; a writer begins a {@link Pending} version before its first chunk and commits it after its last.
 */
@NullMarked
package rok.catalog;

import org.jspecify.annotations.NullMarked;
