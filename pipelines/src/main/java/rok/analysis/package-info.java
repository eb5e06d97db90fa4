/** Which names a piece of Python needs and which it defines: static, exact, without running it. */
@NullMarked
package rok.analysis;

import org.jspecify.annotations.NullMarked;
