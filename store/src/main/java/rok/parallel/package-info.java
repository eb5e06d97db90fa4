/** One thing done to each of many by a few threads. */
@NullMarked
package rok.parallel;

import org.jspecify.annotations.NullMarked;
