/** The HTTP contract and the documents of --json, as records. */
@NullMarked
package rok.api;

import org.jspecify.annotations.NullMarked;
