/** Buckets, files and versions: the version record with its states, and the commit protocol. */
@NullMarked
package rok.catalog;

import org.jspecify.annotations.NullMarked;
