/** Cutting bytes into chunks, naming a chunk by its digest, and squeezing it where that pays. */
@NullMarked
package rok.chunk;

import org.jspecify.annotations.NullMarked;
