/** Garbage collection: finds packs that nothing refers to and removes them, beside writers and readers (docs/protocol.md). */
@NullMarked
package rok.gc;

import org.jspecify.annotations.NullMarked;
