/** Where each chunk lies: sorted, memory-mapped segments. */
@NullMarked
package rok.index;

import org.jspecify.annotations.NullMarked;
