/** A repository: read a chunk by its id, write a chunk if it is new, in bounded memory and over all cores. */
@NullMarked
package rok.repository;

import org.jspecify.annotations.NullMarked;
