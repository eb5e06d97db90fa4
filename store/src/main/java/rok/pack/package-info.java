/** Packs: many chunks in one object that describes itself in its footer. */
@NullMarked
package rok.pack;

import org.jspecify.annotations.NullMarked;
