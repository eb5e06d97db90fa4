/** Named bytes with conditional writes, in memory or in a folder: all that Rok asks of an object store. */
@NullMarked
package rok.object;

import org.jspecify.annotations.NullMarked;
