/** Names of accounts, buckets, files and versions, and the Rok URL that joins them: parsed once, at the edge. */
@NullMarked
package rok.names;

import org.jspecify.annotations.NullMarked;
