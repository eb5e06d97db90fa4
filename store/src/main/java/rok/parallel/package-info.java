/** One thing done to each of many by a few threads, and one thing done meanwhile. */
@NullMarked
package rok.parallel;

import org.jspecify.annotations.NullMarked;
