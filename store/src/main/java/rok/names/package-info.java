/**
 * Names of accounts, buckets, files and versions, and the Rok URL that joins them: parsed once, at the edge. Each type
 * checks its value where it is made and throws {@link NameException}, so whoever holds one holds a good one. {@link
 * KeySegment} turns a name into a segment of an object key and back (docs/format/catalog.md).
 */
@NullMarked
package rok.names;

import org.jspecify.annotations.NullMarked;
